#include "analyzer/cli/configure.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/report/source_excerpt.h"
#include "analyzer/report/terminal_text.h"
#include "analyzer/source/migration_version.h"
#include "rules/registry.h"

namespace pglatch {
namespace {

constexpr std::string_view kNever = "never";

Result<const Framework*> framework_named(const std::string& name) {
  if (name.empty()) return static_cast<const Framework*>(nullptr);
  if (const Framework* framework = find_framework(name)) return framework;
  std::vector<std::string_view> names;
  for (const Framework* known : frameworks()) names.push_back(known->name());
  return Error{fmt::format("there is no framework '{}'; there are {}", name, fmt::join(names, ", "))};
}

Result<std::optional<ExecutionMode>> mode_named(const std::string& name) {
  if (name.empty()) return std::optional<ExecutionMode>();
  if (const auto mode = find_execution_mode(name)) return mode;
  return Error{fmt::format(
      "there is no execution mode '{}'; there are unknown, autocommit, transaction, single-message and pipeline",
      name)};
}

// "down,tests", as often as given; nothing where it is not.
Result<std::optional<Purposes>> purposes_named(const std::vector<std::string>& lists) {
  if (lists.empty()) return std::optional<Purposes>();
  Purposes purposes;
  for (std::string_view list : lists) {
    while (true) {
      const std::size_t comma = list.find(',');
      const std::string_view name = trimmed(list.substr(0, comma));
      const auto purpose = find_purpose(name);
      if (!purpose) return Error{fmt::format("--include {}: it takes docs, down, tests, seeds and dumps", name)};
      purposes.add(*purpose);
      if (comma == std::string_view::npos) break;
      list.remove_prefix(comma + 1);
    }
  }
  return std::optional<Purposes>(purposes);
}

Result<std::optional<Threshold>> threshold_named(const std::string& name) {
  if (name.empty()) return std::optional<Threshold>();
  if (name == kNever) return std::optional<Threshold>(Threshold());
  if (const auto severity = find_severity(name)) return std::optional<Threshold>(severity);
  return Error{fmt::format("--fail-on {}: it takes error, warning, info or never", name)};
}

// "db/pglatch.toml:3:1: why", and the line with a mark below.
std::string described(const ConfigError& error) {
  if (error.file == nullptr) return error.message;
  const Position at = error.file->lines().position(error.where.start, ColumnUnit::code_points);
  std::string text =
      fmt::format("{}:{}:{}: {}\n", printable(error.file->path()), at.line, at.column, printable(error.message));
  append_excerpt(text, *error.file, error.where, {number_width(*error.file, error.where), '^', Style::plain},
                 Painter(false));
  text.pop_back();
  return text;
}

}  // namespace

Result<Configuration> make_configuration(const AnalysisOptions& options) {
  if (options.pg_version && (*options.pg_version < kOldestServer || *options.pg_version > kNewestServer)) {
    return Error{fmt::format("--pg-version {}: pglatch knows PostgreSQL {} to {}", *options.pg_version, kOldestServer,
                             kNewestServer)};
  }
  if (options.isolated && !options.config.empty()) {
    return Error{"--config names a configuration file and --isolated wants none: give one of them"};
  }
  if (!options.changes.applied_until.empty() && !is_version(options.changes.applied_until)) {
    return Error{fmt::format("--applied-until {}: that is no version; give the number of the last applied migration",
                             options.changes.applied_until)};
  }
  RuleNames names(all_rules(), rule_aliases());
  const auto framework = framework_named(options.framework);
  if (!framework) return framework.error();
  const auto mode = mode_named(options.execution_mode);
  if (!mode) return mode.error();
  const auto include = purposes_named(options.include);
  if (!include) return include.error();
  const auto threshold = threshold_named(options.fail_on);
  if (!threshold) return threshold.error();
  auto select = names.find_all(options.select);
  if (!select) return Error{fmt::format("--select: {}", select.error().message)};
  auto ignore = names.find_all(options.ignore);
  if (!ignore) return Error{fmt::format("--ignore: {}", ignore.error().message)};

  CommandLineSettings settings;
  settings.config = options.config;
  settings.isolated = options.isolated;
  settings.pg_version = options.pg_version;
  settings.schema = options.schemas;
  settings.snapshot = options.database.snapshot;
  settings.db = options.database.db.has_value();
  settings.framework = *framework;
  settings.execution_mode = *mode;
  settings.include = *include;
  settings.select = std::move(*select);
  settings.ignore = std::move(*ignore);
  settings.fail_on = *threshold;
  settings.applied_until = options.changes.applied_until;
  return Configuration(std::move(settings), names);
}

std::optional<Error> use_configuration(Configuration& configuration, const std::vector<std::string>& paths) {
  std::vector<ConfigError> errors = configuration.use_for(paths);
  if (errors.empty()) errors = configuration.contradictions();
  if (errors.empty()) return std::nullopt;
  std::vector<std::string> texts;
  texts.reserve(errors.size());
  for (const ConfigError& error : errors) texts.push_back(described(error));
  return Error{fmt::format("{}", fmt::join(texts, "\n"))};
}

std::string_view to_string(const Threshold& threshold) noexcept { return threshold ? to_string(*threshold) : kNever; }

}  // namespace pglatch
