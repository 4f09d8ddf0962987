// The order of two literals as values of a column's type, as far as it can be told without a server.
#pragma once

#include <cstdint>

#include "analyzer/catalog/proof.h"

namespace pglatch {

enum class LiteralOrder : std::uint8_t {
  unknown,  ///< no telling
  less,
  equal,
  greater,
  different,  ///< not equal, but which is greater depends on a collation
};

/// How `a` stands to `b` where both are compared with a column of that type. Numbers go by value,
/// ISO dates and timestamps written in the same format by their text; of other types only the same
/// text is known to be equal. A literal of a type that would turn the comparison into one of another
/// type is unknown.
[[nodiscard]] LiteralOrder compare_literals(const Constant& a, const Constant& b, const TypeRef& type);

}  // namespace pglatch
