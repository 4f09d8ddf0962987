// The options of CREATE FUNCTION and ALTER FUNCTION.
#pragma once

#include <string>
#include <string_view>

#include "analyzer/parse/access.h"

namespace pglatch {

/// Views into a list of DefElem, which must outlive it.
class FunctionOptions {
 public:
  explicit FunctionOptions(const List* options) noexcept : options_(options) {}

  /// In lower case; empty where it is not said.
  [[nodiscard]] std::string language() const;
  /// The string after AS; empty where there is none.
  [[nodiscard]] std::string_view body() const noexcept;
  /// The option SECURITY DEFINER; null where the statement does not say it.
  [[nodiscard]] const DefElem* security_definer() const noexcept;
  /// SET search_path to something, or FROM CURRENT.
  [[nodiscard]] bool sets_search_path() const noexcept;

 private:
  [[nodiscard]] const DefElem* find(std::string_view name) const noexcept;

  const List* options_;
};

}  // namespace pglatch
