// Statements for which there is no safe form that leaves the same behind, and what people do instead: said of them
// besides what the rule says that finds them.
#pragma once

#include <span>
#include <string_view>

#include "analyzer/locks/effects.h"

namespace pglatch {

struct NoSafeForm {
  std::string_view rule;    ///< id
  std::string_view why;     ///< a sentence
  std::string_view manual;  ///< another way than the rule's; empty: none
};

/// In alphabetical order of the rules.
[[nodiscard]] std::span<const NoSafeForm> no_safe_forms() noexcept;

/// The entry of a rule, or null.
[[nodiscard]] const NoSafeForm* find_no_safe_form(std::string_view rule) noexcept;

/// The same for work that no rule speaks of.
struct LongWork {
  std::string_view what;    ///< "every row is written anew"
  std::string_view manual;  ///< what a human can do
};

[[nodiscard]] LongWork describe(WorkKind kind) noexcept;

}  // namespace pglatch
