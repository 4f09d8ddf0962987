// CREATE INDEX on a partitioned table, which PostgreSQL cannot do concurrently: ON ONLY the parent
// first (partitions created from then on have the index), CONCURRENTLY on each partition, ATTACH.
// With foreign-table partitions that never becomes valid: there the partitions come first, and a plain
// CREATE INDEX on the parent, which takes over what it finds, comes last.
//
// PostgreSQL documentation, "Table Partitioning", 5.12.2.2; DefineIndex() in indexcmds.c.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/partitioned_index.h"
#include "rules/recipes/recipes.h"

namespace pglatch {
namespace {

constexpr std::string_view kPartitionsChanged =
    "Make the plan again with the schema as it is now (--schema); what is done already is recognised.";

Step create_on_sub_parent_only(const PartitionedIndex& build, const PartitionNode& node) {
  Step step;
  step.title = fmt::format("Create {} on {} only", node.index, node.table);
  step.step_class = StepClass::brief;
  step.sql = {create_index_sql(build.statement, {node.name, node.table, false, true})};
  step.already_done = child_index_is_done(node.index, node.table, build.index, true);
  step.verify = step.already_done;
  step.watch = lock_waits();
  step.on_failure = kRunAgain;
  step.rollback = {{StepClass::brief, fmt::format("DROP INDEX IF EXISTS {}", node.index)}};
  return step;
}

// `swept`: the root's index, with which the definition could be compared, comes only after it.
Step build_leaf(const PartitionedIndex& build, const PartitionNode& node, bool swept) {
  Step step;
  step.title = fmt::format("Build {} on {} without blocking writes", node.index, node.table);
  step.step_class = StepClass::concurrent;
  step.sql = {create_index_sql(build.statement, {node.name, node.table, true, false})};
  step.already_done = swept ? index_is_done(build.statement, node.index, node.table)
                            : child_index_is_done(node.index, node.table, build.index, false);
  step.verify = step.already_done;
  step.leftovers = build_leftovers(node.index, node.table);
  step.watch = build_progress(node.table);
  step.on_failure = fmt::format(
      "An interrupted or failed build leaves {} INVALID. Run the script again: it drops what is left and builds anew. "
      "If "
      "another session is still building it, wait for that.",
      node.index);
  step.rollback = {{StepClass::concurrent, fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", node.index)}};
  return step;
}

Step attach(const PartitionedIndex& build, const PartitionNode& node) {
  Step step;
  step.title = fmt::format("Attach {} to {}", node.index, node.parent_index);
  step.step_class = StepClass::brief;
  step.sql = {fmt::format("ALTER INDEX {} ATTACH PARTITION {}", node.parent_index, node.index)};
  step.already_done = is_attached(node.index, node.parent_index);
  // Attached; whether it was enough to make the parent valid is the last check's question.
  step.verify = fmt::format(
      "SELECT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass({}) AND inhparent = to_regclass({}))",
      quote_literal_sql(node.index), quote_literal_sql(node.parent_index));
  step.watch = lock_waits();
  step.on_failure = fmt::format(
      "Nothing is left behind. Readers of {} wait behind the attempt, at most lock_timeout long; end the transaction "
      "that is in the way and run the script again.",
      node.table);
  // An attached index goes only together with its parent, also one that was there before.
  step.rollback = {{StepClass::brief, fmt::format("DROP INDEX IF EXISTS {}", build.index)}};
  if (node.there && !node.partitioned()) {
    step.rollback.push_back(
        {StepClass::concurrent, create_index_sql(build.statement, {node.name, node.table, true, false})});
  }
  return step;
}

// ATTACH takes an invalid index without a word, so all are looked at before the first one.
Step check_all_built(const PartitionedIndex& build, const PartitionedTree& tree, bool swept) {
  std::string values;
  std::size_t count = 0;
  for (const PartitionNode& node : tree.nodes) {
    if (swept && node.partitioned()) continue;
    values += fmt::format("{}({}, {})", count++ == 0 ? "" : ",\n    ", quote_literal_sql(node.table),
                          quote_literal_sql(node.index));
  }
  const std::string same =
      swept ? std::string()
            : "\n  AND " +
                  same_index_definition("i.indexrelid", fmt::format("to_regclass({})", quote_literal_sql(build.index)));
  return check_step(
      "Check that every partition's index is there and valid",
      fmt::format(
          "SELECT count(*) = {}\n"
          "FROM (VALUES {}) planned(tab, idx)\n"
          "JOIN pg_index i ON i.indexrelid = to_regclass(planned.idx) AND i.indrelid = to_regclass(planned.tab)\n"
          "JOIN pg_class c ON c.oid = i.indexrelid\n"
          "WHERE (c.relkind = 'I' OR i.indisvalid AND i.indisready AND i.indislive){}",
          count, values, same),
      "Run the script again: it builds what is missing or invalid.");
}

Step sweep(const PartitionedIndex& build) {
  Step step;
  step.title = fmt::format("Create {}, taking over the partitions' indexes", build.index);
  step.step_class = StepClass::brief;
  step.sql = {create_index_sql(build.statement, {build.name, build.table, false, false})};
  step.already_done = index_is_done(build.statement, build.index, build.table);
  step.verify = step.already_done;
  step.guarded = true;
  step.watch = lock_waits();
  step.on_failure = kRunAgain;
  step.rollback = {{StepClass::brief, fmt::format("DROP INDEX IF EXISTS {}", build.index)}};
  return step;
}

Phase phase_of(PhaseKind kind, std::string title) {
  Phase phase;
  phase.kind = kind;
  phase.title = std::move(title);
  return phase;
}

Phase build_leaves(const PartitionedIndex& build, const PartitionedTree& tree, bool swept) {
  Phase phase = phase_of(PhaseKind::migrate, fmt::format("Build the index on each partition of {}", build.table));
  for (const PartitionNode& node : tree.nodes) {
    if (!node.partitioned() && !node.there) phase.steps.push_back(build_leaf(build, node, swept));
  }
  phase.steps.push_back(check_all_built(build, tree, swept));
  return phase;
}

Step check_partitions(const PartitionedIndex& build, const PartitionedTree& tree) {
  return check_step(fmt::format("Check that {} has the partitions of this plan", build.table),
                    partitions_are(build, tree), std::string(kPartitionsChanged));
}

Rewrite only_first(const PartitionedIndex& build, const PartitionedTree& tree) {
  Rewrite result;
  Phase create = phase_of(PhaseKind::expand, fmt::format("Create {} on the parent only", build.index));
  create.steps.push_back(create_on_root_only(build));
  for (const PartitionNode& node : tree.nodes) {
    if (node.partitioned() && !node.there) create.steps.push_back(create_on_sub_parent_only(build, node));
  }
  // Only now is the list final: partitions created from here on have the index.
  create.steps.push_back(check_partitions(build, tree));

  Phase attach_all = phase_of(PhaseKind::switch_, fmt::format("Attach the partitions' indexes to {}", build.index));
  // Deepest first: each parent is valid before it is attached itself.
  std::vector<const PartitionNode*> nodes;
  for (const PartitionNode& node : tree.nodes) nodes.push_back(&node);
  std::stable_sort(nodes.begin(), nodes.end(),
                   [](const PartitionNode* a, const PartitionNode* b) { return a->depth > b->depth; });
  for (const PartitionNode* node : nodes) attach_all.steps.push_back(attach(build, *node));
  attach_all.steps.push_back(check_root(build));

  result.partitioned = build.table;
  result.head = 1;
  result.phases.push_back(std::move(create));
  result.phases.push_back(build_leaves(build, tree, false));
  result.phases.push_back(std::move(attach_all));
  result.notes.push_back(
      fmt::format("{} is invalid until the last partition's index is attached. Queries use the partitions' indexes as "
                  "soon as they are built; ON CONFLICT and foreign keys need the valid parent.",
                  build.index));
  result.notes.push_back(next_partition_note(build));
  return result;
}

Rewrite sweep_last(const PartitionedIndex& build, const PartitionedTree& tree) {
  Rewrite result;
  result.phases.push_back(build_leaves(build, tree, true));
  Phase last = phase_of(PhaseKind::switch_, fmt::format("Create {} on the parent", build.index));
  last.steps.push_back(check_partitions(build, tree));
  last.steps.push_back(sweep(build));
  last.steps.push_back(check_root(build));
  result.phases.push_back(std::move(last));
  result.notes.push_back(
      fmt::format("{} has foreign tables as partitions: an index made ON ONLY the parent would never become valid, so "
                  "the parent comes last. That step locks all partitions at once, for as long as it takes to take over "
                  "their indexes; a partition created meanwhile is built inside it.",
                  build.table));
  return result;
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& node = *as<IndexStmt>(context.statement.node);
  const Relation* root = context.catalog.find(name_of(node.relation), context.session.search_path());
  if (root == nullptr || root->kind != RelationKind::partitioned_table || !context.is_live(root->id)) {
    return std::nullopt;
  }
  const auto statement = take_apart(context, node);
  if (!statement) return std::nullopt;
  const std::string name =
      node.idxname != nullptr ? std::string(node.idxname) : default_index_name(node, *root, context.catalog);
  if (node.if_not_exists && context.catalog.find({root->schema, name}, {}) != nullptr) return std::nullopt;

  const PartitionedIndex build{
      *statement, root, name, quote_qualified(root->schema, name), display_name(*root), ChildNames(name, root->name)};
  if (node.unique && !unique_is_possible(build, context.catalog)) return std::nullopt;
  const PartitionedTree tree = partitions_of(build, context.catalog);

  Rewrite result;
  if (!node.relation->inh) {  // ON ONLY: as good as it can be, and repeatable now
    result.phases.push_back(phase_of(PhaseKind::expand, fmt::format("Create {} on the parent only", build.index)));
    result.phases.back().steps.push_back(create_on_root_only(build));
    return result;
  }
  if (tree.partitions.empty()) {
    result = enumerate_on_server(build);
  } else {
    result = tree.has_foreign_tables ? sweep_last(build, tree) : only_first(build, tree);
    // A table that the migrations themselves create is not there yet when the script starts.
    const bool exists = root->origin != Origin::script;
    result.assumptions.push_back(
        {fmt::format("{} has exactly these partitions: {}.", build.table, fmt::join(tree.partitions, ", ")),
         exists ? partitions_are(build, tree) : std::string(), std::string(kPartitionsChanged)});
  }
  if (statement->has_expression()) result.phases.back().steps.push_back(analyze_tree(build));
  result.assumptions.push_back(
      {fmt::format("Nobody attaches a filled table to {} or detaches a partition while the plan runs.", build.table),
       "", "Suspend the jobs that do (pg_partman, pg_cron) for the time being."});
  result.preflight = build_preflight(build.table, true);
  if (node.unique) result.preflight.push_back(duplicates_preflight(*statement, build.table));
  if (node.idxname == nullptr) {
    result.notes.push_back(fmt::format("The index had no name: {} is what PostgreSQL would call it.", build.index));
  }
  return result;
}

constexpr NodeTag kNodes[] = {T_IndexStmt};
constexpr std::string_view kRules[] = {"create-index-on-partitioned", "create-index-concurrently-on-partitioned",
                                       "concurrently-in-transaction"};

}  // namespace

const Recipe kCreateIndexPartitionedRecipe{"create-index-partitioned",
                                           "CREATE INDEX on a partitioned table: ONLY, CONCURRENTLY, ATTACH", kNodes,
                                           kRules, rewrite};

}  // namespace pglatch
