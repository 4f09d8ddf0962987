#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// Partitions are often made at run time, by a job that migrations do not show. A dump would show them.
bool may_have_unseen_partitions(const StatementContext& context, const Relation& table) {
  return table.partitions.empty() && table.origin != Origin::schema && context.is_live(table.id) &&
         blocks_writes(context.effects.mode_on(table.id));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<IndexStmt>(context.statement.node);
  if (stmt.concurrent || !stmt.relation->inh || context.effects.fails) return;
  const Relation* table = find_relation(context, stmt.relation);
  if (table == nullptr || table->kind != RelationKind::partitioned_table) return;
  const auto hit = blocked_during(context, WorkKind::index_build);
  const bool unseen = hit.empty() && may_have_unseen_partitions(context, *table);
  if (hit.empty() && !unseen) return;

  Finding finding = make_finding(context, rule, leading_words(context, {"create", "unique", "index"}), table->id, hit);
  if (unseen) {
    finding.severity = Severity::warning;
    finding.message = fmt::format("CREATE INDEX {} and on every partition of it while each is read. ",
                                  blocking(context, table->id, {}));
    finding.message += "No partition is known here; those that the database has are all built in this statement.";
  } else {
    finding.message = fmt::format("CREATE INDEX {} while all of them are read. {} ", blocking(context, table->id, hit),
                                  lock_sentence(strongest_lock(context, table->id, hit)));
    finding.message += "PostgreSQL refuses CONCURRENTLY on a partitioned table.";
  }
  finding.help =
      "Create the index ON ONLY the parent, build it CONCURRENTLY on each partition, then ALTER INDEX … ATTACH "
      "PARTITION: run `pglatch plan`.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt};

}  // namespace

extern const Rule kCreateIndexOnPartitioned;
const Rule kCreateIndexOnPartitioned{"create-index-on-partitioned",
                                     "indexes",
                                     Severity::error,
                                     "CREATE INDEX on a partitioned table blocks writes on all of its partitions "
                                     "while every one is read.",
                                     kNodes,
                                     check};

}  // namespace pglatch
