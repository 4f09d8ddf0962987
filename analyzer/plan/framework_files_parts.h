// The steps of a plan as migrations: what a runner sends, which of it outside of a transaction, and what takes it back.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/plan/framework_files_form.h"
#include "analyzer/plan/plan.h"

namespace pglatch {

/// Statements, without closing semicolons, that share a transaction; or a single one that cannot be in any, perhaps
/// with settings of the session around it.
struct MigrationPiece {
  bool outside = false;
  std::vector<std::string> statements;
};

/// One migration of the set that stands for a plan.
struct PlannedMigration {
  std::string origin;                ///< path of the script that its step comes from; empty: of the plan as a whole
  std::string title;                 ///< of the step
  std::vector<std::string> remarks;  ///< what has to be known of it, for comments
  MigrationPiece up;
  std::vector<MigrationPiece> down;  ///< none: there is nothing to take back, or
  std::string stays;                 ///< why it cannot be taken back by the framework; else empty
  std::string verify;                ///< query of one boolean that is true when it is done; empty: none
};

/// A statement that fails with this message.
[[nodiscard]] std::string refusal(std::string_view message);

/// A migration for each step of the plan, in running order, and before them one that checks what the plan assumes.
/// `accepted` are the ids of steps that run although nobody vouches for them. Fails, naming the steps, where something
/// is to be done by hand, is not made safe and not accepted, or cannot be run by the framework.
[[nodiscard]] Result<std::vector<PlannedMigration>> migrations_of(const Plan& plan, const FrameworkForm& form,
                                                                  const std::set<std::string>& accepted);

}  // namespace pglatch
