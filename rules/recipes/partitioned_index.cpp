#include "rules/recipes/partitioned_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/index_checks.h"

namespace pglatch {
namespace {

// A valid index of the same definition that belongs to no other index.
const Relation* find_equivalent(const PartitionedIndex& build, const Relation& relation, const Catalog& catalog) {
  for (const RelationId id : relation.indexes) {
    const Relation* index = catalog.find(id);
    if (index == nullptr || !index->index->valid || index->index->parent != kNoRelation) continue;
    if (index->index->unique != build.statement.node->unique) continue;
    if (same_definition(index->index->definition, build.statement.definition)) return index;
  }
  return nullptr;
}

// The name is free, or an earlier run of this plan gave it: the index is of the partition, and of no other index.
bool is_usable(const std::string& name, const Relation& partition, std::string_view parent_index,
               const Catalog& catalog) {
  const Relation* holder = catalog.find({partition.schema, name}, {});
  if (holder == nullptr) return true;
  if (!holder->is_index() || holder->index->table != partition.id) return false;
  const Relation* parent = catalog.find(holder->index->parent);
  return parent == nullptr || display_name(*parent) == parent_index;
}

}  // namespace

PartitionedTree partitions_of(const PartitionedIndex& build, const Catalog& catalog) {
  PartitionedTree tree;
  struct Parent {
    std::string index;
    std::size_t depth;
  };
  std::unordered_map<RelationId, Parent> parents{{build.root->id, {build.index, 0}}};
  std::set<std::pair<std::string, std::string>> used;
  for (const RelationId id : catalog.with_descendants(build.root->id)) {
    if (id == build.root->id) continue;
    const Relation& partition = *catalog.find(id);
    tree.partitions.push_back(display_name(partition));
    const auto parent = parents.find(partition.partition_of);
    // Below an index that is there already, everything is.
    if (parent == parents.end()) continue;
    if (partition.kind == RelationKind::foreign_table) {
      tree.has_foreign_tables = true;
      continue;
    }
    PartitionNode node;
    node.relation = &partition;
    node.table = tree.partitions.back();
    node.parent_index = parent->second.index;
    node.depth = parent->second.depth + 1;
    if (const Relation* equivalent = find_equivalent(build, partition, catalog)) {
      node.there = true;
      node.name = equivalent->name;
    } else {
      node.name = build.names.name(partition.schema, partition.name);
      if (!is_usable(node.name, partition, node.parent_index, catalog) ||
          used.count({partition.schema, node.name}) != 0) {
        node.name = build.names.hashed_name(partition.schema, partition.name);
      }
    }
    used.emplace(partition.schema, node.name);
    node.index = quote_qualified(partition.schema, node.name);
    if (node.partitioned() && !node.there) parents.emplace(id, Parent{node.index, node.depth});
    tree.nodes.push_back(std::move(node));
  }
  return tree;
}

bool unique_is_possible(const PartitionedIndex& build, const Catalog& catalog) {
  const auto elements = each<IndexElem>(build.statement.node->indexParams);
  for (const RelationId id : catalog.with_descendants(build.root->id)) {
    const Relation& relation = *catalog.find(id);
    if (relation.kind == RelationKind::foreign_table) return false;
    for (const std::string& column : relation.partition_key.columns) {
      const bool contained = std::any_of(elements.begin(), elements.end(), [&](const IndexElem* element) {
        return !column.empty() && text(element->name) == column;
      });
      if (!contained) return false;
    }
  }
  return true;
}

std::string partitions_are(const PartitionedIndex& build, const PartitionedTree& tree) {
  std::string values;
  for (const std::string& partition : tree.partitions) {
    values += fmt::format("{}({})", values.empty() ? "" : ", ", quote_literal_sql(partition));
  }
  const std::string table = quote_literal_sql(build.table);
  return fmt::format(
      "WITH planned(name) AS (VALUES {values})\n"
      "SELECT NOT EXISTS (\n"
      "    SELECT FROM pg_partition_tree(to_regclass({table})) t\n"
      "    WHERE t.level > 0 AND NOT EXISTS (SELECT FROM planned p WHERE to_regclass(p.name) = t.relid)\n"
      "      AND NOT EXISTS (\n"
      "        SELECT FROM pg_index i JOIN pg_inherits h ON h.inhrelid = i.indexrelid\n"
      "        WHERE i.indrelid = t.relid AND {same}))\n"
      "  AND NOT EXISTS (\n"
      "    SELECT FROM planned p\n"
      "    WHERE NOT EXISTS (SELECT FROM pg_partition_tree(to_regclass({table})) t WHERE t.relid = "
      "to_regclass(p.name)))",
      fmt::arg("values", values), fmt::arg("table", table),
      fmt::arg("same",
               same_index_definition("i.indexrelid", fmt::format("to_regclass({})", quote_literal_sql(build.index)))));
}

Step create_on_root_only(const PartitionedIndex& build) {
  Step step;
  step.title = fmt::format("Create {} on {} only", build.index, build.table);
  step.step_class = StepClass::brief;
  step.sql = {create_index_sql(build.statement, {build.name, build.table, false, true})};
  step.already_done = index_is_there(build.statement, build.index, build.table);
  step.verify = step.already_done;
  step.watch = lock_waits();
  step.on_failure = fmt::format(
      "Nothing is left behind: run the script again. Where {} exists with another definition, rename or drop that one "
      "first.",
      build.index);
  step.rollback = {{StepClass::brief, fmt::format("DROP INDEX IF EXISTS {}", build.index)}};
  return step;
}

Step check_step(std::string title, std::string query, std::string if_false) {
  Step step;
  step.title = std::move(title);
  step.step_class = StepClass::check;
  step.sql = {std::move(query)};
  step.on_failure = std::move(if_false);
  return step;
}

Step check_root(const PartitionedIndex& build) {
  return check_step(
      fmt::format("Check that {} is valid", build.index), index_is_valid(build.index),
      fmt::format("Some partition of {} has no valid index attached: a partition that appeared meanwhile, or an index "
                  "that became invalid. Make the plan again with the schema as it is now; what is done is recognised.",
                  build.table));
}

std::string next_partition_note(const PartitionedIndex& build) {
  return fmt::format(
      "Partitions that are made from the first step on have the index at once, although {} is still invalid. Where "
      "rows go to the newest partition, let the migration make the next one (tomorrow's) right after the index: the "
      "plan makes it before it builds the rest, and once rows go there, the older ones can be built at leisure, when "
      "they are no longer written.",
      build.index);
}

Step analyze_tree(const PartitionedIndex& build) {
  Step step;
  step.title = fmt::format("Gather statistics for the expressions of {}", build.index);
  step.step_class = StepClass::validate;
  step.sql = {fmt::format("ANALYZE {}", build.table)};
  step.already_done = fmt::format(
      "SELECT EXISTS (\n"
      "  SELECT FROM pg_partition_tree(to_regclass({})) t JOIN pg_class c ON c.oid = t.relid\n"
      "    JOIN pg_namespace n ON n.oid = c.relnamespace\n"
      "    JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname\n"
      "  WHERE t.isleaf)",
      quote_literal_sql(build.index));
  step.watch =
      "SELECT pid, relid::regclass, phase, sample_blks_scanned, sample_blks_total FROM pg_stat_progress_analyze";
  step.on_failure = kRunAgain;
  return step;
}

}  // namespace pglatch
