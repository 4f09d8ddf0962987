#include "analyzer/cli/decisions.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/registry.h"

namespace pglatch {
namespace {

using Names = std::set<std::string_view>;

Names names_of(std::span<const std::string_view> Recipe::*kind) {
  Names names;
  for (const Recipe* recipe : all_recipes()) names.insert((recipe->*kind).begin(), (recipe->*kind).end());
  return names;
}

Error unknown(std::string_view what, std::string_view name, const Names& known) {
  return {fmt::format("no plan has a {} '{}'; there are {}", what, name, fmt::join(known, ", "))};
}

}  // namespace

Result<PlanDecisions> plan_decisions(const AnalysisOptions& options) {
  PlanDecisions decisions;
  const Names risks = names_of(&Recipe::risks);
  for (const std::string& list : options.accepted_risks) {
    for (std::size_t from = 0; from <= list.size();) {
      const std::size_t comma = std::min(list.find(',', from), list.size());
      std::string risk = list.substr(from, comma - from);
      if (risks.count(risk) == 0) return unknown("risk", risk, risks);
      decisions.accepted_risks.insert(std::move(risk));
      from = comma + 1;
    }
  }
  const Names parameters = names_of(&Recipe::parameters);
  for (const std::string& parameter : options.parameters) {
    const std::size_t equals = parameter.find('=');
    const std::string name = parameter.substr(0, equals);
    if (parameters.count(name) == 0) return unknown("parameter", name, parameters);
    if (equals == std::string::npos || equals + 1 == parameter.size()) {
      return Error{fmt::format("--param {0}: a value has to follow, as in {0}=VALUE", name)};
    }
    decisions.parameters[name] = parameter.substr(equals + 1);
  }
  return decisions;
}

}  // namespace pglatch
