// The command line: one file a command, all of the same shape.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pglatch {

// Exit statuses, the same for every command.
inline constexpr int kClean = 0;     ///< nothing at or above --fail-on
inline constexpr int kFindings = 1;  ///< findings at or above --fail-on
inline constexpr int kFailed = 2;    ///< could not do the job: usage, unreadable input

/// Where a command writes. `color` is asked only where --color=auto.
struct Streams {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
};

/// Runs a command on what follows its name on the command line; gives the exit status.
using CommandFunction = int (*)(const std::vector<std::string>& arguments, Streams& streams);

struct Command {
  std::string_view name;
  std::string_view usage;    ///< "lint [OPTION…] [PATH…]"
  std::string_view summary;  ///< one line
  CommandFunction run;
};

/// All commands, in the order in which help lists them.
[[nodiscard]] std::span<const Command> commands() noexcept;

int run_lint(const std::vector<std::string>& arguments, Streams& streams);
int run_fix(const std::vector<std::string>& arguments, Streams& streams);
int run_plan(const std::vector<std::string>& arguments, Streams& streams);
int run_locks(const std::vector<std::string>& arguments, Streams& streams);
int run_verify(const std::vector<std::string>& arguments, Streams& streams);
int run_rules(const std::vector<std::string>& arguments, Streams& streams);

/// The whole program: `arguments` without the program's name.
int run_pglatch(const std::vector<std::string>& arguments, Streams& streams);

}  // namespace pglatch
