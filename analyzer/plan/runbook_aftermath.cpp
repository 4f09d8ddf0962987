// The end of the runbook: what must be true, the way back, what remains to be done.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "analyzer/parse/identifier.h"
#include "analyzer/plan/plan_status.h"
#include "analyzer/plan/runbook.h"
#include "analyzer/plan/runbook_text.h"

namespace pglatch::runbook {
namespace {

bool has_phase(const Plan& plan, PhaseKind kind) {
  return std::any_of(plan.phases.begin(), plan.phases.end(), [&](const Phase& phase) { return phase.kind == kind; });
}

std::string names_of_tables(const Plan& plan) {
  std::string out;
  for (const PlanTable& table : plan.tables) {
    out += fmt::format("{}to_regclass({})", out.empty() ? "" : ", ", quote_literal_sql(table.name));
  }
  return out;
}

// What a relation's rows make long, or nothing.
std::string long_work(const Rollback& rollback) {
  std::vector<std::string> work;
  for (const StepWork& item : rollback.work) {
    if (is_long(item.kind)) work.push_back(fmt::format("{} {}", verb(item.kind), code(item.relation)));
  }
  return enumerated(work);
}

std::string undo(const Step& step, const Rollback& rollback) {
  std::string out = fmt::format("\n{}, {}", step.id, to_string(rollback.step_class));
  const std::string work = long_work(rollback);
  if (const StepLock* worst = strongest(rollback)) {
    out += fmt::format(": {}; blocks {}", lock_list(rollback.locks, ", "), blocks(worst->mode));
    if (rollback.step_class == StepClass::brief) out += work.empty() ? ", for milliseconds" : " **while it works**";
  }
  if (!work.empty()) out += fmt::format("; it {}", work);
  return out + ".\n\n" + sql_block(rollback.sql);
}

// Says so and forgets them.
std::string undone_by_hand(std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  return fmt::format("\n{}: to be undone by hand, if at all.\n", enumerated(std::exchange(ids, {})));
}

// The way back through a phase, last step first.
std::string undo_phase(const Phase& phase, const Plan& plan, std::set<std::string>& seen) {
  std::string out;
  std::vector<std::string> by_hand;
  for (auto step = phase.steps.rbegin(); step != phase.steps.rend(); ++step) {
    if (step->irreversible) {
      out += fmt::format(
          "\n**{} is the point of no return.** What it did cannot be undone by a statement: from it on, "
          "go forward, or restore a backup. What follows here is the way back from before it.\n",
          step->id);
      continue;
    }
    if (!is_passive(*step) && !only_takes_back(*step, plan) && step->rollback.empty()) {
      by_hand.push_back(step->id);
      continue;
    }
    out += undone_by_hand(by_hand);
    for (const Rollback& rollback : step->rollback) {
      if (seen.insert(rollback.sql).second) out += undo(*step, rollback);
    }
  }
  out += undone_by_hand(by_hand);
  return out.empty() ? out : fmt::format("\n### Back from {}: {}\n{}", to_string(phase.kind), prose(phase.title), out);
}

}  // namespace

std::string verification(const Plan& plan) {
  std::string out;
  int number = 0;
  for (const SharedQuery& query : verify_queries(plan)) {
    out += fmt::format("\n**V{}**, after {}, must be true:\n\n{}", ++number, enumerated(query.steps),
                       folded_sql(joined({query.sql})));
  }
  const bool builds = std::any_of(plan.statements.begin(), plan.statements.end(),
                                  [](const OriginalStatement& statement) { return !statement.indexes.empty(); });
  if (builds) {
    out += "\nNo index of the tables is invalid; no rows:\n\n" +
           sql_block(fmt::format("SELECT i.indexrelid::regclass AS \"index\", i.indrelid::regclass AS \"table\"\n"
                                 "FROM pg_index i\nWHERE NOT i.indisvalid AND i.indrelid IN ({})",
                                 names_of_tables(plan)));
  }
  if (std::string status = write_plan_status(plan); !status.empty()) {
    status.pop_back();
    out +=
        "\nWhere the plan stands; once a later step has removed the traces of an earlier one, that can be `f` "
        "again:\n\n" +
        folded_sql(status);
  }
  return out.empty() ? out : "\n## Verification\n" + out;
}

std::string rollback(const Plan& plan) {
  std::string out;
  std::set<std::string> seen;
  for (auto phase = plan.phases.rbegin(); phase != plan.phases.rend(); ++phase) out += undo_phase(*phase, plan, seen);
  if (out.empty()) return out;
  std::string keys;
  for (const Step* step : plan.steps()) {
    if (step->ledger_key.empty()) continue;
    keys += fmt::format("{}{}", keys.empty() ? "" : ",\n  ", quote_literal_sql(step->ledger_key));
  }
  if (!keys.empty()) {
    out += "\n### Forget what is undone\n\nElse the script, run again, takes it for done:\n\n" +
           sql_block(fmt::format("DELETE FROM public.pglatch_progress WHERE step IN (\n  {})", keys));
  }
  return "\n## Rollback\n\nThe last step first, and only for steps that were done; each statement by itself, under the "
         "timeouts of its class. New code that relies on the change goes back before it.\n" +
         out;
}

std::string aftermath(const Plan& plan) {
  if (plan.phases.empty()) return {};
  std::string out = "\n## Afterwards\n";
  out +=
      "\n- [ ] The migration tool knows nothing of this: mark the migration as applied, or it runs the original as "
      "well.\n";
  if (has_phase(plan, PhaseKind::contract)) {
    out += "\n- [ ] The contract phase ran only when no running code needed what it removes.\n";
  }
  if (std::any_of(plan.tables.begin(), plan.tables.end(),
                  [](const PlanTable& table) { return table.is_partitioned; })) {
    out += "\n- [ ] The jobs that were suspended for the plan run again.\n";
  }
  std::vector<std::string> with_expressions;
  bool builds = false;
  for (const OriginalStatement& statement : plan.statements) {
    if (statement.disposition == Disposition::left_out) continue;
    for (const PlanIndex& index : statement.indexes) {
      builds = true;
      const bool has_expression = std::find(index.columns.begin(), index.columns.end(), "") != index.columns.end();
      const bool known =
          std::find(with_expressions.begin(), with_expressions.end(), index.table) != with_expressions.end();
      if (has_expression && !known) with_expressions.push_back(index.table);
    }
  }
  for (const std::string& table : with_expressions) {
    out += fmt::format("\n- [ ] An index on an expression has statistics only after ANALYZE:\n\n{}",
                       sql_block("ANALYZE " + table, 2));
  }
  if (builds) {
    out += "\n- [ ] After a day: queries use the new indexes.\n\n" +
           sql_block(fmt::format("SELECT indexrelid::regclass AS \"index\", idx_scan,\n"
                                 "  pg_size_pretty(pg_relation_size(indexrelid)) AS size\n"
                                 "FROM pg_stat_user_indexes WHERE relid IN ({}) ORDER BY idx_scan",
                                 names_of_tables(plan)),
                     2);
  }
  if (plan.keeps_ledger()) {
    out +=
        "\n- [ ] The progress table can go when the script has said that the plan is done, and no other plan is under "
        "way; it is all that tells a second run of the script what was done.\n\n" +
        sql_block("DROP TABLE IF EXISTS public.pglatch_progress", 2);
  }
  if (plan.tables.empty() && plan.not_rewritten.empty()) return out;
  return out +
         "\n## Sign-off\n\n- [ ] Reviewed by ____, on ____\n- [ ] Agreed with those who run the code that uses the "
         "database: ____\n- [ ] Carried out by ____, on ____, from ____ to ____\n";
}

}  // namespace pglatch::runbook
