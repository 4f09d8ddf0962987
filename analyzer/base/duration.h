// Durations as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace pglatch {

/// In the largest unit that leaves a whole number: "2 s", "90 s", "15 min", "250 ms".
[[nodiscard]] std::string duration_text(std::int64_t milliseconds);

}  // namespace pglatch
