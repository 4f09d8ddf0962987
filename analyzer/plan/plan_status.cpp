#include "analyzer/plan/plan_status.h"

#include <fmt/format.h>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

// A query that names the ledger fails where it is not there yet, unless it is a text that is not executed then.
constexpr std::string_view kRemembered =
    "  SELECT CASE WHEN to_regclass('public.pglatch_progress') IS NOT NULL\n"
    "    THEN query_to_xml('SELECT step FROM public.pglatch_progress WHERE done_at IS NOT NULL', false, true, "
    "'')::text\n"
    "    ELSE '' END AS steps\n";

std::string is_done(const Step& step) {
  std::string done;
  if (!step.ledger_key.empty()) {
    done = fmt::format("strpos(remembered.steps, {}) > 0", quote_literal_sql('>' + step.ledger_key + '<'));
  }
  if (step.already_done.empty()) return done.empty() ? "NULL::boolean" : done;
  return fmt::format("{}{}(\n{}\n)", done, done.empty() ? "" : " OR ", step.already_done);
}

}  // namespace

std::string write_plan_status(const Plan& plan) {
  std::string rows;
  for (const Step* step : plan.steps()) {
    if (step->step_class == StepClass::check || step->step_class == StepClass::setting) continue;
    rows += fmt::format("{}  ({}, {}, {})", rows.empty() ? "" : ",\n", quote_literal_sql(step->id),
                        quote_literal_sql(step->title), is_done(*step));
  }
  if (rows.empty()) return rows;
  const std::string values = fmt::format("(VALUES\n{}\n) s (step, title, done)", rows);
  if (!plan.keeps_ledger()) return fmt::format("SELECT * FROM {};\n", values);
  return fmt::format("WITH remembered AS (\n{})\nSELECT s.* FROM remembered, LATERAL {};\n", kRemembered, values);
}

}  // namespace pglatch
