#include "rules/recipes/column_change_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/batches.h"
#include "rules/recipes/insist.h"
#include "rules/recipes/partition_set.h"

namespace pglatch {
namespace {

constexpr int kFirstWithRowTriggers = 13;
constexpr int kFirstWithPartitionIdentity = 17;
constexpr std::string_view kWindow = "Change the type while nobody needs the table.";
constexpr std::string_view kAnew =
    "Make the plan again with the schema as it is now (--schema); what is done already is recognised.";

std::vector<std::string> names_of(const std::vector<const Relation*>& relations) {
  std::vector<std::string> names;
  names.reserve(relations.size());
  for (const Relation* relation : relations) names.push_back(display_name(*relation));
  return names;
}

bool is_part_of(const Relation& part, const Relation& whole, const Catalog& catalog) {
  const Relation* above = &part;
  while (above != nullptr && above->id != whole.id) above = catalog.find(above->index->parent);
  return above != nullptr;
}

bool mentions(const ColumnChange& change, const IndexDetails& index) {
  return change.is_in(index.columns) || change.is_in(index.included) || change.is_in(index.mentioned);
}

Refusal own(const ColumnChange& change, const Relation& partition, std::string_view what) {
  return {fmt::format("The partition {} has {} of its own on {}: it would not come with what the parent has.",
                      display_name(partition), what, quote_identifier_sql(change.column.name)),
          fmt::format("Drop it first and make it again afterwards. Or: {}", kWindow)};
}

bool is_referenced(const ColumnChange& change, const Relation& partition) {
  const Catalog& catalog = change.context.catalog;
  return std::any_of(partition.referenced_by.begin(), partition.referenced_by.end(), [&](RelationId id) {
    const Relation* other = catalog.find(id);
    return other != nullptr &&
           std::any_of(other->constraints.begin(), other->constraints.end(), [&](const TableConstraint& constraint) {
             return constraint.referenced == partition.id && !constraint.inherited &&
                    change.is_in(constraint.referenced_columns);
           });
  });
}

std::optional<Refusal> refuse_partition(const ColumnChange& change, const Relation& partition) {
  const Column* column = partition.column(change.column.name);
  if (column == nullptr || !partition.columns_known) {
    return Refusal{fmt::format("What stands on the column in {} has to be carried over, and is not known here.",
                               display_name(partition)),
                   "Make the plan again with the schema of the database (--schema)."};
  }
  if (column->not_null != change.column.not_null) return own(change, partition, "a NOT NULL");
  for (const TableConstraint& constraint : partition.constraints) {
    const Relation* index = change.context.catalog.find(constraint.index);
    const bool is_part = constraint.inherited || (index != nullptr && index->index->parent != kNoRelation);
    if (is_part || constraint.kind == ConstraintKind::not_null || !change.is_in(constraint.columns)) continue;
    return own(change, partition, fmt::format("the constraint {}", quote_identifier_sql(constraint.name)));
  }
  if (is_referenced(change, partition)) return own(change, partition, "foreign keys");
  for (const RelationId id : partition.indexes) {
    const Relation* index = change.context.catalog.find(id);
    if (index == nullptr || index->index->parent != kNoRelation || !mentions(change, *index->index)) continue;
    return own(change, partition, fmt::format("the index {}", display_name(*index)));
  }
  for (const DependentExpression& expression : partition.expressions) {
    const bool is_default = expression.kind == ExpressionKind::default_value && expression.name == change.column.name;
    if (is_default || !change.is_in(expression.columns)) continue;
    return own(change, partition, quote_identifier_sql(expression.name));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> refuse_tree(const StatementContext& context, const Relation& table) {
  const std::string name = display_name(table);
  const std::string known = "Make the plan again with the schema of the database (--schema).";
  if (table.partition_of != kNoRelation || !table.columns_known) {
    return Refusal{fmt::format("What stands on the column of {} has to be carried over, and is not known here.", name),
                   known};
  }
  if (table.partitions.empty() && !context.catalog.complete && table.origin != Origin::script) {
    return Refusal{
        fmt::format("The indexes have to be built on each partition of {}, and these are not known here.", name),
        known};
  }
  if (context.pg_version < kFirstWithRowTriggers) {
    return Refusal{
        fmt::format("Before PostgreSQL {} a partitioned table has no triggers BEFORE each row: nothing keeps "
                    "a second column of {} in step.",
                    kFirstWithRowTriggers, name),
        std::string(kWindow)};
  }
  for (const RelationId id : context.catalog.with_descendants(table.id)) {
    const Relation* partition = context.catalog.find(id);
    if (partition->kind != RelationKind::foreign_table) continue;
    return Refusal{fmt::format("The partition {} is a foreign table: a second column would have to come and go on the "
                               "other server as well.",
                               display_name(*partition)),
                   fmt::format("Detach it for the time being. Or: {}", kWindow)};
  }
  if (walk_key(table, context.catalog).empty()) return no_walk_key(name);
  return std::nullopt;
}

std::optional<Refusal> refuse_column_of_tree(const ColumnChange& change) {
  if (change.is_identity() && change.context.pg_version < kFirstWithPartitionIdentity) {
    return Refusal{fmt::format("Before PostgreSQL {} no column of a table that has partitions can become an identity.",
                               kFirstWithPartitionIdentity),
                   std::string(kWindow)};
  }
  for (const Relation* partition : change.partitions()) {
    if (auto refusal = refuse_partition(change, *partition)) return refusal;
  }
  return std::nullopt;
}

std::optional<std::vector<LeafIndex>> leaves_of(const ColumnChange& change, const Relation& index) {
  std::vector<LeafIndex> leaves;
  if (!change.is_partitioned()) return leaves;
  const Catalog& catalog = change.context.catalog;
  for (const Relation* partition : change.partitions()) {
    if (partition->kind != RelationKind::table) continue;
    const Relation* part = nullptr;
    for (const RelationId id : partition->indexes) {
      const Relation* candidate = catalog.find(id);
      if (candidate != nullptr && is_part_of(*candidate, index, catalog)) part = candidate;
    }
    if (part == nullptr || !part->index->valid) return std::nullopt;
    leaves.push_back({partition, part, stand_in_name(part->name)});
  }
  return leaves;
}

std::set<std::string> parts_of(const Relation& index, const Catalog& catalog) {
  std::set<std::string> names;
  for (const RelationId id : index.index->children) {
    const Relation* part = catalog.find(id);
    if (part == nullptr) continue;
    names.insert(part->name);
    names.merge(parts_of(*part, catalog));
  }
  return names;
}

void assume_tree(const ColumnChange& change, Rewrite& rewrite) {
  const std::vector<std::string> partitions = names_of(change.partitions());
  rewrite.assumptions.push_back(
      {fmt::format("{} has exactly these partitions: {}.", change.name, fmt::join(partitions, ", ")),
       change.table.origin != Origin::script ? has_partitions(change.name, partitions) : std::string(),
       std::string(kAnew)});
  if (!change.is_serial()) return;
  rewrite.assumptions.push_back(
      {fmt::format("All partitions of {} number {} as it does itself.", change.name,
                   quote_identifier_sql(change.column.name)),
       fmt::format("SELECT count(DISTINCT coalesce(pg_get_expr(d.adbin, d.adrelid), '')) = 1 FROM pg_attribute a\n"
                   "  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum\n"
                   "WHERE a.attrelid {} AND a.attname = {}",
                   change.is_of_tree(), quote_literal_sql(change.column.name)),
       "Give the partitions the default of their parent, or change the type while nobody needs the table."});
}

std::string insist_on_partitions(const ColumnChange& change) {
  return insist(has_partitions(change.name, names_of(change.partitions())),
                fmt::format("{} has other partitions than planned", change.name));
}

std::vector<std::string> put_on_tree(const ColumnChange& change, const IndexStandIn& one) {
  std::vector<std::string> statements;
  const std::string name = quote_identifier_sql(one.index->name);
  const std::string& definition = one.index->index->definition;
  for (const LeafIndex& leaf : one.leaves) {
    const std::string part = quote_identifier_sql(leaf.index->name);
    const std::string built = quote_identifier_sql(leaf.name);
    statements.push_back(
        one.key != nullptr
            ? fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {} USING INDEX {}{}", display_name(*leaf.table), part,
                          kind_of_key(*one.key), built, deferrability(*one.key))
            : fmt::format("ALTER INDEX {} RENAME TO {}", quote_qualified(leaf.table->schema, leaf.name), part));
  }
  statements.push_back(one.key != nullptr
                           ? fmt::format("{} ADD CONSTRAINT {} {} {}{}", change.alter(), name, kind_of_key(*one.key),
                                         definition, deferrability(*one.key))
                           : fmt::format("CREATE {}INDEX {} ON {} {}", one.index->index->unique ? "UNIQUE " : "", name,
                                         change.name, definition));
  return statements;
}

}  // namespace pglatch
