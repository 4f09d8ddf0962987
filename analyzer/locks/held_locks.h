// What a script's transaction has locked when a statement starts: locks add up until COMMIT or ROLLBACK
// gives all of them back, ROLLBACK TO those that were taken since the savepoint.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/session.h"
#include "analyzer/locks/effects.h"
#include "analyzer/locks/lock_mode.h"

namespace pglatch {

/// The strongest lock that is held on a relation.
struct HeldLock {
  static constexpr std::uint32_t kEarlierPart = UINT32_MAX;

  RelationId relation = kNoRelation;
  LockMode mode = LockMode::none;
  /// Index of the statement that took it among those of the script; kEarlierPart where it stands in a part before,
  /// which psql read from another file or before another file.
  std::uint32_t statement = 0;
  /// It may not be: nobody knows whether the script runs in a transaction, or code in a statement took it.
  bool conditional = false;
};

/// A live relation that the transaction has locked to drop it: the catalog has it no more, other sessions wait for it
/// until the end.
struct DroppedRelation {
  std::string name;  ///< see display_name()
  /// Nothing shows that it was there, and IF EXISTS asked: it may never have been, and then nothing is locked.
  bool doubtful = false;
};

/// The locks of one session. For each statement of a script: `before`, whatever is asked, and `after` once
/// the catalog and the session have moved on; at the end of the script `clear`. A statement that is refused
/// for certain would end the transaction; it is passed over, since what comes after it is meant to run.
class HeldLocks {
 public:
  /// A script begins, or the next part of one whose session goes on.
  void begin_part(const Session& session) noexcept { part_ = session.statement(); }
  /// The statement is about to run.
  void before(const Statement& statement, const Effects& effects, const Catalog& catalog, const Session& session);
  /// The statement has run; `session` is the one after it.
  void after(const Effects& effects, const Session& session);
  /// The session ends.
  void clear();

  [[nodiscard]] bool empty() const noexcept { return log_.empty(); }
  /// What is held, in the order in which the statements took it.
  [[nodiscard]] std::vector<HeldLock> list() const;
  /// An upper bound of how many entries list() has.
  [[nodiscard]] std::size_t at_most() const noexcept { return log_.size(); }
  /// The transaction that is open has run this statement of the script or part (by its index), and has not rolled it
  /// back: what it did is still pending.
  [[nodiscard]] bool is_pending(std::uint32_t index) const noexcept;
  /// This very mode is held for certain.
  [[nodiscard]] bool holds(RelationId relation, LockMode mode) const noexcept;
  /// A statement that takes the lock may have to wait for another session's: false where what is held for certain
  /// keeps out all that conflicts with it. A stronger mode need not: two sessions can hold SHARE, and each would
  /// wait for the other with SHARE UPDATE EXCLUSIVE.
  [[nodiscard]] bool waits_for(RelationId relation, LockMode mode) const noexcept;
  /// The relation as one that the transaction drops; null for any other.
  [[nodiscard]] const DroppedRelation* dropped(RelationId relation) const;

 private:
  // Modes as bits, LockMode::access_share the second lowest.
  struct Modes {
    std::uint16_t certain = 0;
    std::uint16_t possible = 0;  // those that are certain too
  };
  // A statement took a mode that was not held, or not for certain.
  struct Change {
    RelationId relation;
    std::uint32_t statement;
    LockMode mode;
    Modes before;
  };

  [[nodiscard]] Modes modes(RelationId relation) const noexcept;
  void take(const Effects& effects, std::uint32_t statement);
  void release(std::uint32_t first_statement);
  // Statements of the open transaction that ROLLBACK TO took back: from `first`, up to but without `end`.
  struct RolledBack {
    std::uint32_t first;
    std::uint32_t end;
  };

  std::vector<Modes> modes_;  // by relation
  std::vector<Change> log_;   // in order of the statements, so that the latest can be undone
  std::unordered_map<RelationId, DroppedRelation> dropped_;
  bool certain_ = true;      // the transaction is known to be open
  std::uint32_t first_ = 0;  // statement of the transaction
  std::uint32_t next_ = 0;   // the statement that runs next
  std::uint32_t part_ = 0;   // the first one of the part
  std::vector<RolledBack> rolled_back_;
};

}  // namespace pglatch
