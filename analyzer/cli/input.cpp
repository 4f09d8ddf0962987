#include "analyzer/cli/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "analyzer/cli/configure.h"
#include "analyzer/cli/decisions.h"
#include "analyzer/source/discovery.h"
#include "analyzer/source/framework.h"
#include "rules/registry.h"

namespace pglatch {
namespace {

// The name by which users know a file; its configuration is looked for from there.
const std::string& shown(const std::string& path, const AnalysisOptions& options) {
  return path == "-" ? options.stdin_filename : path;
}

std::vector<Script> read_scripts_of(const InputFile& input, const std::string& shown_as, const Framework* framework,
                                    std::vector<Error>& errors) {
  auto file = input.staged ? make_source_file(shown_as, *input.staged) : read_source_file(input.path, shown_as);
  if (file) return read_scripts(std::move(*file), framework);
  errors.push_back(file.error());
  return {};
}

// Reads a file as its configuration says, and takes of it what is to be linted or replayed. `below` is what its path
// says of it.
void read_input_file(const InputFile& input, const std::string& name, std::string_view below,
                     const Configuration& configuration, Input& result) {
  const auto framework = configuration.framework(name);
  const auto mode = configuration.execution_mode(name);
  const auto applied_until = configuration.applied_until(name);
  const Purposes linted = configuration.include(name).value;
  const auto add_reason = [](Script& script, const std::string& reason) {
    script.reason = script.reason.empty() ? reason : reason + "; " + script.reason;
  };
  for (Script& script : read_scripts_of(input, name, framework.value, result.errors)) {
    if (framework.value != nullptr) add_reason(script, framework.origin);
    if (mode.value) {
      script.mode = *mode.value;
      if (mode.origin != framework.origin) add_reason(script, mode.origin);
    }
    const Purpose purpose = purpose_of(script, below);
    Treatment treatment = treatment_of(purpose, linted);
    script.is_history = input.is_history || treatment == Treatment::replay;
    if (!applied_until.value.empty()) mark_applied(script, applied_until.value);
    if (treatment == Treatment::lint && script.is_history) treatment = Treatment::replay;
    result.met.push_back(
        {name, script.framework, script.version, script.direction, script.mode, purpose, treatment, script.reason});
    if (treatment != Treatment::leave_out) result.scripts.push_back(std::move(script));
  }
}

// What takes a migration back comes after it, though its name comes first: 1_x.down.sql, 1_x.up.sql.
void put_up_before_down(std::vector<Script>& scripts) {
  for (std::size_t i = 1; i < scripts.size(); ++i) {
    Script& down = scripts[i - 1];
    Script& up = scripts[i];
    const bool is_pair = down.direction == Direction::down && up.direction == Direction::up && down.file != up.file &&
                         down.framework == up.framework && !up.version.empty() && down.version == up.version;
    if (is_pair) std::swap(down, up);
  }
}

void read_schema(const InForce<std::vector<std::string>>& schema, const AnalysisOptions& options, Input& input) {
  Discovery found = discover(schema.value);
  const std::size_t first = input.errors.size();
  for (Error& error : found.errors) input.errors.push_back(std::move(error));
  for (const std::string& path : found.files) {
    const std::string_view below = path_below(path, schema.value);
    for (Script& script : read_scripts_of({path, std::nullopt, false}, shown(path, options), nullptr, input.errors)) {
      const Purpose purpose = purpose_of(script, below);
      if (purpose != Purpose::down && purpose != Purpose::test) input.schema.push_back(std::move(script));
    }
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

  const std::vector<std::string> paths = searched_paths(options.paths, options.changes);
  auto found = find_input_files(paths, options.changes);
  if (!found) return found.error();
  input.errors = std::move(found->errors);
  std::vector<std::string> names;
  for (const InputFile& file : found->files) names.push_back(shown(file.path, options));
  if (auto error = use_configuration(configuration, names)) return std::move(*error);

  read_schema(configuration.schema(), options, input);
  for (std::size_t i = 0; i < names.size(); ++i) {
    read_input_file(found->files[i], names[i], path_below(found->files[i].path, paths), configuration, input);
  }
  put_up_before_down(input.scripts);

  input.sizes = std::make_shared<const TableSizes>(configuration.table_sizes());
  input.walk.pg_version = configuration.pg_version().value;
  input.walk.timeouts = configuration.timeout_policy();
  auto decisions = plan_decisions(options);
  if (!decisions) return decisions.error();
  input.walk.decisions = std::move(*decisions);
  input.walk.session = configuration.session_settings();
  input.walk.jobs = options.jobs == 0 ? std::max(1U, std::thread::hardware_concurrency()) : options.jobs;
  input.walk.schema_complete = options.schema_complete;
  if (!input.sizes->empty()) input.walk.sizes = input.sizes.get();
  for (const Rule* rule : all_rules()) input.rule_names.push_back({rule->id, rule->id});
  const auto aliases = rule_aliases();
  input.rule_names.insert(input.rule_names.end(), aliases.begin(), aliases.end());
  return input;
}

std::size_t Input::left_out() const noexcept {
  return static_cast<std::size_t>(std::count_if(
      met.begin(), met.end(), [](const MetScript& script) { return script.treatment == Treatment::leave_out; }));
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
