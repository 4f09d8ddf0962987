#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "analyzer/catalog/embedded_code.h"
#include "analyzer/source/templates.h"
#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"
#include "rules/support/named_relations.h"

namespace pglatch {
namespace {

// Refusals that rules of their own explain.
bool has_own_rule(std::string_view error) {
  constexpr std::string_view kBeginnings[] = {
      "CREATE INDEX CONCURRENTLY cannot ",
      "DROP INDEX CONCURRENTLY cannot ",
      "REINDEX CONCURRENTLY cannot ",
      "ALTER TABLE ... DETACH CONCURRENTLY cannot ",
      "cannot create index on partitioned table \"",
      "unsafe use of new value \"",
  };
  return std::any_of(std::begin(kBeginnings), std::end(kBeginnings),
                     [error](std::string_view beginning) { return error.substr(0, beginning.size()) == beginning; });
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// What has nothing to do with what earlier scripts did, or only with what no script changes: that a table is
// partitioned.
bool is_independent_of_history(std::string_view error) {
  return contains(error, "transaction block") || contains(error, " partitioned table") ||
         contains(error, "all partitioning columns") || contains(error, "cannot be executed from a function");
}

// The relation is as it is by statements of this very script, or somebody has given the schema. Earlier scripts may
// not all have been meant for the same database, may be out of date, and may have been followed by changes by hand.
bool is_sure(const StatementContext& context, const Relation& relation) {
  const Relation* table = relation.is_index() ? context.catalog.find(relation.index->table) : nullptr;
  for (const Relation* each : {&relation, table}) {
    if (each == nullptr || each->origin == Origin::schema) continue;
    if (each->origin == Origin::unknown || each->script == 0 || each->script != context.catalog.script) return false;
  }
  return true;
}

// CREATE TABLE IF NOT EXISTS in the script: there may have been another one of that name.
bool may_be_another(const ScriptSoFar& so_far, const Relation& relation) {
  return so_far.made_if_missing.count(relation.name) > 0;
}

// All that the refusal can rest on is known well enough. A relation that is not known at all must have been dropped by
// this script, or the whole of the schema is known.
bool is_well_founded(const StatementContext& context) {
  if (is_independent_of_history(*context.effects.fails)) return true;
  if (context.so_far == nullptr || context.so_far->ran_unseen_code) return false;
  if (context.code == nullptr && is_filled_in(context.script, context.statement.range)) return false;
  const auto names = named_relations(context.statement.node);
  if (names.empty()) return context.catalog.complete;
  return std::all_of(names.begin(), names.end(), [&](const NameView& name) {
    const Relation* relation = context.catalog.find(name, context.session.search_path());
    return relation == nullptr || (is_sure(context, *relation) && !may_be_another(*context.so_far, *relation));
  });
}

// Code that does not parse is syntax-error's business.
bool has_syntax_error(const StatementContext& context) {
  if (!may_run_code(context.statement.tag(), context.catalog)) return false;
  const auto units = code_of(context.statement, context.sql, context.origin, context.catalog,
                             context.session.search_path(), context.code);
  return std::any_of(units.begin(), units.end(), [](const CodeUnit& unit) { return !unit.errors.empty(); });
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (!context.effects.refused() || context.code != nullptr || !context.effects.fails) return;
  const std::string& error = *context.effects.fails;
  if (has_own_rule(error) || !is_well_founded(context) || has_syntax_error(context)) return;

  Finding finding = make_finding(context, rule, command_range(context), kNoRelation);
  finding.message = fmt::format(
      "PostgreSQL refuses this statement: {}. That follows from the statements before it, whatever the tables hold.",
      error);
  finding.help =
      "Correct the statement. If it works on your servers, pglatch knows too little of what they have: give it the "
      "older migrations, or a dump with --schema.";
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kWillFail;
const Rule kWillFail{"will-fail",     "transactions",
                     Severity::error, "PostgreSQL refuses the statement, as the schema is at that point.",
                     kEveryStatement, check};

}  // namespace pglatch
