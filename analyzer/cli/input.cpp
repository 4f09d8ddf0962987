#include "analyzer/cli/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "analyzer/cli/configure.h"
#include "analyzer/source/discovery.h"
#include "analyzer/source/framework.h"
#include "rules/registry.h"

namespace pglatch {
namespace {

// The name by which users know a file; its configuration is looked for from there.
const std::string& shown(const std::string& path, const AnalysisOptions& options) {
  return path == "-" ? options.stdin_filename : path;
}

void read_file(const InputFile& input, const std::string& shown_as, const Framework* framework,
               std::vector<Script>& scripts, std::vector<Error>& errors) {
  auto file = input.staged ? make_source_file(shown_as, *input.staged) : read_source_file(input.path, shown_as);
  if (!file) {
    errors.push_back(file.error());
    return;
  }
  for (Script& script : read_scripts(std::move(*file), framework)) {
    script.is_history = input.is_history;
    scripts.push_back(std::move(script));
  }
}

void read_schema(const InForce<std::vector<std::string>>& schema, const AnalysisOptions& options, Input& input) {
  Discovery found = discover(schema.value);
  const std::size_t first = input.errors.size();
  for (Error& error : found.errors) input.errors.push_back(std::move(error));
  for (const std::string& path : found.files) {
    read_file({path, std::nullopt, false}, shown(path, options), nullptr, input.schema, input.errors);
  }
  for (std::size_t i = first; i < input.errors.size(); ++i) {
    input.errors[i].message +=
        fmt::format(" (from {}{})", schema.origin.starts_with('-') ? "" : "schema in ", schema.origin);
  }
}

}  // namespace

Result<Input> read_input(const AnalysisOptions& options) {
  if (options.color != "auto" && options.color != "always" && options.color != "never") {
    return Error{fmt::format("--color {}: it takes auto, always or never", options.color)};
  }
  auto made = make_configuration(options);
  if (!made) return made.error();
  Input input;
  input.configuration = std::make_shared<Configuration>(std::move(*made));
  Configuration& configuration = *input.configuration;

  const std::vector<std::string> here{"."};
  auto found = find_input_files(options.paths.empty() ? here : options.paths, options.changes);
  if (!found) return found.error();
  input.errors = std::move(found->errors);
  std::vector<std::string> names;
  for (const InputFile& file : found->files) names.push_back(shown(file.path, options));
  if (auto error = use_configuration(configuration, names)) return std::move(*error);

  read_schema(configuration.schema(), options, input);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t first = input.scripts.size();
    read_file(found->files[i], names[i], configuration.framework(names[i]).value, input.scripts, input.errors);
    const auto mode = configuration.execution_mode(names[i]).value;
    const std::string applied_until = configuration.applied_until(names[i]).value;
    for (std::size_t script = first; script < input.scripts.size(); ++script) {
      if (mode) input.scripts[script].mode = *mode;
      if (!applied_until.empty()) mark_applied(input.scripts[script], applied_until);
    }
  }

  input.sizes = std::make_shared<const TableSizes>(configuration.table_sizes());
  input.walk.pg_version = configuration.pg_version().value;
  input.walk.timeouts = configuration.timeout_policy();
  input.walk.session = configuration.session_settings();
  input.walk.jobs = options.jobs == 0 ? std::max(1U, std::thread::hardware_concurrency()) : options.jobs;
  input.walk.schema_complete = options.schema_complete;
  if (!input.sizes->empty()) input.walk.sizes = input.sizes.get();
  for (const Rule* rule : all_rules()) input.rule_names.push_back({rule->id, rule->id});
  const auto aliases = rule_aliases();
  input.rule_names.insert(input.rule_names.end(), aliases.begin(), aliases.end());
  return input;
}

LintOptions Input::lint_options() const {
  LintOptions options{all_rules(), all_recipes()};
  options.names = rule_names;
  options.settings_of = [rules = configuration](const SourceFile& file) -> const RuleSettings& {
    return rules->rule_settings(file.path());
  };
  return options;
}

std::vector<const Rule*> Input::rules() const {
  std::vector<const Rule*> rules;
  const auto add = [&](const std::string& path) {
    const RuleSettings& settings = configuration->rule_settings(path);
    std::vector<const Rule*> both;
    std::set_union(rules.begin(), rules.end(), settings.rules.begin(), settings.rules.end(), std::back_inserter(both),
                   [](const Rule* a, const Rule* b) { return a->id < b->id; });
    rules = std::move(both);
  };
  const SourceFile* last = nullptr;
  for (const Script& script : scripts) {
    if (script.file.get() != last) add(script.file->path());
    last = script.file.get();
  }
  if (scripts.empty()) add(".");
  return rules;
}

}  // namespace pglatch
