// The safe form of CREATE INDEX on a partitioned table whose partitions only the server knows: the
// same order of steps as with known ones, each of them a query for the statements to run.
#include <fmt/format.h>

#include "analyzer/parse/access.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/partition_queries.h"
#include "rules/recipes/partitioned_index.h"

namespace pglatch {
namespace {

// Stands for the partitions in the statement that is shown to the lock model.
struct Sample {
  std::string table;
  std::string parent;  // itself partitioned
  std::string index;

  explicit Sample(const Relation& root)
      : table(name("each partition of ", root)),
        parent(name("each partitioned partition of ", root)),
        index(name("the index of each partition of ", root)) {}

  static std::string name(std::string_view what, const Relation& root) {
    return quote_qualified(root.schema, truncate_utf8(fmt::format("{}{}", what, root.name), kMaxIdentifierBytes));
  }
};

// A table that stands for the sub-partitioned ones: with the root's columns, and a partition key that a
// unique index may have.
std::string sub_partitioned_scene(const PartitionedIndex& build, const Sample& sample) {
  const auto keys = each<IndexElem>(build.statement.node->indexParams);
  const bool by_column = !keys.empty() && keys[0]->name != nullptr;
  const std::string key = by_column ? quote_identifier_sql(keys[0]->name) : "pglatch_key";
  return fmt::format("CREATE TABLE {} (LIKE {}{}) PARTITION BY LIST ({})", sample.parent, build.table,
                     by_column ? "" : ", pglatch_key int", key);
}

Step generator(StepClass step_class, std::string title, std::string query, std::string sample) {
  Step step;
  step.title = std::move(title);
  step.step_class = step_class;
  step.sql = {std::move(query)};
  step.generator = true;
  step.sample = std::move(sample);
  step.on_failure = kRunAgain;
  step.watch = lock_waits();
  return step;
}

}  // namespace

Rewrite enumerate_on_server(const PartitionedIndex& build) {
  const PartitionedBuild queries{build.statement, build.table, build.index, build.names};
  const Sample sample(*build.root);
  const std::string sample_name = "the index of each partition";

  Rewrite result;
  result.partitioned = build.table;
  result.head = 1;
  result.phases.resize(3);
  Phase& create = result.phases[0];
  create.kind = PhaseKind::expand;
  create.title = fmt::format("Create {} on the parent only", build.index);
  create.steps.push_back(create_on_root_only(build));
  create.steps.push_back(generator(
      StepClass::brief, fmt::format("Create the index on the sub-partitioned tables below {} only", build.table),
      queries.create_on_only(), create_index_sql(build.statement, {sample_name, sample.parent, false, true})));
  create.steps.back().scene = sub_partitioned_scene(build, sample);
  create.steps.back().rollback = {{StepClass::brief, fmt::format("DROP INDEX IF EXISTS {}", build.index)}};

  Phase& migrate = result.phases[1];
  migrate.kind = PhaseKind::migrate;
  migrate.title = fmt::format("Build the index on each partition of {}", build.table);
  migrate.steps.push_back(generator(StepClass::concurrent, "Drop the invalid indexes that interrupted builds left",
                                    queries.drop_leftovers(), "DROP INDEX CONCURRENTLY IF EXISTS " + sample.index));
  Step leaves = generator(StepClass::concurrent,
                          fmt::format("Build the index on each partition of {} that lacks it", build.table),
                          queries.build(), create_index_sql(build.statement, {sample_name, sample.table, true, false}));
  leaves.watch = build_progress("");
  leaves.on_failure =
      "An interrupted or failed build leaves an INVALID index. Run the script again: it drops what is left and goes on "
      "with the partitions that lack the index.";
  migrate.steps.push_back(std::move(leaves));
  migrate.steps.push_back(check_step("Check that every partition's index is there and valid", queries.all_built(),
                                     "Run the script again: it builds what is missing or invalid."));

  Phase& attach = result.phases[2];
  attach.kind = PhaseKind::switch_;
  attach.title = fmt::format("Attach the partitions' indexes to {}", build.index);
  attach.steps.push_back(
      generator(StepClass::brief, fmt::format("Attach the index of each partition of {}", build.table),
                queries.attach(), fmt::format("ALTER INDEX {} ATTACH PARTITION {}", build.index, sample.index)));
  attach.steps.back().rollback = {{StepClass::brief, fmt::format("DROP INDEX IF EXISTS {}", build.index)}};
  attach.steps.push_back(check_root(build));

  result.assumptions.push_back(
      {fmt::format("No partition of {} is a foreign table: its index could not become valid this way.", build.table),
       queries.no_foreign_tables(), "Make the plan again with the schema of the database (--schema)."});
  result.notes.push_back(
      fmt::format("The partitions of {} are not known here: the script finds them when it runs.", build.table));
  result.notes.push_back(next_partition_note(build));
  return result;
}

}  // namespace pglatch
