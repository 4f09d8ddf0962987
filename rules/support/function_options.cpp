#include "rules/support/function_options.h"

#include <algorithm>

#include "analyzer/base/ascii.h"

namespace pglatch {

const DefElem* FunctionOptions::find(std::string_view name) const noexcept {
  for (const DefElem* option : each<DefElem>(options_)) {
    if (text(option->defname) == name) return option;
  }
  return nullptr;
}

std::string FunctionOptions::language() const {
  const DefElem* option = find("language");
  return option == nullptr ? std::string() : to_lower(string_value(option->arg));
}

std::string_view FunctionOptions::body() const noexcept {
  const DefElem* option = find("as");
  const auto* strings = option == nullptr ? nullptr : as<List>(option->arg);
  return strings == nullptr || each(strings).empty() ? std::string_view() : string_value(each(strings)[0]);
}

const DefElem* FunctionOptions::security_definer() const noexcept {
  const DefElem* option = find("security");
  const auto* definer = option == nullptr ? nullptr : as<Boolean>(option->arg);
  return definer != nullptr && definer->boolval ? option : nullptr;
}

bool FunctionOptions::sets_search_path() const noexcept {
  const auto options = each<DefElem>(options_);
  return std::any_of(options.begin(), options.end(), [](const DefElem* option) {
    const auto* set = as<VariableSetStmt>(option->arg);
    return text(option->defname) == "set" && set != nullptr && text(set->name) == "search_path" &&
           (set->kind == VAR_SET_VALUE || set->kind == VAR_SET_CURRENT);
  });
}

}  // namespace pglatch
