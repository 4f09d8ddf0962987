// A statement that a plan needs beside its own, or instead of it, made safe by the recipe that there is for it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

/// The context with another statement in the place of its own, one that no code holds. All of it must outlive the
/// result.
[[nodiscard]] StatementContext in_place(const StatementContext& context, const Statement& statement,
                                        std::string_view sql, const Effects& effects);

/// What the first of the recipes that takes the statement makes of it, in the place of the context's. A statement that
/// none takes is no rewrite.
[[nodiscard]] std::optional<Rewrite> rewrite_of(const StatementContext& context, std::string_view sql,
                                                std::span<const Recipe* const> recipes);

}  // namespace pglatch
