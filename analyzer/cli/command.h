// The command line: one file a command, all of the same shape.
#pragma once

#include <cstddef>
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

struct OptionText;

/// Where a command writes.
struct Streams {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  std::size_t width = 0;                       ///< cells of a line of the terminal; 0: not known, or `out` is none
  std::vector<OptionText>* options = nullptr;  ///< set: a command only tells its options, and does nothing
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
int run_snapshot(const std::vector<std::string>& arguments, Streams& streams);
int run_rules(const std::vector<std::string>& arguments, Streams& streams);
int run_init(const std::vector<std::string>& arguments, Streams& streams);
int run_completion(const std::vector<std::string>& arguments, Streams& streams);
int run_man(const std::vector<std::string>& arguments, Streams& streams);

/// The whole program: `arguments` without the program's name.
int run_pglatch(const std::vector<std::string>& arguments, Streams& streams);

}  // namespace pglatch
