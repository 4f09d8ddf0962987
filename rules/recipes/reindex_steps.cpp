#include "rules/recipes/reindex_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/partitioned_index.h"

namespace pglatch {

bool is_exclusion(const Relation& table, RelationId index) {
  return std::any_of(table.constraints.begin(), table.constraints.end(), [&](const TableConstraint& constraint) {
    return constraint.kind == ConstraintKind::exclusion && constraint.index == index;
  });
}

std::string tables_of_indexes(const Relation& target) {
  const std::string regclass = fmt::format("to_regclass({})", quote_literal_sql(display_name(target)));
  const std::string tree = fmt::format("SELECT t.relid FROM pg_partition_tree({}) t", regclass);
  if (!target.is_index()) return fmt::format("SELECT {}::oid UNION ALL {}", regclass, tree);
  return fmt::format("SELECT x.indrelid FROM pg_index x WHERE x.indexrelid = {} OR x.indexrelid IN ({})", regclass,
                     tree);
}

Step drop_reindex_leftovers(const Relation& target) {
  Step step;
  step.title = fmt::format("Drop the invalid indexes that interrupted attempts on {} left", display_name(target));
  step.step_class = StepClass::concurrent;
  step.generator = true;
  step.sql = {fmt::format(
      "SELECT format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', n.nspname, c.relname)\n"
      "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace\n"
      "WHERE c.relname ~ '_cc(new|old)[0-9]*$' AND i.indrelid IN (\n"
      "    {})\n"
      "    AND {}\n"
      "ORDER BY 1",
      tables_of_indexes(target), is_leftover())};
  step.sample = fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}",
                            quote_qualified(target.schema, "what an interrupted REINDEX left"));
  step.watch = lock_waits();
  step.on_failure = kRunAgain;
  return step;
}

Step rebuild(const Relation& target, std::string sql) {
  Step step;
  step.title = fmt::format("Rebuild {} without blocking writes", display_name(target));
  step.step_class = StepClass::concurrent;
  step.sql = {std::move(sql)};
  step.watch = build_progress("");
  step.on_failure =
      "The old indexes stay in use. An INVALID index whose name ends in _ccnew or _ccold may be left, which slows down "
      "every write: run the script again, it drops that and rebuilds anew.";
  return step;
}

}  // namespace pglatch
