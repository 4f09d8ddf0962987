// Locks that ordinary traffic feels: those that a statement has to wait for while reads or writes queue up behind it,
// and those that its transaction holds already.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// The locks of the statement for which it may have to wait, and which make writers, or readers too, wait behind it: of
/// live relations, SHARE or stronger, taken for certain, not covered by what the transaction holds on them or, of an
/// index, on its table. DROP … IF EXISTS of what nobody has seen counts for nothing.
[[nodiscard]] std::vector<TakenLock> locks_to_wait_for(const StatementContext& context);

/// Earlier statements of the transaction keep everybody out of all that this one locks so that writers would wait: it
/// makes nothing worse. None of them may be like it, since what is said of one is said of each: `is_alike` tells.
[[nodiscard]] bool adds_no_lock(const StatementContext& context, bool (*is_alike)(const Node* statement));

/// The statement runs code, whose statements are looked at one by one, under the timeouts that they set; by itself it
/// takes no strong lock.
[[nodiscard]] bool leaves_it_to_code(const StatementContext& context) noexcept;

/// The statement rewrites, reads, indexes or checks rows of a live relation that it locks: how long it runs is then
/// the greater worry than how long it waits.
[[nodiscard]] bool is_long(const StatementContext& context);

/// What locks are said to be of: the strongest of them, with the relations that have it.
struct LockWords {
  LockMode mode = LockMode::none;
  std::vector<RelationId> relations;  ///< an index gives way to its table where both are locked
  std::string names;                  ///< "public.a and public.b", "public.i, an index of public.a"
};

/// Puts the strongest of the locks into words; there must be one.
[[nodiscard]] LockWords lock_words(const StatementContext& context, const std::vector<TakenLock>& locks);

/// A lock that an earlier statement of the transaction has taken for certain on a live relation, and that keeps
/// writers out of it until the transaction ends.
struct EarlierLock {
  RelationId relation = kNoRelation;
  RelationId unit = kNoRelation;  ///< see unit_of(); of a relation that is dropped, itself
  std::string name;
  LockMode mode = LockMode::none;
  std::uint32_t statement = 0;  ///< index into StatementContext::preceding
  bool is_table = false;        ///< not an index, and not dropped since
};

/// All of these, in the order in which they were taken, but for those on tables that were hardly there: nothing shows
/// them, and DROP … IF EXISTS only clears the way for what the script makes. In code none: the script's statement
/// speaks for it.
[[nodiscard]] std::vector<EarlierLock> earlier_locks(const StatementContext& context);

/// The strongest of them, rather of a table than of anything else; there must be one.
[[nodiscard]] const EarlierLock& strongest_of(const std::vector<EarlierLock>& locks);

/// Points at the statement that took the lock.
[[nodiscard]] RelatedRange taken_here(const StatementContext& context, const EarlierLock& lock);

/// The relation that stands for all that is locked with it: of an index its table, of a partition or child the topmost
/// table of the tree.
[[nodiscard]] RelationId unit_of(const Catalog& catalog, RelationId relation);

/// The keywords that a statement begins with: "ALTER TABLE", "CREATE UNIQUE INDEX", "UPDATE".
[[nodiscard]] ByteRange command_range(const StatementContext& context);

/// The same as written: for messages.
[[nodiscard]] std::string command_words(const StatementContext& context);

}  // namespace pglatch
