#include <algorithm>
#include <array>
#include <ostream>

#include "analyzer/cli/choices.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/options.h"
#include "analyzer/engine/rule_names.h"
#include "analyzer/report/rule_formats.h"
#include "rules/registry.h"
#include "rules/rule_docs.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

using Writer = std::string (*)(std::span<const RuleEntry> rules);

struct RuleFormat {
  std::string_view name;
  Writer write_list;
  Writer write_pages;
};

constexpr std::array<RuleFormat, 3> kFormats{{{"text", write_rule_list_text, write_rule_pages},
                                              {"json", write_rules_json, write_rules_json},
                                              {"markdown", write_rule_list_markdown, write_rule_pages}}};

// Rules that a user named one by one are explained; groups, like all rules, are listed.
bool is_list(const std::vector<NamedRules>& named) {
  return std::all_of(named.begin(), named.end(), [](const NamedRules& each) { return each.kind < NameKind::alias; });
}

}  // namespace

int run_rules(const std::vector<std::string>& arguments, Streams& streams) {
  std::vector<std::string> names;
  std::vector<std::string> formats;
  po::options_description table("Output");
  table.add_options()("format", one_of(&formats, names_of(kFormats))->value_name("FORMAT[=FILE]"),
                      "text, json or markdown; repeatable, one to standard output");
  if (const auto status = parse_command_line("rules", table, arguments, names, streams)) return *status;

  std::vector<std::string_view> known;
  for (const RuleFormat& format : kFormats) known.push_back(format.name);
  if (formats.empty()) formats.emplace_back(known.front());
  const auto targets = format_targets(formats, known);
  const RuleNames rule_names(all_rules(), rule_aliases());
  const auto named = rule_names.find_all(names);
  for (const Error* error : {targets ? nullptr : &targets.error(), named ? nullptr : &named.error()}) {
    if (error == nullptr) continue;
    print_error(streams, *error);
    return kFailed;
  }

  std::vector<RuleEntry> entries;
  for (const Rule* rule : all_rules()) {
    if (!names.empty() && find_naming(*named, rule) == nullptr) continue;
    entries.push_back({rule, rule_names.aliases_of(*rule), rule_doc(rule->id)});
  }
  bool written = true;
  for (const FormatTarget& target : *targets) {
    for (const RuleFormat& format : kFormats) {
      if (format.name != target.format) continue;
      const Writer write = is_list(*named) ? format.write_list : format.write_pages;
      written = write_output(write(entries), target.file, streams) && written;
    }
  }
  return written ? kClean : kFailed;
}

}  // namespace pglatch
