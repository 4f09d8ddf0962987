#include "analyzer/config/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "analyzer/config/paths.h"
#include "analyzer/config/read_config.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefault = "default";
constexpr int kDefaultServer = 15;
constexpr Threshold kDefaultThreshold = Severity::warning;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

// What stands before the name of a file. Files of one folder have it in common, so that for each of them the paths need
// not be taken apart again.
std::string_view written_folder(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

// The value of the first file that has one, else the default.
template <class T>
InForce<T> first(const std::vector<std::shared_ptr<const Config>>& configs, std::optional<Setting<T>> Config::*setting,
                 T otherwise) {
  for (const auto& config : configs) {
    if (const auto& found = (*config).*setting) return {found->value, config->place(found->where)};
  }
  return {std::move(otherwise), std::string(kDefault)};
}

// Reports each file that says something else than the first one that says anything.
template <class T>
void compare(const std::vector<std::shared_ptr<const Config>>& configs, std::optional<Setting<T>> Config::*setting,
             std::string_view key, std::vector<ConfigError>& errors, std::string_view option = {}) {
  const Config* decisive = nullptr;
  for (const auto& config : configs) {
    const auto& found = (*config).*setting;
    if (!found) continue;
    if (decisive == nullptr) decisive = config.get();
    const auto& decided = (*decisive).*setting;
    if (decided->value == found->value) continue;
    errors.push_back(
        {config->file, found->where,
         fmt::format("{} is another one in {}, and files of both were given: lint them apart{}", key,
                     decisive->place(decided->where), option.empty() ? "" : fmt::format(", or give {}", option))});
  }
}

// One file names SQL and another one a snapshot for all that is there already.
void compare_sources(const std::vector<std::shared_ptr<const Config>>& configs, std::vector<ConfigError>& errors) {
  const auto schema =
      std::find_if(configs.begin(), configs.end(), [](const auto& config) { return config->schema.has_value(); });
  const auto snapshot =
      std::find_if(configs.begin(), configs.end(), [](const auto& config) { return config->snapshot.has_value(); });
  if (schema == configs.end() || snapshot == configs.end()) return;
  errors.push_back(
      {(*snapshot)->file, (*snapshot)->snapshot->where,
       fmt::format("there is a schema in {}, and files of both were given: lint them apart, or give --snapshot",
                   (*schema)->place((*schema)->schema->where))});
}

bool same_size(const TableSize& a, const TableSize& b) { return a.rows == b.rows && a.bytes == b.bytes; }

void compare_tables(const std::vector<std::shared_ptr<const Config>>& configs, std::vector<ConfigError>& errors) {
  std::map<std::pair<std::string_view, std::string_view>, const TableSize*> known;
  for (const auto& config : configs) {
    for (const Setting<TableSizeEntry>& entry : config->tables) {
      const auto [at, is_new] = known.try_emplace({entry.value.schema, entry.value.name}, &entry.value.size);
      if (is_new || same_size(*at->second, entry.value.size)) continue;
      errors.push_back({config->file, entry.where,
                        fmt::format("the table has another size in {}, and files of both were given: lint them apart",
                                    at->second->source)});
    }
  }
}

// The narrowest name of a rule decides, of equal ones the last.
const Setting<SeverityChoice>* choice_for(const Config& config, const Rule* rule) {
  const Setting<SeverityChoice>* decisive = nullptr;
  for (const Setting<SeverityChoice>& choice : config.severities) {
    if (!choice.value.rules.contains(rule)) continue;
    if (decisive == nullptr || choice.value.rules.kind >= decisive->value.rules.kind) decisive = &choice;
  }
  return decisive;
}

void turn_off(RuleInForce& rule, std::string why) {
  if (rule.on) rule.why_off = std::move(why);
  rule.on = false;
}

// What a file says of whether a rule runs; a --select of the command line sets aside all but the per-file ignores.
void apply_selection(const Config& config, RuleInForce& rule) {
  if (config.select) {
    rule.on = find_naming(config.select->value, rule.rule) != nullptr;
    if (!rule.on) rule.why_off = fmt::format("not in select, {}", config.place(config.select->where));
  }
  if (config.ignore && find_naming(config.ignore->value, rule.rule) != nullptr) {
    turn_off(rule, fmt::format("ignore, {}", config.place(config.ignore->where)));
  }
}

}  // namespace

Configuration::Configuration(CommandLineSettings command_line, RuleNames names)
    : command_line_(std::move(command_line)), names_(names) {}

std::vector<ConfigError> Configuration::use_for(const std::vector<std::string>& paths) {
  std::vector<ConfigError> errors;
  if (command_line_.isolated) return errors;
  if (!command_line_.config.empty()) {
    if (by_folder_.empty()) by_folder_.emplace(std::string(), read(command_line_.config, errors));
    return errors;
  }
  for (const std::string& path : paths) {
    const std::string_view folder = written_folder(path);
    if (by_written_folder_.contains(folder)) continue;
    by_written_folder_.emplace(folder, find(folder_of(absolute_path(path)), errors));
  }
  return errors;
}

// Goes up until a folder is known, has the file, or is the root of a repository; all on the way learn what was found.
const Config* Configuration::find(const std::string& folder, std::vector<ConfigError>& errors) {
  std::vector<std::string> passed;
  const Config* found = nullptr;
  for (std::string at = folder;; at = folder_of(at)) {
    if (const auto known = by_folder_.find(at); known != by_folder_.end()) {
      found = known->second;
      break;
    }
    passed.push_back(at);
    const fs::path candidate = fs::path(at) / kConfigFileName;
    if (is_there(candidate)) {
      found = read(display_path(candidate.string()), errors);
      break;
    }
    if (is_there(fs::path(at) / ".git") || at == folder_of(at)) break;
  }
  for (std::string& each : passed) by_folder_.emplace(std::move(each), found);
  return found;
}

const Config* Configuration::read(const std::string& path, std::vector<ConfigError>& errors) {
  ConfigReading reading = read_config(path, names_);
  std::move(reading.errors.begin(), reading.errors.end(), std::back_inserter(errors));
  if (reading.config == nullptr) return nullptr;
  configs_.push_back(std::move(reading.config));
  return configs_.back().get();
}

std::vector<ConfigError> Configuration::contradictions() const {
  std::vector<ConfigError> errors;
  if (!command_line_.pg_version) compare(configs_, &Config::pg_version, "pg-version", errors, "--pg-version");
  if (schema_option().empty()) {
    compare(configs_, &Config::schema, "schema", errors, "--schema");
    compare(configs_, &Config::snapshot, "snapshot", errors, "--snapshot");
    compare_sources(configs_, errors);
  }
  if (!command_line_.fail_on) compare(configs_, &Config::fail_on, "fail-on", errors, "--fail-on");
  compare(configs_, &Config::lock_timeout, "lock-timeout", errors);
  compare(configs_, &Config::statement_timeout, "statement-timeout", errors);
  compare(configs_, &Config::max_lock_timeout, "max-lock-timeout", errors);
  compare(configs_, &Config::max_statement_timeout, "max-statement-timeout", errors);
  compare_tables(configs_, errors);
  return errors;
}

InForce<int> Configuration::pg_version() const {
  if (command_line_.pg_version) return {*command_line_.pg_version, "--pg-version"};
  return first(configs_, &Config::pg_version, kDefaultServer);
}

bool Configuration::says_pg_version() const {
  return command_line_.pg_version.has_value() || std::any_of(configs_.begin(), configs_.end(), [](const auto& config) {
           return config->pg_version.has_value();
         });
}

std::string_view Configuration::schema_option() const noexcept {
  if (command_line_.db) return "--db";
  if (!command_line_.snapshot.empty()) return "--snapshot";
  return command_line_.schema.empty() ? "" : "--schema";
}

InForce<std::vector<std::string>> Configuration::schema() const {
  if (const auto option = schema_option(); !option.empty()) return {command_line_.schema, std::string(option)};
  return first(configs_, &Config::schema, {});
}

InForce<std::string> Configuration::snapshot() const {
  if (const auto option = schema_option(); !option.empty()) return {command_line_.snapshot, std::string(option)};
  return first(configs_, &Config::snapshot, {});
}

InForce<Threshold> Configuration::fail_on() const {
  if (command_line_.fail_on) return {*command_line_.fail_on, "--fail-on"};
  return first(configs_, &Config::fail_on, kDefaultThreshold);
}

std::vector<InForce<TableSizeEntry>> Configuration::tables() const {
  std::vector<InForce<TableSizeEntry>> tables;
  for (const auto& config : configs_) {
    for (const Setting<TableSizeEntry>& entry : config->tables) {
      const bool is_known = std::any_of(tables.begin(), tables.end(), [&](const auto& known) {
        return known.value.schema == entry.value.schema && known.value.name == entry.value.name;
      });
      if (!is_known) tables.push_back({entry.value, config->place(entry.where)});
    }
  }
  return tables;
}

TableSizes Configuration::table_sizes(TableSizes sizes) const {
  for (InForce<TableSizeEntry>& entry : tables()) {
    sizes.set(entry.value.schema, entry.value.name, std::move(entry.value.size));
  }
  return sizes;
}

std::vector<std::pair<std::string_view, InForce<std::int64_t>>> Configuration::timeouts() const {
  constexpr std::int64_t kNotGiven = -1;
  std::vector<std::pair<std::string_view, InForce<std::int64_t>>> given;
  const auto add = [&](std::string_view key, std::optional<Setting<std::int64_t>> Config::*setting) {
    InForce<std::int64_t> value = first(configs_, setting, kNotGiven);
    if (value.value != kNotGiven) given.emplace_back(key, std::move(value));
  };
  add("lock-timeout", &Config::lock_timeout);
  add("statement-timeout", &Config::statement_timeout);
  add("max-lock-timeout", &Config::max_lock_timeout);
  add("max-statement-timeout", &Config::max_statement_timeout);
  return given;
}

TimeoutPolicy Configuration::timeout_policy() const {
  TimeoutPolicy policy;
  policy.max_lock_timeout_ms = first(configs_, &Config::max_lock_timeout, policy.max_lock_timeout_ms).value;
  policy.max_statement_timeout_ms =
      first(configs_, &Config::max_statement_timeout, policy.max_statement_timeout_ms).value;
  return policy;
}

Settings Configuration::session_settings() const {
  Settings settings;
  for (const auto& config : configs_) {
    if (config->lock_timeout && !settings.lock_timeout_ms) settings.lock_timeout_ms = config->lock_timeout->value;
    if (config->statement_timeout && !settings.statement_timeout_ms) {
      settings.statement_timeout_ms = config->statement_timeout->value;
    }
  }
  return settings;
}

const Config* Configuration::config_of(const std::string& path) const {
  if (const auto known = by_written_folder_.find(written_folder(path)); known != by_written_folder_.end()) {
    return known->second;
  }
  if (by_folder_.empty()) return nullptr;
  const bool is_for_all = !command_line_.config.empty();
  const auto found = by_folder_.find(is_for_all ? std::string() : folder_of(absolute_path(path)));
  return found == by_folder_.end() ? nullptr : found->second;
}

InForce<const Framework*> Configuration::framework(const std::string& path) const {
  if (command_line_.framework != nullptr) return {command_line_.framework, "--framework"};
  const Config* config = config_of(path);
  if (config == nullptr || !config->framework) return {nullptr, std::string(kDefault)};
  return {config->framework->value, config->place(config->framework->where)};
}

InForce<std::optional<ExecutionMode>> Configuration::execution_mode(const std::string& path) const {
  if (command_line_.execution_mode) return {command_line_.execution_mode, "--execution-mode"};
  const Config* config = config_of(path);
  if (config == nullptr || !config->execution_mode) return {std::nullopt, std::string(kDefault)};
  return {config->execution_mode->value, config->place(config->execution_mode->where)};
}

InForce<Purposes> Configuration::include(const std::string& path) const {
  if (command_line_.include) return {*command_line_.include, "--include"};
  const Config* config = config_of(path);
  if (config == nullptr || !config->include) return {{}, std::string(kDefault)};
  return {config->include->value, config->place(config->include->where)};
}

InForce<FileTypes> Configuration::file_types(const std::string& path) const {
  const Config* config = config_of(path);
  if (config == nullptr || !config->file_types) return {{}, std::string(kDefault)};
  return {config->file_types->value, config->place(config->file_types->where)};
}

InForce<std::string> Configuration::applied_until(const std::string& path) const {
  if (!command_line_.applied_until.empty()) return {command_line_.applied_until, "--applied-until"};
  const Config* config = config_of(path);
  if (config == nullptr || !config->applied_until) return {std::string(), std::string(kDefault)};
  return {config->applied_until->value, config->place(config->applied_until->where)};
}

std::vector<const Setting<PerFileIgnore>*> Configuration::file_ignores(const std::string& path) const {
  Ignores ignores;
  const Config* config = config_of(path);
  if (config == nullptr || config->per_file_ignores.empty()) return ignores;
  const std::string relative = relative_path(absolute_path(path), config->folder);
  for (const Setting<PerFileIgnore>& ignore : config->per_file_ignores) {
    if (ignore.value.glob.matches(relative)) ignores.push_back(&ignore);
  }
  return ignores;
}

std::vector<RuleInForce> Configuration::rules(const std::string& path) const {
  return decide(config_of(path), file_ignores(path));
}

std::vector<RuleInForce> Configuration::decide(const Config* config, const Ignores& ignores) const {
  const bool selected_here = !command_line_.select.empty();
  std::vector<RuleInForce> decided;
  for (const Rule* rule : names_.rules()) {
    RuleInForce& each = decided.emplace_back();
    each.rule = rule;
    if (rule->opt_in && !selected_here) turn_off(each, "opt-in");
    if (config != nullptr && !selected_here) apply_selection(*config, each);
    if (selected_here && find_naming(command_line_.select, rule) == nullptr) turn_off(each, "not in --select");
    if (find_naming(command_line_.ignore, rule) != nullptr) turn_off(each, "--ignore");
    if (config == nullptr) continue;
    for (const Setting<PerFileIgnore>* ignore : ignores) {
      if (find_naming(ignore->value.rules, rule) == nullptr) continue;
      turn_off(each, fmt::format("per-file-ignores \"{}\", {}", ignore->value.pattern, config->place(ignore->where)));
    }
    const Setting<SeverityChoice>* choice = choice_for(*config, rule);
    if (choice == nullptr) continue;
    if (choice->value.severity) {
      each.severity = choice->value.severity;
      each.why_severity = config->place(choice->where);
    } else if (!selected_here) {
      turn_off(each, fmt::format("severity off, {}", config->place(choice->where)));
    }
  }
  return decided;
}

const RuleSettings& Configuration::rule_settings(const std::string& path) {
  const Config* config = config_of(path);
  const auto [at, is_new] = settings_.try_emplace({config, file_ignores(path)});
  if (!is_new) return at->second;
  RuleSettings& settings = at->second;
  for (const RuleInForce& each : decide(config, at->first.second)) {
    if (!each.on) continue;
    settings.rules.push_back(each.rule);
    if (each.severity) settings.severities.push_back({each.rule->id, *each.severity});
  }
  return settings;
}

}  // namespace pglatch
