#include <fmt/core.h>

#include <algorithm>

#include "rules/support/column_type_change.h"

namespace pglatch {
namespace {

bool mentions(const std::vector<std::string>& columns, std::string_view column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

// The indexes of one table that are built anew. Those with the column in an expression or a predicate always are;
// only where there is none is it the others' turn, for the reason must then be the type itself. All are on a partition.
std::vector<RelationId> rebuilt_indexes(const StatementContext& context, const Relation& table,
                                        std::string_view column) {
  std::vector<RelationId> in_expressions;
  std::vector<RelationId> all;
  for (const RelationId id : table.indexes) {
    const Relation* found = context.catalog.find(id);
    if (found == nullptr) continue;
    const IndexDetails& index = *found->index;
    if (mentions(index.mentioned, column)) in_expressions.push_back(id);
    if (mentions(index.mentioned, column) || mentions(index.columns, column) || mentions(index.included, column)) {
      all.push_back(id);
    }
  }
  return in_expressions.empty() || table.partition_of != kNoRelation ? all : in_expressions;
}

bool serves_constraint(const Relation& table, RelationId index) {
  return std::any_of(table.constraints.begin(), table.constraints.end(),
                     [&](const TableConstraint& constraint) { return constraint.index == index; });
}

struct Rebuilt {
  std::vector<RelationId> indexes;
  bool can_be_dropped = true;  // by DROP INDEX CONCURRENTLY
};

Rebuilt rebuilt_by(const Subcommand& subcommand, const std::vector<RelationId>& hit) {
  Rebuilt rebuilt;
  for (const RelationId id : hit) {
    const Relation* table = subcommand.context.catalog.find(id);
    if (table == nullptr) continue;
    for (const RelationId index : rebuilt_indexes(subcommand.context, *table, text(subcommand.command.name))) {
      rebuilt.indexes.push_back(index);
      if (table->partition_of != kNoRelation || serves_constraint(*table, index)) rebuilt.can_be_dropped = false;
    }
  }
  return rebuilt;
}

std::string count_of(const StatementContext& context, const std::vector<RelationId>& indexes) {
  if (indexes.size() == 1) return fmt::format("index {} is", context.name(indexes.front()));
  return fmt::format("{} indexes are", indexes.size());
}

std::string help_for(const StatementContext& context, const Rebuilt& rebuilt) {
  if (rebuilt.can_be_dropped && rebuilt.indexes.size() == 1) {
    return fmt::format(
        "If queries can do without it for a while: DROP INDEX CONCURRENTLY {}; then change the type, and build the "
        "index again with CREATE INDEX CONCURRENTLY. Else add a column of the new type and swap the names.",
        context.name(rebuilt.indexes.front()));
  }
  if (rebuilt.can_be_dropped) {
    return "If queries can do without them for a while, drop the indexes with DROP INDEX CONCURRENTLY, change the "
           "type, and build them again with CREATE INDEX CONCURRENTLY. Else add a column of the new type and swap the "
           "names.";
  }
  return "Add a column of the new type, keep it in step by a trigger, fill it in batches, build its indexes "
         "concurrently, and swap the names in one short transaction.";
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const ColumnDef* definition = new_type(subcommand);
  if (definition == nullptr) return;
  const auto hit = subcommand.blocked_during(WorkKind::index_build);
  if (hit.empty()) return;
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  const Rebuilt rebuilt = rebuilt_by(subcommand, hit);
  if (rebuilt.indexes.empty()) return;

  Finding finding = make_finding(context, rule, subcommand.range(), target, hit);
  finding.message = fmt::format(
      "Changing {} {} while {} built anew. {} The rows stay as they are, but not every index "
      "on the column can.",
      change_to_type(subcommand, *definition), blocking(context, target, hit), count_of(context, rebuilt.indexes),
      lock_sentence(strongest_lock(context, target, hit)));
  finding.help = help_for(context, rebuilt);
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AlterColumnType},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAlterColumnTypeIndexRebuild;
const Rule kAlterColumnTypeIndexRebuild{
    "alter-column-type-index-rebuild",
    "columns",
    Severity::error,
    "A change of type that keeps the rows still rebuilds an index while reads and writes are blocked.",
    kNodes,
    check};

}  // namespace pglatch
