// What the commands that make a plan have in common: their formats, their input, and how it is planned.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/cli/input.h"
#include "analyzer/cli/options.h"
#include "analyzer/plan/planner.h"

namespace pglatch {

/// The input; nothing after telling the user what could not be read: a plan that leaves that out is no plan.
[[nodiscard]] std::optional<Input> read_whole_input(const AnalysisOptions& options, Streams& streams);

/// All recipes, and the rules of the input's configuration. Borrows from the input.
[[nodiscard]] PlannerOptions planner_options(const Input& input);

/// Where to write which of the command's formats (each has a `name`), the first of them unless told; nothing after
/// telling the user what is wrong.
template <typename Formats>
[[nodiscard]] std::optional<std::vector<FormatTarget>> chosen_formats(std::vector<std::string> values,
                                                                      const Formats& formats, Streams& streams) {
  std::vector<std::string_view> known;
  for (const auto& format : formats) known.push_back(format.name);
  if (values.empty()) values.emplace_back(known.front());
  auto targets = format_targets(values, known);
  if (targets) return std::move(*targets);
  print_error(streams, targets.error());
  return std::nullopt;
}

}  // namespace pglatch
