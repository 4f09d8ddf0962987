// The formats of `pglatch locks`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/locks/effects.h"
#include "analyzer/source/source_file.h"

namespace pglatch {

struct ReportedLock {
  std::string relation;  ///< schema-qualified, quoted as SQL would
  LockMode mode = LockMode::none;
  HeldUntil held_until = HeldUntil::transaction;
  LockReason reason = LockReason::target;
};

struct ReportedWork {
  std::string relation;
  WorkKind kind = WorkKind::scan;
};

struct ReportedStatement {
  ByteRange range;
  std::string_view kind;        ///< PostgreSQL's node name
  bool in_transaction = false;  ///< known to run inside a transaction block
  std::vector<ReportedLock> locks;
  std::vector<ReportedWork> work;
  std::optional<std::string> fails;
};

struct ReportedFile {
  std::shared_ptr<const SourceFile> file;
  std::vector<ReportedStatement> statements;
};

struct LocksReport {
  int pg_version = 0;
  std::vector<ReportedFile> files;
};

/// A table for people: statement, relation, mode, what it blocks in plain words, work.
[[nodiscard]] std::string write_locks_text(const LocksReport& report, bool color);
/// The JSON contract, version 1.
[[nodiscard]] std::string write_locks_json(const LocksReport& report);

}  // namespace pglatch
