// Deferred checks that wait for COMMIT: rows that the transaction wrote under constraints, or constraint triggers, that
// are deferred. While some are pending, a table cannot be altered (AfterTriggerPendingOnRel() in trigger.c).
#pragma once

#include <optional>
#include <string>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// What makes checks of a table's rows wait.
struct PendingEvents {
  const Statement* writing = nullptr;  ///< the statement that wrote the rows
  RelationId table = kNoRelation;      ///< whose rows they are
  std::string deferred;                ///< name of the constraint or trigger
};

/// What is pending for the table, or one below it, before this statement; nothing where nothing is known to be.
/// Follows SET CONSTRAINTS and ROLLBACK TO; nothing is known of scripts that switch triggers off. Rows may turn out not
/// to be there: of UPDATE, DELETE and INSERT … SELECT.
[[nodiscard]] std::optional<PendingEvents> pending_events(const StatementContext& context, RelationId table);

}  // namespace pglatch
