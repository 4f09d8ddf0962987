#include "analyzer/base/duration.h"

#include <fmt/core.h>

namespace pglatch {

std::string duration_text(std::int64_t milliseconds) {
  struct Unit {
    std::int64_t milliseconds;
    const char* name;
  };
  constexpr Unit kUnits[] = {{3'600'000, "h"}, {60'000, "min"}, {1'000, "s"}};
  for (const Unit& unit : kUnits) {
    if (milliseconds >= unit.milliseconds && milliseconds % unit.milliseconds == 0) {
      return fmt::format("{} {}", milliseconds / unit.milliseconds, unit.name);
    }
  }
  return fmt::format("{} ms", milliseconds);
}

}  // namespace pglatch
