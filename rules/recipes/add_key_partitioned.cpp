// UNIQUE and PRIMARY KEY on a partitioned table, which takes no USING INDEX: ONLY on the parent first (partitions
// created from then on have the constraint), on each partition an index built CONCURRENTLY that becomes a constraint
// of the same kind (ATTACH refuses a mere unique index), then ATTACH.
//
// PostgreSQL documentation, "Table Partitioning", 5.12.2.2; ATExecAttachPartitionIdx() in tablecmds.c.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/add_key.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/partitioned_index.h"

namespace pglatch {
namespace {

bool is_primary(const AlterPart& part) { return part.constraint->contype == CONSTR_PRIMARY; }

// A constraint of the same kind and columns that belongs to no parent's: the parent's new one takes it over.
const TableConstraint* find_equivalent(const AlterPart& part, const Relation& relation, const Catalog& catalog) {
  const ConstraintKind kind = is_primary(part) ? ConstraintKind::primary_key : ConstraintKind::unique;
  for (const TableConstraint& own : relation.constraints) {
    if (own.kind != kind || own.columns != part.columns || own.inherited) continue;
    if (own.deferrable != part.deferrable || own.initially_deferred != part.initially_deferred) continue;
    const Relation* index = catalog.find(own.index);
    if (index == nullptr || !index->index->valid || index->index->parent != kNoRelation) continue;
    if (index->index->included == part.included) return &own;
  }
  return nullptr;
}

bool has_double_names(const PartitionedTree& tree) {
  std::set<std::string> names;
  return std::any_of(tree.nodes.begin(), tree.nodes.end(),
                     [&](const PartitionNode& node) { return !names.insert(node.index).second; });
}

Step add_to_parent_only(const AlterPart& part, const std::string& name, const std::string& index,
                        const std::string& table) {
  const std::string quoted = quote_identifier_sql(name);
  Step step = brief_step(fmt::format("Add {} to {} only", quoted, table),
                         fmt::format("ALTER TABLE ONLY {} ADD CONSTRAINT {} {}", table, quoted, part.body),
                         key_is_there(part, table, name, index));
  step.on_failure = fmt::format(
      "Nothing is left behind: run the script again. Where {} has another constraint or index named {}, rename or drop "
      "that one first.",
      table, quoted);
  step.rollback = {{StepClass::brief, fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", table, quoted)}};
  return step;
}

// ATTACH takes an invalid index without a word, so all are looked at before the first one.
Step check_all_built(const AlterPart& part, const PartitionedTree& tree) {
  std::string values;
  for (const PartitionNode& node : tree.nodes) {
    values += fmt::format("{}({}, {})", values.empty() ? "" : ",\n    ", quote_literal_sql(node.table),
                          quote_literal_sql(node.index));
  }
  return check_step(
      "Check that every partition has the constraint, on a valid index",
      fmt::format("SELECT count(*) = {}\n"
                  "FROM (VALUES {}) planned(tab, idx)\n"
                  "JOIN pg_constraint k ON k.conindid = to_regclass(planned.idx) AND k.contype = '{}'\n"
                  "JOIN pg_index i ON i.indexrelid = k.conindid AND i.indrelid = to_regclass(planned.tab)\n"
                  "JOIN pg_class c ON c.oid = i.indexrelid\n"
                  "WHERE c.relkind = 'I' OR i.indisvalid AND i.indisready AND i.indislive",
                  tree.nodes.size(), values, is_primary(part) ? 'p' : 'u'),
      "Run the script again: it builds what is missing or invalid.");
}

Step attach(const AlterTable& alter, const AlterPart& part, const PartitionNode& node) {
  Step step = brief_step(fmt::format("Attach {} to {}", node.index, node.parent_index),
                         fmt::format("ALTER INDEX {} ATTACH PARTITION {}", node.parent_index, node.index),
                         is_attached(node.index, node.parent_index));
  // Attached; whether it was enough to make the parent valid is the last check's question.
  step.verify = fmt::format(
      "SELECT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass({}) AND inhparent = to_regclass({}))",
      quote_literal_sql(node.index), quote_literal_sql(node.parent_index));
  step.on_failure = fmt::format(
      "Nothing is left behind. Readers of {} wait behind the attempt, at most lock_timeout long; end the transaction "
      "that is in the way and run the script again.",
      node.table);
  // An attached constraint goes only together with its parent's.
  step.rollback = {{StepClass::brief, fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", alter.name,
                                                  quote_identifier_sql(part.name))}};
  return step;
}

}  // namespace

PartitionedTree key_partitions(const AlterTable& alter, const AlterPart& part, const std::string& root_index) {
  const Catalog& catalog = alter.context.catalog;
  std::vector<std::string> columns = part.columns;
  columns.insert(columns.end(), part.included.begin(), part.included.end());
  const std::string middle = is_primary(part) ? std::string() : join_column_names(columns);

  PartitionedTree tree;
  struct Parent {
    std::string index;
    std::size_t depth;
  };
  std::unordered_map<RelationId, Parent> parents{{alter.table.id, {root_index, 0}}};
  for (const Relation* partition : alter.descendants()) {
    tree.partitions.push_back(display_name(*partition));
    const auto parent = parents.find(partition->partition_of);
    if (parent == parents.end()) continue;
    if (partition->kind == RelationKind::foreign_table) {
      tree.has_foreign_tables = true;
      continue;
    }
    PartitionNode node;
    node.relation = partition;
    node.table = tree.partitions.back();
    node.parent_index = parent->second.index;
    node.depth = parent->second.depth + 1;
    const TableConstraint* equivalent = find_equivalent(part, *partition, catalog);
    node.there = equivalent != nullptr;
    node.name = node.there ? equivalent->name
                           : choose_relation_name(catalog, partition->schema, partition->name, middle,
                                                  is_primary(part) ? "pkey" : "key", true);
    node.index = quote_qualified(partition->schema, node.name);
    if (node.partitioned() && !node.there) parents.emplace(partition->id, Parent{node.index, node.depth});
    tree.nodes.push_back(std::move(node));
  }
  return tree;
}

std::optional<Refusal> refuse_partitions(const AlterTable& alter, const PartitionedIndex& build,
                                         const PartitionedTree& tree) {
  if (tree.has_foreign_tables || !unique_is_possible(build, alter.context.catalog)) {
    return Refusal{fmt::format("{} has partitions on which the key cannot be: foreign tables, or tables partitioned by "
                               "other columns.",
                               alter.name),
                   "Make unique indexes on the single partitions."};
  }
  if (has_double_names(tree)) {
    return Refusal{"The constraints of two partitions would get one name, since PostgreSQL cuts long names.",
                   "Add the constraint to each of these partitions under a name of your own first."};
  }
  return std::nullopt;
}

std::optional<Refusal> add_key_partitioned(const AlterTable& alter, const AlterPart& part, const KeyIndex& key,
                                           const ReplacedKeys& replaced, Rewrite& rewrite) {
  if (alter.has_unknown_partitions()) {
    return Refusal{
        fmt::format("The index has to be built on each partition of {}, and these are not known here.", alter.name),
        "Make the plan again with the schema of the database (--schema)."};
  }
  const std::string index = quote_qualified(alter.table.schema, part.name);
  const PartitionedIndex build{key.statement, &alter.table, part.name,
                               index,         alter.name,   ChildNames(part.name, alter.table.name)};
  const PartitionedTree tree = key_partitions(alter, part, index);
  if (auto refusal = refuse_partitions(alter, build, tree)) return refusal;

  std::vector<Step> parents{add_to_parent_only(part, part.name, index, alter.name)};
  std::vector<Step> leaves;
  for (const PartitionNode& node : tree.nodes) {
    if (node.there) continue;
    const auto old = replaced.find(node.relation->id);
    if (old != replaced.end()) {
      if (node.partitioned()) {
        return Refusal{fmt::format("The primary key {} of {}, which is a partition and partitioned itself, cannot go "
                                   "while others are still being built.",
                                   quote_identifier_sql(old->second.name), node.table),
                       "Change that key first, in a migration of its own."};
      }
      const Successor next = successor(part, key, *node.relation, node.name, old->second);
      leaves.push_back(build_successor(part, key, next));
      leaves.push_back(succeed(part, next, old->second));
    } else if (node.partitioned()) {
      parents.push_back(add_to_parent_only(part, node.name, node.index, node.table));
    } else {
      leaves.push_back(build_key_index(part, key, node.name, node.index, node.table));
      leaves.push_back(make_constraint(part, node.name, node.index, node.table));
    }
  }
  // Only now is the list final: partitions created from here on have the constraint.
  parents.push_back(check_step(fmt::format("Check that {} has the partitions of this plan", alter.name),
                               partitions_are(build, tree), std::string(kPartitionsChanged)));
  leaves.push_back(check_all_built(part, tree));
  // Deepest first: each parent is valid before it is attached itself.
  std::vector<const PartitionNode*> nodes;
  for (const PartitionNode& node : tree.nodes) nodes.push_back(&node);
  std::stable_sort(nodes.begin(), nodes.end(),
                   [](const PartitionNode* a, const PartitionNode* b) { return a->depth > b->depth; });
  std::vector<Step> attached;
  for (const PartitionNode* node : nodes) attached.push_back(attach(alter, part, *node));
  attached.push_back(check_root(build));

  const std::string quoted = quote_identifier_sql(part.name);
  add_steps(rewrite, PhaseKind::expand, fmt::format("Add {} to the parent only", quoted), std::move(parents));
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Add {} to each partition of {}", quoted, alter.name),
            std::move(leaves));
  add_steps(rewrite, PhaseKind::switch_, fmt::format("Attach the partitions' constraints to {}", quoted),
            std::move(attached));
  rewrite.assumptions.push_back(
      {fmt::format("{} has exactly these partitions: {}.", alter.name, fmt::join(tree.partitions, ", ")),
       alter.table.origin != Origin::script ? partitions_are(build, tree) : std::string(),
       std::string(kPartitionsChanged)});
  rewrite.assumptions.push_back(
      {fmt::format("Nobody attaches a filled table to {} or detaches a partition while the plan runs.", alter.name), "",
       "Suspend the jobs that do (pg_partman, pg_cron) for the time being."});
  rewrite.notes.push_back(
      fmt::format("Until the last partition is attached, {} does not keep duplicates apart that are in two rows of a "
                  "partition without the constraint; ON CONFLICT and foreign keys need the valid parent.",
                  quoted));
  if (is_primary(part)) {
    rewrite.notes.push_back(
        fmt::format("On PostgreSQL 18 the NOT NULL constraints of the key's columns count as the partitions' own too: "
                    "should {} ever lose them, the partitions keep theirs.",
                    alter.name));
  }
  return std::nullopt;
}

}  // namespace pglatch
