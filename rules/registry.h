// Every rule and every recipe that pglatch has, and how to find one by its name.
#pragma once

#include <span>
#include <string_view>

#include "analyzer/rule_api/recipe.h"
#include "analyzer/rule_api/rule.h"
#include "analyzer/rule_api/rule_name.h"

namespace pglatch {

/// All rules, in alphabetical order of their ids.
[[nodiscard]] std::span<const Rule* const> all_rules() noexcept;

/// The rule of that id, or null.
[[nodiscard]] const Rule* find_rule(std::string_view id) noexcept;

/// What other tools call the hazards that rules find, by tool and name; also the names for which there is no
/// rule. A name that stands for several rules is there once for each.
[[nodiscard]] std::span<const RuleName> rule_aliases() noexcept;

/// All recipes, in alphabetical order of their ids.
[[nodiscard]] std::span<const Recipe* const> all_recipes() noexcept;

}  // namespace pglatch
