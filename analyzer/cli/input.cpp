#include "analyzer/cli/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "analyzer/cli/configure.h"
#include "analyzer/cli/decisions.h"
#include "analyzer/source/discovery.h"
#include "analyzer/source/framework.h"
#include "analyzer/source/installation.h"
#include "analyzer/source/neighbours.h"
#include "analyzer/source/psql_include.h"
#include "analyzer/source/reason.h"
#include "analyzer/source/reset_scripts.h"
#include "rules/registry.h"

namespace pglatch {
namespace {

// The name by which users know a file; its configuration is looked for from there.
const std::string& shown(const std::string& path, const AnalysisOptions& options) {
  return path == "-" ? options.stdin_filename : path;
}

std::vector<Script> read_scripts_of(const InputFile& input, const std::string& shown_as, const Framework* framework,
                                    Neighbours& neighbours, std::vector<Error>& errors) {
  auto file = input.staged ? make_source_file(shown_as, *input.staged) : read_source_file(input.path, shown_as);
  if (file) return follow_psql_includes(neighbours.read_scripts(*file, framework));
  errors.push_back(file.error());
  return {};
}

// What the files are, all of them, that are looked at together.
struct Company {
  bool framework_at_work = false;                            // has migrations that a framework runs
  std::set<std::string, std::less<>> folders_with_upgrades;  // of plain files
};

// Takes of a file, read as its configuration says, what is to be linted or replayed. `below` is what its path says of
// it.
void take_input_file(const InputFile& input, const std::string& name, std::string_view below,
                     const Configuration& configuration, const Company& company, std::vector<Script> scripts,
                     Input& result) {
  const auto framework = configuration.framework(name);
  const auto mode = configuration.execution_mode(name);
  const auto applied_until = configuration.applied_until(name);
  const Purposes linted = configuration.include(name).value;
  const auto add_reason = [](Script& script, const std::string& reason) {
    script.reason = join_reasons(reason, script.reason);
  };
  for (Script& script : scripts) {
    if (framework.value != nullptr && framework.value->name() == script.framework) {
      add_reason(script, framework.origin);
    }
    // A configuration speaks of its SQL files: what other files run says itself how.
    if (mode.value && (mode.origin.starts_with('-') || file_type_of(name) == FileType::sql)) {
      script.mode = *mode.value;
      if (mode.origin != framework.origin) add_reason(script, mode.origin);
    }
    const Purpose purpose = purpose_of(script, below, company.framework_at_work);
    Treatment treatment = treatment_of(purpose, linted);
    const bool is_uninstall = treatment == Treatment::lint && takes_installation_away(name);
    const bool is_installation =
        treatment == Treatment::lint && !below.empty() && is_beside_upgrades(script, company.folders_with_upgrades);
    if (is_uninstall) add_reason(script, "takes away what a script in ../create makes");
    if (is_installation) add_reason(script, "makes anew what the upgrades beside it bring up to date");
    script.is_history = input.is_history || treatment == Treatment::replay || is_uninstall || is_installation;
    if (!applied_until.value.empty()) mark_applied(script, applied_until.value);
    if (treatment == Treatment::lint && script.is_history) treatment = Treatment::replay;
    // What is history the database has already.
    const bool is_known = script.is_history && result.database != nullptr;
    if (is_known) add_reason(script, "it is in " + result.database->name);
    result.met.push_back({script.file->path(), script.framework, script.version, script.direction, script.mode, purpose,
                          treatment, script.reason});
    if (treatment != Treatment::leave_out && !is_known) result.scripts.push_back(std::move(script));
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

// Nothing comes after a runbook, but it is read with all in mind that the migrations make. A file that it runs and that
// is looked at for its own sake only counts for what it does.
void put_runbooks_last(std::vector<Script>& scripts) {
  const auto runbooks =
      std::stable_partition(scripts.begin(), scripts.end(), [](const Script& script) { return !script.stands_alone; });
  std::set<std::string_view> paths;
  for (auto script = scripts.begin(); script != runbooks; ++script) paths.insert(script->file->path());
  for (auto script = runbooks; script != scripts.end(); ++script) {
    if (paths.count(script->file->path()) > 0) script->is_history = true;
  }
}

// Where scripts stand was found out when they had been met.
void tell_why(const std::vector<const Script*>& scripts, Input& input) {
  for (const Script* script : scripts) {
    const auto met = std::find_if(input.met.begin(), input.met.end(),
                                  [script](const MetScript& other) { return other.path == script->file->path(); });
    if (met != input.met.end()) met->reason = script->reason;
  }
}

void read_schema(const InForce<std::vector<std::string>>& schema, const AnalysisOptions& options,
                 Neighbours& neighbours, Input& input) {
  Discovery found = discover(schema.value);
  const std::size_t first = input.errors.size();
  for (Error& error : found.errors) input.errors.push_back(std::move(error));
  for (const std::string& path : found.files) {
    const std::string_view below = path_below(path, schema.value);
    for (Script& script :
         read_scripts_of({path, std::nullopt, false}, shown(path, options), nullptr, neighbours, input.errors)) {
      const Purpose purpose = purpose_of(script, below, false);
      if (purpose != Purpose::down && purpose != Purpose::test) input.schema.push_back(std::move(script));
    }
  }
  for (std::size_t i = first; i < input.errors.size(); ++i) {
    input.errors[i].message +=
        fmt::format(" (from {}{})", schema.origin.starts_with('-') ? "" : "schema in ", schema.origin);
  }
}

// What the database says holds where the configuration is silent.
void use_database(Input& input) {
  const Configuration& configuration = *input.configuration;
  input.walk.pg_version = configuration.pg_version().value;
  TableSizes sizes;
  if (const KnownDatabase* database = input.database.get()) {
    if (!configuration.says_pg_version()) input.walk.pg_version = database->snapshot.major;
    input.walk.base = &database->catalog;
    input.walk.session = session_settings(database->snapshot);
    sizes = sizes_of(database->snapshot, database->name);
  }
  input.sizes = std::make_shared<const TableSizes>(configuration.table_sizes(std::move(sizes)));
}

// What the command line names, else the configuration.
Result<std::shared_ptr<const KnownDatabase>> read_database_of(const AnalysisOptions& options,
                                                              const Configuration& configuration) {
  const auto snapshot = configuration.snapshot();
  const bool is_configured = !options.database.given() && !snapshot.value.empty();
  if (!is_configured || options.replays_all) return read_database(options.database);
  auto database = read_database({snapshot.value, std::nullopt});
  if (database) return database;
  return Error{fmt::format("{} (from snapshot in {})", database.error().message, snapshot.origin)};
}

void add_settings(const Settings& more, Settings& settings) {
  if (more.lock_timeout_ms) settings.lock_timeout_ms = more.lock_timeout_ms;
  if (more.statement_timeout_ms) settings.statement_timeout_ms = more.statement_timeout_ms;
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
  std::optional<Error> wrong;
  const auto wants = [&](const std::string& path) {
    auto error = use_configuration(configuration, {path});
    if (error && !wrong) wrong = std::move(error);
    return configuration.file_types(path).value.has(file_type_of(path));
  };
  auto found = find_input_files(paths, options.changes, wants);
  if (wrong) return std::move(*wrong);
  if (!found) return found.error();
  input.errors = std::move(found->errors);
  std::vector<std::string> names;
  for (const InputFile& file : found->files) names.push_back(shown(file.path, options));
  if (auto error = use_configuration(configuration, names)) return std::move(*error);

  if (!options.schemas.empty() && options.database.given()) {
    return Error{"--schema beside --snapshot or --db: these tell of all that is there already"};
  }
  Neighbours neighbours;
  auto database = read_database_of(options, configuration);
  if (!database) return database.error();
  input.database = std::move(*database);
  if (input.database == nullptr) read_schema(configuration.schema(), options, neighbours, input);
  std::vector<std::vector<Script>> read;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Framework* const framework = configuration.framework(names[i]).value;
    read.push_back(read_scripts_of(found->files[i], names[i], framework, neighbours, input.errors));
  }
  const std::vector<bool> included = are_included_by_others(names, read);
  Company company;
  company.framework_at_work = std::any_of(read.begin(), read.end(), [](const std::vector<Script>& scripts) {
    return std::any_of(scripts.begin(), scripts.end(), runs_by_framework);
  });
  company.folders_with_upgrades = folders_with_upgrades(names);
  const auto below = [&](std::size_t i) { return path_below(found->files[i].path, paths); };
  // What a picture shows of each object is what the migrations have made in the end.
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (company.framework_at_work) {
    std::stable_partition(order.begin(), order.end(), [&](std::size_t i) { return !has_one_object(below(i)); });
  }
  for (const std::size_t i : order) {
    if (included[i]) continue;
    for (const Script& script : read[i]) {
      if (script.file->path() == names[i]) continue;
      if (auto error = use_configuration(configuration, {script.file->path()})) return std::move(*error);
    }
    take_input_file(found->files[i], names[i], below(i), configuration, company, std::move(read[i]), input);
  }
  put_up_before_down(input.scripts);
  tell_why(join_installations(input.scripts), input);
  tell_why(put_reset_scripts_first(input.scripts), input);
  put_runbooks_last(input.scripts);

  use_database(input);
  input.walk.timeouts = configuration.timeout_policy();
  auto decisions = plan_decisions(options);
  if (!decisions) return decisions.error();
  input.walk.decisions = std::move(*decisions);
  add_settings(configuration.session_settings(), input.walk.session);
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
