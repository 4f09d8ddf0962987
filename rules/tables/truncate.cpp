#include <fmt/core.h>

#include <algorithm>

#include "rules/support/dropped_later.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

struct Emptied {
  std::vector<RelationId> named;     // by the statement, and live
  std::vector<RelationId> by_chain;  // live tables that CASCADE comes to
};

Emptied emptied_by(const StatementContext& context) {
  Emptied emptied;
  for (const TakenLock& lock : context.effects.locks) {
    if (!blocks_writes(lock.mode) || !context.is_live(lock.relation)) continue;
    const Relation& relation = *context.catalog.find(lock.relation);
    if (relation.is_index() || relation.kind == RelationKind::sequence) continue;
    if (is_dropped_later(context, lock.relation)) continue;  // drop-table says it
    if (lock.reason == LockReason::target) emptied.named.push_back(lock.relation);
    if (lock.reason == LockReason::referencing) emptied.by_chain.push_back(lock.relation);
  }
  return emptied;
}

// What references a table that only its name is known of cannot be told.
bool may_reach_more(const StatementContext& context, const Emptied& emptied) {
  return std::any_of(emptied.named.begin(), emptied.named.end(),
                     [&](RelationId relation) { return context.catalog.find(relation)->origin == Origin::unknown; });
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<TruncateStmt>(context.statement.node);
  if (context.effects.refused()) return;
  const Emptied emptied = emptied_by(context);
  if (emptied.named.empty() && emptied.by_chain.empty()) return;

  std::vector<RelationId> all = emptied.named;
  all.insert(all.end(), emptied.by_chain.begin(), emptied.by_chain.end());
  const bool cascade = stmt.behavior == DROP_CASCADE;
  Finding finding = make_finding(context, rule, leading_words(context, {"truncate", "table", "only"}), all.front());
  finding.relations.clear();
  for (const RelationId relation : all) finding.relations.push_back(context.name(relation));
  if (emptied.named.empty()) {
    finding.message = fmt::format("TRUNCATE … CASCADE also removes all rows of {}, through foreign keys.",
                                  name_list(context, emptied.by_chain));
  } else {
    const std::string what = all.size() == 1 ? affected(context, all.front(), all) : name_list(context, emptied.named);
    finding.message = fmt::format("TRUNCATE removes all rows of {}, at once and for everybody.", what);
    if (!emptied.by_chain.empty()) {
      finding.message += fmt::format(" CASCADE removes all rows of {} as well, through foreign keys.",
                                     name_list(context, emptied.by_chain));
    } else if (cascade && may_reach_more(context, emptied)) {
      finding.message += " CASCADE does the same to every table that references it, and to those that reference these.";
    }
  }
  const TakenLock lock = strongest_lock(context, all.front(), all);
  finding.message +=
      fmt::format(" It blocks {} until the {} ends, and snapshots taken before find the tables empty.",
                  blocks(lock.mode), lock.held_until == HeldUntil::transaction ? "transaction" : "statement");
  finding.help = fmt::format(
      "Make sure that nobody needs the rows{}. To remove rows while others read and write, DELETE them in batches, "
      "each in a transaction of its own.",
      cascade ? ", and name every table that is to be emptied instead of CASCADE" : "");
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_TruncateStmt};

}  // namespace

extern const Rule kTruncate;
const Rule kTruncate{"truncate", "tables", Severity::error, "TRUNCATE removes all rows of a table that others use.",
                     kNodes,     check};

}  // namespace pglatch
