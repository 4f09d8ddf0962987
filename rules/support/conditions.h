// What a WHERE clause leaves out: whether it leaves anything out at all.
#pragma once

#include "analyzer/catalog/relation.h"
#include "analyzer/parse/access.h"

namespace pglatch {

/// Every row passes, whatever it holds: no condition, TRUE, 1 = 1, NOT FALSE and what AND and OR make of these.
/// `all_null` says of columns that no row has a value in them yet, so that IS NULL passes every row, too.
[[nodiscard]] bool passes_all(const Node* where, bool (*all_null)(const Node* column, const void* state) = nullptr,
                              const void* state = nullptr);

/// The same with any callable `bool(const ColumnRef&)`.
template <class AllNull>
[[nodiscard]] bool passes_all(const Node* where, const AllNull& all_null) {
  return passes_all(
      where,
      [](const Node* column, const void* state) {
        const auto* reference = as<ColumnRef>(column);
        return reference != nullptr && (*static_cast<const AllNull*>(state))(*reference);
      },
      &all_null);
}

}  // namespace pglatch
