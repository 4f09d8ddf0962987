// What the program's surroundings say of its output: the terminal, NO_COLOR and its relatives, the CI system.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace pglatch {

/// The value of a variable, or null; getenv() but for tests.
using Environment = std::function<const char*(const char* name)>;

/// The process' own.
[[nodiscard]] Environment process_environment();

/// Whether to colour what goes to standard output: --color ("always", "never") decides, else NO_COLOR (no-color.org),
/// else FORCE_COLOR and CLICOLOR_FORCE, else CLICOLOR=0 (bixense.com/clicolors), else whether it is a terminal that
/// can. A variable that is empty does not count; "0" forces nothing.
[[nodiscard]] bool wants_color(std::string_view when, bool is_terminal, const Environment& environment);

/// Whether the log is one in which GitHub or Azure look for commands.
[[nodiscard]] bool log_has_commands(const Environment& environment);

/// The root of the checkout that `folder` (absolute) is in: what the CI system says, else the nearest folder upwards
/// that has `.git`; empty where there is none.
[[nodiscard]] std::string checkout_root(const std::string& folder, const Environment& environment);

/// The path of a file from `root` on; unchanged where it is not below, or stands for standard input.
[[nodiscard]] std::string path_in_checkout(const std::string& path, const std::string& root);

/// URI of the working directory as terminals open it: with the host's name, so that nothing is opened that only has the
/// same path on another machine.
[[nodiscard]] std::string working_directory_uri();

}  // namespace pglatch
