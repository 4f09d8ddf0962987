// What the logs of CI systems must not hold: words of a migration that the system would take for a command.
#pragma once

#include <string>
#include <string_view>

namespace pglatch {

/// The text with "##[" and "##vso[" broken up by a character of no width: GitHub's runner and Azure's agent look for
/// them anywhere in a line.
[[nodiscard]] std::string without_log_commands(std::string_view text);

/// The same, and "::" at the beginning of lines: a text that holds no commands of our own.
[[nodiscard]] std::string safe_for_log(std::string_view text);

}  // namespace pglatch
