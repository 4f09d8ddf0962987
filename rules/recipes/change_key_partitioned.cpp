// Another key in the place of the one that a partitioned table has. A partition's key that belongs to its
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
#include "rules/recipes/partition_set.h"

namespace pglatch {
namespace {

// The same the other way round: the old key's indexes first, then all of them change in one transaction.
std::vector<Rollback> way_back(const AlterTable& alter, const AlterPart& part, const PartitionedTree& tree,
                               const OldKey& old) {
  std::vector<Rollback> back;
  if (old.kind.empty()) return back;
  std::string change =
      fmt::format("BEGIN;\nALTER TABLE {} DROP CONSTRAINT {};\n", alter.name, quote_identifier_sql(part.name));
  for (const PartitionNode& node : tree.nodes) {
    if (node.partitioned()) continue;
    OldKeyIndex one = build_old_key(old, *node.relation);
    back.push_back(std::move(one.build));
    change += fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {};\n", node.table, quote_identifier_sql(node.name),
                          old_key_using(old, one.name));
  }
  change += fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {} {}{};\nCOMMIT", alter.name, quote_identifier_sql(old.name),
                        old.kind, old.definition, old.attributes);
  back.push_back({StepClass::brief, std::move(change)});
  return back;
}

}  // namespace

std::optional<Refusal> change_key_partitioned(const AlterTable& alter, const AlterPart& part, const KeyIndex& key,
                                              const OldKey& old, Rewrite& rewrite) {
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

  const Successor root = successor(part, key, alter.table, part.name, old);
  const std::string as_planned = has_partitions(alter.name, tree.partitions);
  Step change = brief_step(fmt::format("Replace {} {} of {} and its partitions", kind_in_words(part),
                                       quote_identifier_sql(old.name), alter.name),
                           fmt::format("ALTER TABLE {} {}", alter.name, old.drop), root.done);
  // Now all of them are locked, and the list is final.
  change.sql.push_back(insist(as_planned, fmt::format("{} has other partitions than planned", alter.name)));
  std::vector<Step> builds;
  for (const PartitionNode& node : tree.nodes) {
    if (node.partitioned()) continue;
    const Successor next = successor(part, key, *node.relation, node.name, old);
    builds.push_back(build_successor(part, key, next));
    change.sql.push_back(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", node.table, quote_identifier_sql(node.name),
                                     using_index(part, next.built_name)));
  }
  change.sql.push_back(
      fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", alter.name, quote_identifier_sql(part.name), part.body));
  change.rollback = way_back(alter, part, tree, old);
  change.on_failure = fmt::format(
      "Nothing has changed: the old key holds, and the new indexes wait for their turn. Run the script again. Where "
      "{} has other partitions by now, make the plan again; what is built is recognised.",
      alter.name);
  builds.push_back(check_step(fmt::format("Check that {} has the partitions of this plan", alter.name), as_planned,
                              std::string(kPartitionsChanged)));

  add_steps(rewrite, PhaseKind::migrate, fmt::format("Build the new key of each partition of {}", alter.name),
            std::move(builds));
  add_steps(rewrite, PhaseKind::switch_, fmt::format("Change {} of {}", kind_in_words(part), alter.name),
            {std::move(change)});
  rewrite.assumptions.push_back(
      {fmt::format("{} has exactly these partitions: {}.", alter.name, fmt::join(tree.partitions, ", ")),
       alter.table.origin != Origin::script ? as_planned : std::string(), std::string(kPartitionsChanged)});
  note_way_back(part, old, alter.name, rewrite);
  rewrite.notes.push_back(
      fmt::format("The last step locks {} and all its partitions at once, {} tables with their indexes: see that "
                  "max_locks_per_transaction allows it.",
                  alter.name, tree.partitions.size() + 1));
  return std::nullopt;
}

}  // namespace pglatch
