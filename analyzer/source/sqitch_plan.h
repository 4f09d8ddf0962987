// The order of a Sqitch project's scripts, which nothing but its plan tells.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

namespace pglatch {

/// The changes of a `sqitch.plan` with their places, by the names of their scripts without ".sql": "tables/orders", and
/// "tables/orders@v1" for what a change was before it was reworked, with each of the tags in between. Lines that make
/// no sense are left out. sqitch.org, "sqitchchanges", "Plan File".
[[nodiscard]] std::unordered_map<std::string, std::size_t> read_sqitch_plan(std::string_view text);

}  // namespace pglatch
