#pragma once

#include <cstdint>

namespace pglatch {

/// What of a set of migrations a plan is for. The indexes, which are built out of band and may take their time, are
/// run after the rest.
enum class PlanPart : std::uint8_t { all, indexes, others };

}  // namespace pglatch
