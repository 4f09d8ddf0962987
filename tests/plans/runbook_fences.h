#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pglatch::testing {

// The section of a runbook under a heading ("## Before"), down to the next heading of the same or a higher level;
// empty where there is none.
std::string section_of(const std::string& runbook, std::string_view heading);

// What the ```sql blocks of a text hold, in order.
std::vector<std::string> sql_fences(const std::string& text);

}  // namespace pglatch::testing
