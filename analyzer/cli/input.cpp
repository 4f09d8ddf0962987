#include "analyzer/cli/input.h"

#include <fmt/format.h>

#include <array>
#include <thread>
#include <utility>

#include "analyzer/source/discovery.h"
#include "analyzer/source/framework.h"

namespace pglatch {
namespace {

void read_paths(const std::vector<std::string>& paths, const AnalysisOptions& options, const Framework* framework,
                std::vector<Script>& scripts, std::vector<Error>& errors) {
  Discovery found = discover(paths);
  for (Error& error : found.errors) errors.push_back(std::move(error));
  for (const std::string& path : found.files) {
    auto file = read_source_file(path, path == "-" ? options.stdin_filename : path);
    if (!file) {
      errors.push_back(file.error());
      continue;
    }
    for (Script& script : read_scripts(std::move(*file), framework)) scripts.push_back(std::move(script));
  }
}

Result<ExecutionMode> mode_named(const std::string& name) {
  for (const ExecutionMode mode : {ExecutionMode::unknown, ExecutionMode::autocommit, ExecutionMode::transaction,
                                   ExecutionMode::single_message, ExecutionMode::pipeline}) {
    if (to_string(mode) == name) return mode;
  }
  return Error{fmt::format(
      "there is no execution mode '{}'; there are unknown, autocommit, transaction, single-message and pipeline",
      name)};
}

}  // namespace

Result<Input> read_input(const AnalysisOptions& options) {
  constexpr int kOldest = 10;
  constexpr int kNewest = 19;
  if (options.pg_version < kOldest || options.pg_version > kNewest) {
    return Error{fmt::format("--pg-version {}: pglatch knows PostgreSQL 10 to 19", options.pg_version)};
  }
  if (options.color != "auto" && options.color != "always" && options.color != "never") {
    return Error{fmt::format("--color {}: it takes auto, always or never", options.color)};
  }
  const Framework* framework = nullptr;
  if (!options.framework.empty()) {
    framework = find_framework(options.framework);
    if (framework == nullptr) {
      std::vector<std::string_view> names;
      for (const Framework* known : frameworks()) names.push_back(known->name());
      return Error{fmt::format("there is no framework '{}'; there are {}", options.framework, fmt::join(names, ", "))};
    }
  }
  Input input;
  read_paths(options.schemas, options, nullptr, input.schema, input.errors);
  const std::vector<std::string> here{"."};
  read_paths(options.paths.empty() ? here : options.paths, options, framework, input.scripts, input.errors);
  if (!options.execution_mode.empty()) {
    const auto mode = mode_named(options.execution_mode);
    if (!mode) return mode.error();
    for (Script& script : input.scripts) script.mode = *mode;
  }
  return input;
}

WalkOptions walk_options(const AnalysisOptions& options) {
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  return {options.pg_version, options.jobs == 0 ? processors : options.jobs};
}

}  // namespace pglatch
