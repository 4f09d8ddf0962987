#include "rules/support/impact.h"

#include <fmt/core.h>

#include <algorithm>

#include "analyzer/base/concat.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// What is below the target in the tree and locked with it.
std::size_t locked_descendants(const StatementContext& context, RelationId target) {
  const auto tree = context.catalog.with_descendants(target);
  return static_cast<std::size_t>(std::count_if(tree.begin(), tree.end(), [&](RelationId relation) {
    return relation != target && context.effects.mode_on(relation) != LockMode::none;
  }));
}

bool contains(const std::vector<RelationId>& relations, RelationId relation) {
  return std::find(relations.begin(), relations.end(), relation) != relations.end();
}

}  // namespace

std::vector<RelationId> blocked_during(const StatementContext& context, WorkKind kind, std::uint32_t subcommand) {
  const Effects& effects = context.effects;
  std::vector<RelationId> relations;
  for (std::size_t i = 0; i < effects.work.size(); ++i) {
    const Work& work = effects.work[i];
    if (work.kind != kind || effects.work_by[i] != subcommand || contains(relations, work.relation)) continue;
    if (!blocks_writes(effects.mode_on(work.relation)) || !context.takes_time(work)) continue;
    relations.push_back(work.relation);
  }
  return relations;
}

TakenLock strongest_lock(const StatementContext& context, RelationId target, const std::vector<RelationId>& hit) {
  const RelationId live_target = context.is_live(target) ? target : kNoRelation;
  TakenLock strongest;
  for (const TakenLock& lock : context.effects.locks) {
    if (lock.mode <= strongest.mode) continue;
    if (lock.relation == live_target || contains(hit, lock.relation)) strongest = lock;
  }
  return strongest;
}

std::string name_list(const StatementContext& context, const std::vector<RelationId>& relations) {
  std::string text = context.name(relations.front());
  if (relations.size() == 1) return text;
  text += fmt::format("{}{}", relations.size() == 2 ? " and " : ", ", context.name(relations[1]));
  const std::size_t others = relations.size() - 2;
  if (others > 0) text += fmt::format(" and {} other table{}", others, others == 1 ? "" : "s");
  return text;
}

std::string affected(const StatementContext& context, RelationId target, const std::vector<RelationId>& hit) {
  if (!context.is_live(target) && !hit.empty()) return name_list(context, hit);
  const std::size_t below = locked_descendants(context, target);
  if (below == 0) return context.name(target);
  const bool partitioned = context.catalog.find(target)->kind == RelationKind::partitioned_table;
  return fmt::format("{} and its {} {}{}", context.name(target), below, partitioned ? "partition" : "child table",
                     below == 1 ? "" : "s");
}

std::string blocking(const StatementContext& context, RelationId target, const std::vector<RelationId>& hit) {
  return concat({"blocks ", blocks(strongest_lock(context, target, hit).mode), " on ", affected(context, target, hit)});
}

std::string lock_sentence(const TakenLock& lock) {
  return concat({"The ", sql_name(lock.mode), " lock is held until the ",
                 lock.held_until == HeldUntil::transaction ? "transaction" : "statement", " ends."});
}

const Relation* find_relation(const StatementContext& context, const RangeVar* name) {
  return name == nullptr ? nullptr : context.catalog.find(name_of(name), context.session.search_path());
}

Finding make_finding(const StatementContext& context, const Rule& rule, ByteRange range, RelationId target,
                     const std::vector<RelationId>& hit) {
  Finding finding;
  finding.rule = rule.id;
  finding.severity = rule.severity;
  finding.range = first_line(context.sql, range);
  finding.statement = context.statement.range;
  finding.worked_on = hit;
  if (target != kNoRelation) finding.relations.push_back(context.name(target));
  for (RelationId relation : hit) {
    if (relation != target) finding.relations.push_back(context.name(relation));
  }
  return finding;
}

bool concurrently_is_sure(const StatementContext& context) {
  const Settings& settings = context.session.settings();
  return context.session.in_transaction() == InTransaction::no && settings.lock_timeout_ms.value_or(0) == 0 &&
         settings.statement_timeout_ms.value_or(0) == 0;
}

}  // namespace pglatch
