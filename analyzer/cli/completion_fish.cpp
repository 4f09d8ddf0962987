// For fish: a file pglatch.fish in a directory of $fish_complete_path.
#include <fmt/format.h>

#include "analyzer/cli/command_line.h"

namespace pglatch {
namespace {

// A string in single quotes, in which fish knows two escapes.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// What is behind -l NAME: whether a value follows, and which.
std::string value_of(const OptionText& option) {
  const std::string words = fmt::format("{}", fmt::join(option.choices, " "));
  switch (kind_of(option)) {
    case ValueKind::rules:
      return " -x -a '(__fish_append , $__pglatch_rules)'";
    case ValueKind::choices:
      return fmt::format(" -x -a '(__fish_append , {})'", words);
    case ValueKind::choice:
    case ValueKind::format:
      return fmt::format(" -x -a {}", in_quotes(words));
    case ValueKind::file:
      return " -r -F";
    case ValueKind::directory:
      return " -x -a '(__fish_complete_directories)'";
    case ValueKind::any:
      break;
  }
  return option.value.empty() ? "" : " -x";
}

std::string arguments_of(const Command& command) {
  const std::string name = argument_name(command);
  if (name.empty()) return {};
  if (name == "RULE") return " -a '$__pglatch_rules'";
  if (name == "DIR") return " -a '(__fish_complete_directories)'";
  if (name != "SHELL") return " -F";
  std::string words;
  for (const Shell& shell : shells()) words += fmt::format("{}{}", words.empty() ? "" : " ", shell.name);
  return " -a " + in_quotes(words);
}

}  // namespace

std::string write_fish_completion(const std::vector<CommandText>& commands) {
  std::string script = fmt::format(
      "# fish completion for pglatch, made by `pglatch completion fish`.\n\n"
      "set -g __pglatch_rules {}\n\n"
      "complete -c pglatch -f\n"
      "complete -c pglatch -n __fish_use_subcommand -l help -d 'this text'\n"
      "complete -c pglatch -n __fish_use_subcommand -l version -d 'the versions of pglatch and its grammar'\n",
      fmt::join(rule_words(), " "));
  for (const CommandText& text : commands) {
    script += fmt::format("complete -c pglatch -n __fish_use_subcommand -a {} -d {}\n", text.command->name,
                          in_quotes(text.command->summary));
  }
  for (const CommandText& text : commands) {
    const std::string begin =
        fmt::format("complete -c pglatch -n '__fish_seen_subcommand_from {}'", text.command->name);
    script += '\n';
    const std::string arguments = arguments_of(*text.command);
    if (!arguments.empty()) script += begin + arguments + '\n';
    for (const OptionText& option : text.options) {
      script += fmt::format("{} -l {}{}{} -d {}\n", begin, option.name,
                            option.short_name.empty() ? "" : " -s " + option.short_name, value_of(option),
                            in_quotes(option.meaning));
    }
  }
  return script;
}

}  // namespace pglatch
