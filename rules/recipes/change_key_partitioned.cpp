// Another primary key in the place of the one that a partitioned table has. A partition's key that belongs to its
// parent's cannot be dropped alone, and the parent has one at a time: so the new indexes are built on all partitions
// next to the old key, and one transaction, which builds and reads nothing, changes all of them.
//
// DefineIndex() in indexcmds.c takes over an equal key of a partition instead of building one.
#include <fmt/format.h>

#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/add_key.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/insist.h"

namespace pglatch {
namespace {

// The partitions in the database are exactly these.
std::string has_partitions(std::string_view table, const std::vector<std::string>& partitions) {
  std::string array;
  for (const std::string& partition : partitions) {
    array += fmt::format("{}to_regclass({})::oid", array.empty() ? "" : ", ", quote_literal_sql(partition));
  }
  return fmt::format(
      "SELECT coalesce(array_agg(t.relid::oid ORDER BY t.relid::oid), '{{}}')\n"
      "     = (SELECT coalesce(array_agg(p ORDER BY p), '{{}}') FROM unnest(ARRAY[{}]::oid[]) p)\n"
      "FROM pg_partition_tree(to_regclass({})) t WHERE t.level > 0",
      array, quote_literal_sql(table));
}

}  // namespace

std::optional<Refusal> change_key_partitioned(const AlterTable& alter, const AlterPart& part, const KeyIndex& key,
                                              const std::string& old_name, bool looks_new, Rewrite& rewrite) {
  if (alter.only || alter.has_unknown_partitions()) {
    return Refusal{
        fmt::format("The index has to be built on each partition of {}, and these are not known here.", alter.name),
        "Make the plan again with the schema of the database (--schema), and without ONLY."};
  }
  const std::string index = quote_qualified(alter.table.schema, part.name);
  const PartitionedIndex build{key.statement, &alter.table, part.name,
                               index,         alter.name,   ChildNames(part.name, alter.table.name)};
  const PartitionedTree tree = key_partitions(alter, part, index);
  if (auto refusal = refuse_partitions(alter, build, tree)) return refusal;

  const std::string quoted_old = quote_identifier_sql(old_name);
  const Successor root = successor(part, key, alter.table, part.name, looks_new);
  const std::string as_planned = has_partitions(alter.name, tree.partitions);
  Step change = brief_step(fmt::format("Replace the primary key {} of {} and its partitions", quoted_old, alter.name),
                           fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", alter.name, quoted_old), root.done);
  // Now all of them are locked, and the list is final.
  change.sql.push_back(insist(as_planned, fmt::format("{} has other partitions than planned", alter.name)));
  std::vector<Step> builds;
  for (const PartitionNode& node : tree.nodes) {
    if (node.partitioned()) continue;
    Successor next = successor(part, key, *node.relation, node.name, looks_new);
    builds.push_back(build_successor(part, key, next));
    change.sql.push_back(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", node.table, quote_identifier_sql(node.name),
                                     using_index(part, next.built_name)));
  }
  change.sql.push_back(
      fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", alter.name, quote_identifier_sql(part.name), part.body));
  change.on_failure = fmt::format(
      "Nothing has changed: the old key holds, and the new indexes wait for their turn. Run the script again. Where "
      "{} has other partitions by now, make the plan again; what is built is recognised.",
      alter.name);
  builds.push_back(check_step(fmt::format("Check that {} has the partitions of this plan", alter.name), as_planned,
                              std::string(kPartitionsChanged)));

  add_steps(rewrite, PhaseKind::migrate, fmt::format("Build the new key of each partition of {}", alter.name),
            std::move(builds));
  add_steps(rewrite, PhaseKind::switch_, fmt::format("Change the primary key of {}", alter.name), {std::move(change)});
  rewrite.assumptions.push_back(
      {fmt::format("{} has exactly these partitions: {}.", alter.name, fmt::join(tree.partitions, ", ")),
       alter.table.origin != Origin::script ? as_planned : std::string(), std::string(kPartitionsChanged)});
  rewrite.notes.push_back(
      fmt::format("The last step locks {} and all its partitions at once, {} tables with their indexes: see that "
                  "max_locks_per_transaction allows it.",
                  alter.name, tree.partitions.size() + 1));
  return std::nullopt;
}

}  // namespace pglatch
