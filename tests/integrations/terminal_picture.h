// A picture of a terminal, as SVG: what a program printed there, in its colours.
#pragma once

#include <string>
#include <string_view>

namespace pglatch::testing {

// Of text with SGR sequences (ECMA-48: bold, faint, underlined and the 16 colours); other escape sequences are left
// out. `command` is shown as what was typed.
std::string terminal_picture(std::string_view command, std::string_view printed);

}  // namespace pglatch::testing
