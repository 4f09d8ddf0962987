#include "analyzer/base/concat.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// With IF NOT EXISTS the edit would trade this hazard for invalid-index-left-behind.
bool can_fix(const StatementContext& context, const IndexStmt& stmt, const Relation& table) {
  return concurrently_is_sure(context) && !stmt.if_not_exists && table.origin != Origin::unknown && table.has_storage();
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<IndexStmt>(context.statement.node);
  if (stmt.concurrent) return;
  const Relation* table = find_relation(context, stmt.relation);
  if (table == nullptr || table->kind == RelationKind::partitioned_table) return;
  const auto hit = blocked_during(context, WorkKind::index_build);
  if (hit.empty()) return;

  const ByteRange keywords = leading_words(context, {"create", "unique", "index"});
  Finding finding = make_finding(context, rule, keywords, table->id, hit);
  finding.message = concat(
      {"CREATE INDEX ", blocking(context, table->id, hit), " while the whole ", to_string(table->kind), " is read. ",
       lock_sentence(strongest_lock(context, table->id, hit)), " CONCURRENTLY builds it while writes go on."});
  const Edit edit = insert_concurrently(context.sql, keywords);
  const std::string form = concat({"CREATE ", stmt.unique ? "UNIQUE " : "", "INDEX CONCURRENTLY …;"});
  finding.help =
      concat({"Run it alone, outside of a transaction: ", edited_statement(context, {&edit, 1}).value_or(form)});
  if (can_fix(context, stmt, *table)) finding.fix = Fix{"build the index with CONCURRENTLY", {edit}};
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt};

}  // namespace

extern const Rule kCreateIndexNonConcurrent;
const Rule kCreateIndexNonConcurrent{"create-index-non-concurrent",
                                     "indexes",
                                     Severity::error,
                                     "CREATE INDEX without CONCURRENTLY blocks writes while the table is read.",
                                     kNodes,
                                     check};

}  // namespace pglatch
