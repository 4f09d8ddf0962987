#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<ClusterStmt>(context.statement.node);
  if (context.effects.refused()) return;
  const bool everything = stmt.relation == nullptr;
  const auto hit = blocked_during(context, WorkKind::rewrite);
  if (hit.empty() && (!everything || context.catalog.complete)) return;

  const Relation* named = find_relation(context, stmt.relation);
  const RelationId target = named == nullptr ? kNoRelation : named->id;
  Finding finding = make_finding(context, rule, leading_words(context, {"cluster"}), target, hit);
  finding.message =
      everything ? "CLUSTER without a table blocks reads and writes on one table after the other, while each that was "
                   "clustered before is written anew."
                 : fmt::format("CLUSTER {} while everything is written anew in the order of the index. {}",
                               blocking(context, target, hit), lock_sentence(strongest_lock(context, target, hit)));
  finding.message += " The order is not kept up: rows that come later go wherever there is room.";
  finding.help =
      "To have rows in the order of an index while reads and writes go on, use pg_repack, outside of migrations; or a "
      "BRIN or covering index that does without the order.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_ClusterStmt};

}  // namespace

extern const Rule kCluster;
const Rule kCluster{"cluster",       "tables",
                    Severity::error, "CLUSTER rewrites the table while reads and writes are blocked.",
                    kNodes,          check};

}  // namespace pglatch
