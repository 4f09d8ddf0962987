#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<IndexStmt>(context.statement.node);
  if (!stmt.concurrent) return;
  const Relation* table = find_relation(context, stmt.relation);
  if (table == nullptr || table->kind != RelationKind::partitioned_table) return;

  const auto keyword = find_words(context.sql, context.statement.range, {"concurrently"});
  Finding finding = make_finding(context, rule, keyword.value_or(context.statement.range), table->id);
  finding.message = fmt::format(
      "CREATE INDEX CONCURRENTLY fails, because {} is a partitioned table. PostgreSQL builds an index concurrently on "
      "one partition at a time only; on the parent it refuses the statement.",
      context.name(table->id));
  finding.help =
      "Create the index ON ONLY the parent, build it CONCURRENTLY on each partition, then ALTER INDEX … ATTACH "
      "PARTITION: run `pglatch plan`.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt};

}  // namespace

extern const Rule kCreateIndexConcurrentlyOnPartitioned;
const Rule kCreateIndexConcurrentlyOnPartitioned{"create-index-concurrently-on-partitioned",
                                                 "indexes",
                                                 Severity::error,
                                                 "CREATE INDEX CONCURRENTLY fails on a partitioned table.",
                                                 kNodes,
                                                 check};

}  // namespace pglatch
