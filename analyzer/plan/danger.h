// Whether a statement that no recipe rewrites can pass as it stands.
#pragma once

#include <optional>
#include <span>

#include "analyzer/plan/plan_builder.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// Why the statement must not pass; nothing where it is harmless on a busy database. `findings`: those of
/// the rules on it.
[[nodiscard]] std::optional<Danger> find_danger(const StatementContext& context, std::span<const Finding> findings);

/// It passes only where what comes before it is committed.
[[nodiscard]] bool passes_after_commit(std::span<const Finding> findings);

/// How the statement is run where it passes.
[[nodiscard]] StepClass class_of(const StatementContext& context);

/// How it is run where it does not, and the user wants it all the same.
[[nodiscard]] StepClass class_of_dangerous(const StatementContext& context);

}  // namespace pglatch
