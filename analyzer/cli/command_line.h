// The whole command line as data: all commands with their options, for what is generated from it.
#pragma once

#include <boost/program_options.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/cli/command.h"

namespace pglatch {

/// An option as a command's table has it.
struct OptionText {
  std::string name;        ///< "format", without the hyphens
  std::string short_name;  ///< "j"; empty: none
  std::string value;       ///< "FORMAT[=FILE]", what it takes; empty: it is a switch
  std::string standard;    ///< the value where none is given; empty: the meaning says it, or there is none
  std::string meaning;
  std::vector<std::string> choices;  ///< the words that it takes; empty: any
  bool is_repeatable = false;
};

struct CommandText {
  const Command* command = nullptr;
  std::vector<OptionText> options;  ///< in the order of help, --help last
};

/// The options of a command's table.
[[nodiscard]] std::vector<OptionText> describe(const boost::program_options::options_description& table);

/// All commands, in the order of help.
[[nodiscard]] std::vector<CommandText> command_line();

/// What a value or an argument of that name ("FILE", "RULE,…", "[PATH…]") is, as far as a shell can help with it.
enum class ValueKind {
  any,
  file,  ///< files and directories
  directory,
  rules,    ///< a list of rules, with commas between
  choice,   ///< one of the option's choices
  choices,  ///< a list of them, with commas between
  format,   ///< one of them, perhaps "=FILE" behind it
};
[[nodiscard]] ValueKind kind_of(const OptionText& option);

/// The last word of a command's usage without brackets and ellipsis: "PATH", "RULE", "SHELL"; empty: no arguments.
[[nodiscard]] std::string argument_name(const Command& command);

/// The names that --select and --ignore take: rules, their groups, default and all.
[[nodiscard]] std::vector<std::string> rule_words();

/// The shells that there are completions for.
struct Shell {
  std::string_view name;
  std::string (*write)(const std::vector<CommandText>& commands);
};
[[nodiscard]] std::span<const Shell> shells() noexcept;

// Completion scripts, one file each. All take words as they are in the table: no description can break out of its
// quotes.
[[nodiscard]] std::string write_bash_completion(const std::vector<CommandText>& commands);
[[nodiscard]] std::string write_zsh_completion(const std::vector<CommandText>& commands);
[[nodiscard]] std::string write_fish_completion(const std::vector<CommandText>& commands);

/// pglatch(1), as troff's man macros.
[[nodiscard]] std::string write_man_page(const std::vector<CommandText>& commands);

}  // namespace pglatch
