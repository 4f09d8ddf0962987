#include "analyzer/locks/held_locks.h"

#include <algorithm>
#include <iterator>

namespace pglatch {
namespace {

constexpr LockMode kAllModes[] = {
    LockMode::access_share, LockMode::row_share,           LockMode::row_exclusive, LockMode::share_update_exclusive,
    LockMode::share,        LockMode::share_row_exclusive, LockMode::exclusive,     LockMode::access_exclusive};

std::uint16_t bit_of(LockMode mode) noexcept { return static_cast<std::uint16_t>(1U << static_cast<unsigned>(mode)); }

LockMode strongest(std::uint16_t modes) noexcept {
  LockMode found = LockMode::none;
  for (const LockMode mode : kAllModes) {
    if ((modes & bit_of(mode)) != 0) found = mode;
  }
  return found;
}

}  // namespace

void HeldLocks::before(const Statement& statement, const Effects& effects, const Catalog& catalog,
                       const Session& session) {
  certain_ = session.in_transaction() != InTransaction::unknown;
  if (!certain_ && !log_.empty()) {
    // What commits by itself is refused in a transaction: so none was open.
    for (const TakenLock& taken : effects.locks) {
      if (taken.held_until == HeldUntil::statement) return release(0);
    }
  }
  const auto* drop = as<DropStmt>(statement.node);
  if (drop == nullptr) return;
  for (const TakenLock& taken : effects.locks) {
    const Relation* relation = catalog.find(taken.relation);
    if (relation == nullptr || !is_live(*relation, catalog, session)) continue;
    dropped_[taken.relation] = {display_name(*relation), drop->missing_ok && relation->origin == Origin::unknown};
  }
}

void HeldLocks::after(const Effects& effects, const Session& session) {
  const std::uint32_t released_from = session.released_from();
  release(released_from);
  next_ = session.statement();
  const std::uint32_t statement = next_ - 1;
  if (released_from == 0) {
    first_ = next_;
    rolled_back_.clear();
  } else if (released_from < next_) {
    rolled_back_.push_back({released_from, next_});
  }
  if (released_from > statement) take(effects, statement);
  if (log_.empty()) dropped_.clear();
}

void HeldLocks::clear() {
  release(0);
  dropped_.clear();
  certain_ = true;
  first_ = next_ = 0;
  rolled_back_.clear();
}

void HeldLocks::take(const Effects& effects, std::uint32_t statement) {
  for (const TakenLock& taken : effects.locks) {
    if (taken.held_until != HeldUntil::transaction) continue;
    const Modes before = modes(taken.relation);
    Modes now = before;
    now.possible = static_cast<std::uint16_t>(now.possible | bit_of(taken.mode));
    if (!taken.conditional) now.certain = static_cast<std::uint16_t>(now.certain | bit_of(taken.mode));
    if (now.possible == before.possible && now.certain == before.certain) continue;
    if (modes_.size() <= taken.relation) modes_.resize(taken.relation + std::size_t{1});
    modes_[taken.relation] = now;
    log_.push_back({taken.relation, statement, taken.mode, before});
  }
}

void HeldLocks::release(std::uint32_t first_statement) {
  while (!log_.empty() && log_.back().statement >= first_statement) {
    modes_[log_.back().relation] = log_.back().before;
    log_.pop_back();
  }
}

HeldLocks::Modes HeldLocks::modes(RelationId relation) const noexcept {
  return relation < modes_.size() ? modes_[relation] : Modes{};
}

bool HeldLocks::is_pending(std::uint32_t index) const noexcept {
  const std::uint32_t statement = part_ + index;
  return statement >= first_ && statement < next_ &&
         std::none_of(rolled_back_.begin(), rolled_back_.end(),
                      [statement](const RolledBack& back) { return statement >= back.first && statement < back.end; });
}

std::vector<HeldLock> HeldLocks::list() const {
  std::vector<HeldLock> held;
  for (const Change& change : log_) {
    const Modes now = modes(change.relation);
    const bool is_strongest = strongest(now.possible) == change.mode;
    if (!is_strongest || (change.before.possible & bit_of(change.mode)) != 0) continue;
    const bool conditional = !certain_ || (now.certain & bit_of(change.mode)) == 0;
    const std::uint32_t index = change.statement < part_ ? HeldLock::kEarlierPart : change.statement - part_;
    held.push_back({change.relation, change.mode, index, conditional});
  }
  return held;
}

bool HeldLocks::holds(RelationId relation, LockMode mode) const noexcept {
  return certain_ && (modes(relation).certain & bit_of(mode)) != 0;
}

bool HeldLocks::waits_for(RelationId relation, LockMode mode) const noexcept {
  for (const LockMode others : kAllModes) {
    if (!conflict(mode, others)) continue;
    const bool kept_out = std::any_of(std::begin(kAllModes), std::end(kAllModes),
                                      [&](LockMode held) { return holds(relation, held) && conflict(held, others); });
    if (!kept_out) return true;
  }
  return false;
}

const DroppedRelation* HeldLocks::dropped(RelationId relation) const {
  const auto found = dropped_.find(relation);
  return found == dropped_.end() ? nullptr : &found->second;
}

}  // namespace pglatch
