// Running another program to its end: found in PATH, started without a shell, so that no argument is ever read as
// anything but itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pglatch {

/// What a program left behind.
struct ProgramOutput {
  int start_error = 0;  ///< errno where it could not be started (ENOENT: there is no such program); else 0
  int status = -1;      ///< exit status; 128 and the number of the signal that killed it
  std::string out;
  std::string err;
};

/// Runs `command` (its name and arguments) in the current directory, with `input` on its standard input. The variables
/// named in `without` are kept from its environment. Waits for the end.
[[nodiscard]] ProgramOutput run_program(const std::vector<std::string>& command, std::string_view input = {},
                                        const std::vector<std::string>& without = {});

}  // namespace pglatch
