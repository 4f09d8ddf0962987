// The formats of `pglatch locks`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/catalog/session.h"
#include "analyzer/locks/effects.h"
#include "analyzer/source/source_file.h"

namespace pglatch {

struct ReportedLock {
  std::string relation;  ///< schema-qualified, quoted as SQL would
  LockMode mode = LockMode::none;
  HeldUntil held_until = HeldUntil::transaction;
  LockReason reason = LockReason::target;
  bool conditional = false;  ///< only if code in the statement comes to it
  bool live = true;          ///< other sessions can see and use the relation
  bool waits = true;         ///< the transaction does not hold what keeps the others out already
};

struct ReportedWork {
  std::string relation;
  WorkKind kind = WorkKind::scan;
  bool conditional = false;
  bool live = true;
};

/// The strongest lock that the transaction holds on a live relation when the statement starts.
struct ReportedHeldLock {
  std::string relation;
  LockMode mode = LockMode::none;
  bool conditional = false;  ///< nobody knows whether a transaction is open, or code may have taken it
  /// Offset of the statement that took it; nothing where another part of the script did, before psql's \i.
  std::optional<std::uint32_t> taken_at;
};

struct ReportedStatement {
  ByteRange range;
  std::string_view kind;  ///< PostgreSQL's node name
  InTransaction in_transaction = InTransaction::no;
  std::vector<ReportedLock> locks;
  std::vector<ReportedWork> work;
  std::optional<std::string> fails;
  std::vector<ReportedHeldLock> held;
  std::optional<std::int64_t> lock_timeout_ms;  ///< nothing: the server's own, not known; 0: none
  std::optional<std::int64_t> statement_timeout_ms;
  std::vector<ByteRange> dynamic_sql;  ///< code that executes text which only the server will see
};

struct ReportedFile {
  std::shared_ptr<const SourceFile> file;
  std::vector<ReportedStatement> statements;
};

struct LocksReport {
  int pg_version = 0;
  std::vector<ReportedFile> files;
};

/// For people who are no PostgreSQL hackers: what each statement keeps waiting on which relations, for how long in
/// kind, and why. Relations that only this script can see are left out, locks that matter little are summed up.
[[nodiscard]] std::string write_locks_text(const LocksReport& report, bool color);
/// The JSON contract, version 1: everything, relations that only this script can see too.
[[nodiscard]] std::string write_locks_json(const LocksReport& report);

}  // namespace pglatch
