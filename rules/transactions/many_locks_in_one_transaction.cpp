#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "analyzer/base/concat.h"
#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"

namespace pglatch {
namespace {

// max_locks_per_transaction is 64 by default: the lock table has that many places for each connection, shared by all,
// which is 6,400 for the 100 connections of the default. So many partitions there are where more come every day, and
// each session that uses the table without naming a partition locks as many.
constexpr std::size_t kManyPartitions = 100;
constexpr std::size_t kMany = 640;

bool is_of_partition(const StatementContext& context, RelationId id) {
  const Relation* relation = context.catalog.find(id);
  if (relation != nullptr && relation->is_index()) relation = context.catalog.find(relation->index->table);
  return relation != nullptr && relation->partition_of != kNoRelation;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& taken = context.effects.locks;
  if (taken.empty() || context.code != nullptr || taken.size() + context.held.at_most() < kManyPartitions) return;
  std::vector<RelationId> relations;
  const auto add = [&](RelationId relation) {
    if (context.is_live(relation)) relations.push_back(relation);
  };
  for (const TakenLock& lock : taken) {
    if (!lock.conditional) add(lock.relation);
  }
  if (relations.empty()) return;
  // Outside of a transaction none is held for certain.
  if (context.session.in_transaction() == InTransaction::yes) {
    for (const HeldLock& lock : context.held.list()) {
      if (!lock.conditional) add(lock.relation);
    }
  }
  std::sort(relations.begin(), relations.end());
  relations.erase(std::unique(relations.begin(), relations.end()), relations.end());
  const auto partitions = static_cast<std::size_t>(std::count_if(
      relations.begin(), relations.end(), [&](RelationId relation) { return is_of_partition(context, relation); }));
  if (partitions < kManyPartitions && relations.size() < kMany) return;

  Finding finding = make_finding(context, rule, command_range(context), kNoRelation);
  finding.message = fmt::format(
      "With this statement the transaction holds locks on {} relations. The server's lock table has 64 places for each "
      "connection unless max_locks_per_transaction says more. When it is full, statements fail with \"out of shared "
      "memory\": this one, and those of others.",
      relations.size());
  finding.help =
      concat({"Do it in several transactions, ", partitions > 0 ? "partition by partition" : "table by table",
              ", or raise max_locks_per_transaction, which takes a restart."});
  finding.once_a_script = true;
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kManyLocksInOneTransaction;
const Rule kManyLocksInOneTransaction{"many-locks-in-one-transaction",
                                      "transactions",
                                      Severity::warning,
                                      "One transaction locks very many relations at once.",
                                      kEveryStatement,
                                      check};

}  // namespace pglatch
