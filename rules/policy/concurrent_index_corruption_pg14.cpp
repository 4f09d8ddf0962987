#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

constexpr int kAffected = 14;

bool says_concurrently(const ReindexStmt& reindex) {
  for (const DefElem* option : each<DefElem>(reindex.params)) {
    if (text(option->defname) == "concurrently") return true;
  }
  return false;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.pg_version != kAffected || context.effects.refused()) return;
  const auto* index = as<IndexStmt>(context.statement.node);
  const auto* reindex = as<ReindexStmt>(context.statement.node);
  if (index != nullptr ? !index->concurrent : !says_concurrently(*reindex)) return;
  // A REINDEX of a schema or database names none.
  const Relation* relation = find_relation(context, index != nullptr ? index->relation : reindex->relation);
  if (relation != nullptr && !context.is_live(relation->id)) return;

  const ByteRange statement = context.statement.range;
  Finding finding =
      make_finding(context, rule, find_words(context.sql, statement, {"concurrently"}).value_or(statement),
                   relation == nullptr ? kNoRelation : relation->id);
  finding.message =
      "PostgreSQL 14.0 to 14.3 can leave rows out of an index that is built CONCURRENTLY. Vacuum of the table "
      "meanwhile "
      "may remove what the build still needs; queries by the index then miss rows.";
  finding.help =
      "Make sure that the server is 14.4 or newer. Rebuild indexes that an older one has built, or check them "
      "with pg_amcheck --heapallindexed.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt, T_ReindexStmt};

}  // namespace

extern const Rule kConcurrentIndexCorruptionPg14;
const Rule kConcurrentIndexCorruptionPg14{"concurrent-index-corruption-pg14",
                                          "policy",
                                          Severity::warning,
                                          "PostgreSQL 14.0 to 14.3 can build corrupt indexes concurrently.",
                                          kNodes,
                                          check,
                                          true};

}  // namespace pglatch
