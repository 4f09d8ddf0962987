#include "analyzer/cli/command_line.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <typeinfo>

#include "analyzer/cli/choices.h"
#include "rules/registry.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

constexpr std::array<Shell, 3> kShells{
    {{"bash", write_bash_completion}, {"zsh", write_zsh_completion}, {"fish", write_fish_completion}}};

constexpr std::string_view kEllipsis = "…";

OptionText describe(const po::option_description& option) {
  OptionText text;
  text.name = option.long_name();
  // The only way to ask for the short name: the style decides which of the names is shown.
  const std::string shown = option.canonical_display_name(po::command_line_style::allow_dash_for_short);
  if (shown.size() == 2 && shown.front() == '-') text.short_name = shown.substr(1);
  text.meaning = option.description();
  const po::value_semantic& semantic = *option.semantic();
  if (semantic.max_tokens() == 0) return text;
  // Boost writes a default behind the name: "N (=0)".
  const std::string value = option.format_parameter();
  const auto standard = value.find(" (=");
  text.value = value.substr(0, standard);
  if (standard != std::string::npos) text.standard = value.substr(standard + 3, value.size() - standard - 4);
  if (const auto* choices = dynamic_cast<const Choices*>(&semantic)) text.choices = choices->words();
  const auto* typed = dynamic_cast<const po::typed_value_base*>(&semantic);
  text.is_repeatable = typed != nullptr && typed->value_type() == typeid(std::vector<std::string>);
  return text;
}

}  // namespace

std::vector<OptionText> describe(const po::options_description& table) {
  std::vector<OptionText> options;
  for (const auto& option : table.options()) options.push_back(describe(*option));
  return options;
}

std::vector<CommandText> command_line() {
  std::vector<CommandText> all;
  for (const Command& command : commands()) {
    CommandText& text = all.emplace_back();
    text.command = &command;
    std::ostringstream nowhere;
    Streams streams{nowhere, nowhere};
    streams.options = &text.options;
    // A command makes its table before anything else, and stops where only that is wanted.
    (void)command.run({}, streams);
  }
  return all;
}

ValueKind kind_of(const OptionText& option) {
  const std::string& value = option.value;
  if (value == "RULE,…") return ValueKind::rules;
  if (value == "FILE" || value == "PATH") return ValueKind::file;
  if (value == "DIR") return ValueKind::directory;
  if (option.choices.empty()) return ValueKind::any;
  if (value.ends_with("[=FILE]")) return ValueKind::format;
  return value.ends_with(kEllipsis) ? ValueKind::choices : ValueKind::choice;
}

std::string argument_name(const Command& command) {
  const std::string_view usage = command.usage;
  const auto space = usage.rfind(' ');
  if (space == std::string_view::npos) return {};
  std::string name;
  for (const char c : usage.substr(space + 1)) {
    if (c >= 'A' && c <= 'Z') name += c;
  }
  return name == "OPTION" ? std::string() : name;
}

std::vector<std::string> rule_words() {
  std::set<std::string> groups;
  std::vector<std::string> words{"all", "default"};
  for (const Rule* rule : all_rules()) groups.emplace(rule->group);
  words.insert(words.end(), groups.begin(), groups.end());
  for (const Rule* rule : all_rules()) words.emplace_back(rule->id);
  return words;
}

std::span<const Shell> shells() noexcept { return kShells; }

}  // namespace pglatch
