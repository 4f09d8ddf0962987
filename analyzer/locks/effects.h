// What one statement does to a live database: the locks it takes, on which relations and until when,
// and the work it does under them. The one place that rules, plans and `pglatch locks` draw on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/embedded_code.h"
#include "analyzer/catalog/session.h"
#include "analyzer/locks/lock_mode.h"
#include "analyzer/parse/parser.h"

namespace pglatch {

enum class HeldUntil : std::uint8_t {
  transaction,  ///< the end of the transaction
  statement,    ///< the end of the statement, which runs transactions of its own
};

/// Why a relation is locked: its part in the statement.
enum class LockReason : std::uint8_t {
  target,
  partition,
  parent,
  default_partition,
  referenced,
  referencing,
  index,
  inherited,
  dependent,
};

enum class WorkKind : std::uint8_t { rewrite, scan, index_build, validate_fk, row_write, truncate };

struct TakenLock {
  RelationId relation = kNoRelation;
  LockMode mode = LockMode::none;
  HeldUntil held_until = HeldUntil::transaction;
  LockReason reason = LockReason::target;
  bool conditional = false;  ///< only if code in the statement (a DO block, a function) comes to it
};

struct Work {
  RelationId relation = kNoRelation;
  WorkKind kind = WorkKind::scan;
  bool conditional = false;  ///< as for TakenLock
};

[[nodiscard]] std::string_view to_string(HeldUntil until) noexcept;
[[nodiscard]] std::string_view to_string(LockReason reason) noexcept;
[[nodiscard]] std::string_view to_string(WorkKind kind) noexcept;

/// The effects of one statement, relations in the order in which they are reached.
struct Effects {
  std::vector<TakenLock> locks;  ///< at most one for each relation: the strongest
  std::vector<Work> work;        ///< each pair once
  /// The error that PostgreSQL would raise: for certain, then there are no locks and no work; or under
  /// a condition, which the text ends with: "(if the table has rows)".
  std::optional<std::string> fails;
  /// The subcommand of ALTER TABLE (0-based) that each piece of `work` is done for; 0 elsewhere.
  std::vector<std::uint32_t> work_by;
  /// Where code in the statement executes text that only the server will see (EXECUTE of an
  /// expression): ranges in the script, or the whole statement where the code is elsewhere.
  std::vector<ByteRange> dynamic_sql;
  /// Tables that hold no rows if the statement succeeds: the first row would refuse it.
  std::vector<RelationId> without_rows;
  /// What is noted from now on happens only if the code comes to it.
  bool conditional = false;

  void clear();
  /// Notes a lock; of several on one relation the strongest stays, with its reason.
  void lock(RelationId relation, LockMode mode, LockReason reason, HeldUntil until = HeldUntil::transaction);
  void add_work(RelationId relation, WorkKind kind, std::uint32_t subcommand = 0);
  /// The statement is refused: what was noted is forgotten, what follows is not noted. The first
  /// message stays.
  void fail(std::string message);
  /// The statement is refused under a condition: "… (if the table has rows)".
  void may_fail(std::string message);
  [[nodiscard]] bool refused() const noexcept { return refused_; }

  [[nodiscard]] LockMode mode_on(RelationId relation) const noexcept;
  [[nodiscard]] bool has_work(WorkKind kind) const noexcept;
  [[nodiscard]] bool has_work(WorkKind kind, RelationId relation) const noexcept;
  [[nodiscard]] bool has_work(WorkKind kind, std::uint32_t subcommand, RelationId relation) const noexcept;

 private:
  bool refused_ = false;
};

/// What the effects of a statement depend on. The catalog is the one before the statement; relations
/// that it does not know are entered as unknown.
struct EffectsContext {
  Catalog& catalog;
  const Session& session;
  int pg_version;                   ///< major, 10 to 19
  std::string_view sql;             ///< text of the script
  const CodeFrame* code = nullptr;  ///< that the statement stands in, a DO block or a function; null: the script
  TextOrigin origin;                ///< of `sql`
};

/// Computes the effects of a statement into `effects` (cleared first; its memory is reused).
void compute_effects(const Statement& statement, const EffectsContext& context, Effects& effects);

}  // namespace pglatch
