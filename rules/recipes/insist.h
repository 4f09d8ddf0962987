// A condition that ends the transaction of a step where it does not hold.
#pragma once

#include <string>
#include <string_view>

namespace pglatch {

/// A DO block that raises an exception with this message unless the query of one boolean is true.
[[nodiscard]] std::string insist(std::string_view query, std::string_view message);

}  // namespace pglatch
