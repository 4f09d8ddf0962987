// What rules are called: by their ids, and by the names that other tools have for the same hazard.
#pragma once

#include <string_view>

namespace pglatch {

/// A name that stands for a rule. A name can stand for several rules: it is then listed once for each.
struct RuleName {
  std::string_view name;    ///< as users write it
  std::string_view rule;    ///< id
  std::string_view tool{};  ///< whose name it is
};

}  // namespace pglatch
