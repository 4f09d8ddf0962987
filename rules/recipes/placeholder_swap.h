// A primary key of a partitioned table changed behind a placeholder: only where the user accepts what that loses.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/recipes/alter_table_rewrite.h"

namespace pglatch {

inline constexpr std::string_view kPlaceholderSwap = "placeholder-swap";

/// The steps. `dropped`: the constraints that go first, each with its table, qualified and quoted.
[[nodiscard]] std::optional<Refusal> swap_placeholder(const AlterTable& alter, const AlterPart& part,
                                                      const std::vector<std::pair<std::string, std::string>>& dropped,
                                                      Rewrite& rewrite);

}  // namespace pglatch
