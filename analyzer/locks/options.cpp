#include "analyzer/locks/options.h"

namespace pglatch::locks {

bool is_on(const DefElem* option) noexcept {
  if (option->arg == nullptr) return true;
  if (const auto* number = as<Integer>(option->arg)) return number->ival != 0;
  if (const auto* boolean = as<Boolean>(option->arg)) return boolean->boolval;
  const std::string_view value = string_value(option->arg);
  return value != "false" && value != "off" && value != "0";
}

bool has_option(const List* options, std::string_view name) noexcept {
  bool on = false;
  for (const DefElem* option : each<DefElem>(options)) {
    if (text(option->defname) == name) on = is_on(option);
  }
  return on;
}

}  // namespace pglatch::locks
