// For zsh's compsys: a file _pglatch in a directory of $fpath.
#include <fmt/format.h>

#include "analyzer/cli/command_line.h"

namespace pglatch {
namespace {

constexpr std::string_view kBegin = R"(#compdef pglatch
# zsh completion for pglatch, made by `pglatch completion zsh`.

_pglatch_rules() {
  _values -s , rule )";

constexpr std::string_view kFunctions = R"(
}

# FORMAT or FORMAT=FILE
_pglatch_format() {
  if compset -P 1 '*='; then
    _files
  else
    compadd -- "$@"
  fi
}

)";

constexpr std::string_view kMain = R"(_pglatch() {
  local curcontext=$curcontext state line
  local -a commands
  commands=(
)";

constexpr std::string_view kEnd = R"(  )
  _arguments -C '(- *)--help[this text]' '(- *)--version[the versions of pglatch and its grammar]' \
    '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      curcontext=${curcontext%:*:*}:pglatch-$line[1]:
      (( $+functions[_pglatch-$line[1]] )) && _pglatch-$line[1] ;;
  esac
}

# Both as a file that is loaded at its first use and with `source <(pglatch completion zsh)`.
if [[ $funcstack[1] == _pglatch ]]; then
  _pglatch "$@"
else
  compdef _pglatch pglatch
fi
)";

// For what stands in single quotes and is read once more by _arguments, which brackets and colons mean something to.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (std::string_view("\\[]:$`").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string action_of(const OptionText& option) {
  const std::string words = fmt::format("{}", fmt::join(option.choices, " "));
  switch (kind_of(option)) {
    case ValueKind::rules:
      return "_pglatch_rules";
    case ValueKind::choice:
      return "(" + words + ")";
    case ValueKind::choices:
      return "_values -s , word " + words;
    case ValueKind::format:
      return "_pglatch_format " + words;
    case ValueKind::file:
      return "_files";
    case ValueKind::directory:
      return "_files -/";
    case ValueKind::any:
      break;
  }
  return {};
}

std::string argument_of(const CommandText& text) {
  const std::string name = argument_name(*text.command);
  if (name.empty()) return {};
  std::string action = name == "DIR" ? "_files -/" : "_files";
  if (name == "RULE") action = fmt::format("({})", fmt::join(rule_words(), " "));
  if (name == "SHELL") {
    action = "(";
    for (const Shell& shell : shells()) action += fmt::format("{}{}", action.size() == 1 ? "" : " ", shell.name);
    action += ')';
  }
  return fmt::format(" \\\n    '*:{}:{}'", name, action);
}

// '(--jobs -j)'{--jobs=,-j+}'[threads]:N: '
std::string spec_of(const OptionText& option) {
  std::string spec;
  const std::string equals = option.value.empty() ? "" : "=";
  if (option.short_name.empty()) {
    spec = fmt::format("'{}--{}{}", option.is_repeatable ? "*" : "", option.name, equals);
  } else {
    spec = fmt::format("'(--{0} -{1})'{{--{0}{2},-{1}{3}}}'", option.name, option.short_name, equals,
                       option.value.empty() ? "" : "+");
  }
  spec += fmt::format("[{}]", escaped(option.meaning));
  if (!option.value.empty()) spec += fmt::format(":{}:{}", escaped(option.value), action_of(option));
  return spec + "'";
}

}  // namespace

std::string write_zsh_completion(const std::vector<CommandText>& commands) {
  std::string script = std::string(kBegin) + fmt::format("{}", fmt::join(rule_words(), " ")) + std::string(kFunctions);
  for (const CommandText& text : commands) {
    script += fmt::format("_pglatch-{}() {{\n  _arguments -s -S", text.command->name);
    for (const OptionText& option : text.options) script += " \\\n    " + spec_of(option);
    script += argument_of(text) + "\n}\n\n";
  }
  script += kMain;
  for (const CommandText& text : commands) {
    script += fmt::format("    '{}:{}'\n", text.command->name, escaped(text.command->summary));
  }
  return script + std::string(kEnd);
}

}  // namespace pglatch
