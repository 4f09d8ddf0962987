#include <fmt/core.h>

#include "analyzer/locks/options.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// The one relation that the statement names; kNoRelation where there are several or none.
RelationId only_target(const StatementContext& context, const VacuumStmt& stmt) {
  const auto relations = each<VacuumRelation>(stmt.rels);
  if (relations.size() != 1) return kNoRelation;
  const Relation* found = find_relation(context, relations[0]->relation);
  return found == nullptr ? kNoRelation : found->id;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<VacuumStmt>(context.statement.node);
  if (!stmt.is_vacuumcmd || !locks::has_option(stmt.options, "full") || context.effects.refused()) return;
  const bool everything = each(stmt.rels).empty();
  const auto hit = blocked_during(context, WorkKind::rewrite);
  if (hit.empty() && (!everything || context.catalog.complete)) return;

  const RelationId target = only_target(context, stmt);
  Finding finding = make_finding(context, rule, leading_words(context, {"vacuum", "full"}), target, hit);
  finding.message =
      everything ? "VACUUM FULL without a table blocks reads and writes on one table of the database after the other, "
                   "while each is written anew with all its indexes."
                 : fmt::format("VACUUM FULL {} while everything is written anew, indexes included. {}",
                               blocking(context, target, hit), lock_sentence(strongest_lock(context, target, hit)));
  finding.message += " It also needs room for a second copy.";
  finding.help =
      "Plain VACUUM makes the space of dead rows usable again and blocks nobody. To give space back to the system "
      "while reads and writes go on, use pg_repack or pg_squeeze, outside of migrations.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_VacuumStmt};

}  // namespace

extern const Rule kVacuumFull;
const Rule kVacuumFull{"vacuum-full",   "tables",
                       Severity::error, "VACUUM FULL rewrites the table while reads and writes are blocked.",
                       kNodes,          check};

}  // namespace pglatch
