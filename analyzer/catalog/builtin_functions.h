// PostgreSQL's own functions and their volatility, from pg_proc.
#pragma once

#include <cstdint>
#include <string_view>

namespace pglatch {

enum class BuiltinVolatility : std::uint8_t {
  unknown,    ///< no built-in function has that name
  stable,     ///< every built-in function of that name is immutable or stable
  volatile_,  ///< some built-in function of that name is volatile
};

[[nodiscard]] BuiltinVolatility builtin_volatility(std::string_view function) noexcept;

}  // namespace pglatch
