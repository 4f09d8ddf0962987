#include <fmt/ostream.h>

#include <ostream>

#include "analyzer/cli/command.h"
#include "analyzer/cli/options.h"
#include "rules/registry.h"
#include "rules/rule_docs.h"

namespace pglatch {

int run_rules(const std::vector<std::string>& arguments, Streams& streams) {
  std::vector<std::string> names;
  if (const auto status = parse_command_line("rules", {}, arguments, names, streams)) return *status;
  if (names.empty()) {
    for (const Rule* rule : all_rules()) {
      fmt::print(streams.out, "{:<42}{:<13}{:<9}{}\n", rule->id, rule->group, to_string(rule->severity), rule->summary);
    }
    return kClean;
  }
  for (const std::string& name : names) {
    const Rule* rule = find_rule(name);
    if (rule == nullptr) {
      print_error(streams, {fmt::format("there is no rule '{}'; `pglatch rules` lists them", name)});
      return kFailed;
    }
    streams.out << rule_doc(rule->id);
  }
  return kClean;
}

}  // namespace pglatch
