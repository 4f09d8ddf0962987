#include "analyzer/parse/access.h"

namespace pglatch {

NameView name_of(const List* names) noexcept {
  const auto parts = each(names);
  if (parts.empty()) return {};
  NameView result;
  result.name = string_value(parts.back());
  if (parts.size() > 1) result.schema = string_value(parts[parts.size() - 2]);
  return result;
}

NameView table_of(const List* names) noexcept {
  const auto parts = each(names);
  if (parts.size() < 2) return {};
  NameView result;
  result.name = string_value(parts[parts.size() - 2]);
  if (parts.size() > 2) result.schema = string_value(parts[parts.size() - 3]);
  return result;
}

}  // namespace pglatch
