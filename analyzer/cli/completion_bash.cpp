// For bash from 3.2 on, with or without the package bash-completion.
#include <fmt/format.h>

#include "analyzer/cli/command_line.h"

namespace pglatch {
namespace {

constexpr std::string_view kBegin = R"(# bash completion for pglatch, made by `pglatch completion bash`.

_pglatch_rules='@RULES@'

# _pglatch_list WORDS: the words that can stand behind the last comma of the current one.
_pglatch_list() {
  local before=''
  [[ $word != *,* ]] || before=${word%,*},
  COMPREPLY=($(compgen -P "$before" -W "$1" -- "${word##*,}"))
  compopt -o nospace 2>/dev/null
}

# No files where they would be wrong.
_pglatch_nothing() {
  compopt +o default +o bashdefault 2>/dev/null
}

_pglatch_words() {
  COMPREPLY=($(compgen -W "$1" -- "$word"))
  ((${#COMPREPLY[@]})) || _pglatch_nothing
}

_pglatch() {
  local word=${COMP_WORDS[COMP_CWORD]} before=$((COMP_CWORD - 1)) command=${COMP_WORDS[1]} option
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _pglatch_words '@COMMANDS@ --help --version'
    return
  fi
  # "=" is a word of its own to readline: --color = al, and --format sarif = out.sarif, where a file follows.
  option=${COMP_WORDS[before]}
  if [[ $word == '=' ]]; then
    word=''
    [[ $option == -* ]] || return
  elif [[ $option == '=' ]]; then
    option=${COMP_WORDS[before - 1]}
    [[ $option == -* ]] || return
  fi
  case "$command $option" in
)";

constexpr std::string_view kEnd = R"(  esac
}

complete -o bashdefault -o default -F _pglatch pglatch
)";

std::string what_to_do(const OptionText& option) {
  const std::string words = fmt::format("'{}'", fmt::join(option.choices, " "));
  switch (kind_of(option)) {
    case ValueKind::rules:
      return "_pglatch_list \"$_pglatch_rules\"; return";
    case ValueKind::choice:
    case ValueKind::format:
      return fmt::format("_pglatch_words {}; return", words);
    case ValueKind::choices:
      return fmt::format("_pglatch_list {}; return", words);
    case ValueKind::directory:
      return "compopt -o dirnames +o default +o bashdefault 2>/dev/null; return";
    case ValueKind::file:
      return "return";
    case ValueKind::any:
      break;
  }
  return "_pglatch_nothing; return";
}

std::string arguments_of(const CommandText& text) {
  const std::string name = argument_name(*text.command);
  if (name == "RULE") return "_pglatch_words \"$_pglatch_rules\"";
  if (name == "SHELL") {
    std::string words;
    for (const Shell& shell : shells()) words += fmt::format("{}{}", words.empty() ? "" : " ", shell.name);
    return fmt::format("_pglatch_words '{}'", words);
  }
  return name.empty() ? "_pglatch_nothing" : "";
}

void replace(std::string& text, std::string_view mark, const std::string& with) {
  text.replace(text.find(mark), mark.size(), with);
}

}  // namespace

std::string write_bash_completion(const std::vector<CommandText>& commands) {
  std::string script(kBegin);
  std::string names;
  for (const CommandText& text : commands) names += fmt::format("{}{}", names.empty() ? "" : " ", text.command->name);
  replace(script, "@RULES@", fmt::format("{}", fmt::join(rule_words(), " ")));
  replace(script, "@COMMANDS@", names);
  for (const CommandText& text : commands) {
    for (const OptionText& option : text.options) {
      if (option.value.empty()) continue;
      std::string words = fmt::format("'{} --{}'", text.command->name, option.name);
      if (!option.short_name.empty()) words += fmt::format(" | '{} -{}'", text.command->name, option.short_name);
      script += fmt::format("    {}) {} ;;\n", words, what_to_do(option));
    }
  }
  script += "  esac\n  case $command in\n";
  for (const CommandText& text : commands) {
    std::string words;
    for (const OptionText& option : text.options) words += fmt::format("{}--{}", words.empty() ? "" : " ", option.name);
    const std::string arguments = arguments_of(text);
    script += fmt::format("    {})\n      if [[ $word == -* ]]; then\n        _pglatch_words '{}'\n",
                          text.command->name, words);
    if (!arguments.empty()) script += fmt::format("      else\n        {}\n", arguments);
    script += "      fi ;;\n";
  }
  return script + std::string(kEnd);
}

}  // namespace pglatch
