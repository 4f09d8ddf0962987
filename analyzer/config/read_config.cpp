#include "analyzer/config/read_config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include "analyzer/base/edit_distance.h"
#include "analyzer/config/paths.h"
#include "analyzer/config/value_text.h"
#include "analyzer/source/migration_version.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kSeverities = {"error", "warning", "info", "off"};
constexpr std::array<std::string_view, 4> kThresholds = {"error", "warning", "info", "never"};

std::string_view words_for(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

// "; did you mean 'select'?", or what there is instead.
std::string hint(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view nearest = nearest_word(word, known);
  return nearest.empty() ? fmt::format("; there are {}", fmt::join(known, ", "))
                         : fmt::format("; did you mean '{}'?", nearest);
}

class Reader {
 public:
  Reader(Config& config, const RuleNames& names, std::vector<ConfigError>& errors)
      : config_(config), names_(names), errors_(errors) {}

  void read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      const std::string_view name = key.str();  // clang 14 cannot capture a binding
      const auto known = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& each) { return each.name == name; });
      if (known != kKeys.end()) {
        (this->*known->read)(node);
        continue;
      }
      std::vector<std::string_view> all;
      for (const Key& each : kKeys) all.push_back(each.name);
      fail(range_of(key.source()), fmt::format("there is no key '{}'{}", name, hint(name, all)));
    }
  }

  void syntax_error(const toml::parse_error& error) {
    // The description may quote a line break of the text, and says first what was being parsed.
    std::string why(error.description());
    std::replace_if(
        why.begin(), why.end(), [](unsigned char c) { return c < 0x20; }, ' ');
    constexpr std::string_view kPreamble = "Error while parsing ";
    if (why.starts_with(kPreamble)) why.erase(0, kPreamble.size());
    fail(range_of(error.source()), fmt::format("this is not TOML: {}", why));
  }

 private:
  struct Key {
    std::string_view name;
    void (Reader::*read)(const toml::node& node);
  };
  static const std::array<Key, 11> kKeys;

  void fail(ByteRange where, std::string message) { errors_.push_back({config_.file, where, std::move(message)}); }

  [[nodiscard]] ByteRange range_of(const toml::source_region& region) const {
    const LineIndex& lines = config_.file->lines();
    const auto offset = [&](const toml::source_position& at) {
      const std::uint32_t line = std::clamp<std::uint32_t>(at.line, 1, lines.line_count());
      return lines.offset({line, std::max<std::uint32_t>(at.column, 1)}, ColumnUnit::code_points);
    };
    const std::uint32_t start = offset(region.begin);
    return {start, std::max(start, offset(region.end))};
  }

  // False, after saying what is expected, where the node is of another type.
  template <class T>
  bool is(const toml::node& node, std::string_view key, std::string_view expected) {
    if (node.is<T>()) return true;
    fail(range_of(node.source()), fmt::format("{} has to be {}, not {}", key, expected, words_for(node.type())));
    return false;
  }

  // One word of a few; empty after saying what there is.
  std::string_view word(const toml::node& node, std::string_view key, std::span<const std::string_view> known) {
    if (!is<std::string>(node, key, fmt::format("one of {}", fmt::join(known, ", ")))) return {};
    const std::string& value = node.ref<std::string>();
    const auto found = std::find(known.begin(), known.end(), value);
    if (found != known.end()) return *found;
    fail(range_of(node.source()), fmt::format("{} cannot be '{}'{}", key, value, hint(value, known)));
    return {};
  }

  std::optional<std::vector<NamedRules>> rules(const toml::node& node, std::string_view key) {
    constexpr std::string_view kExpected = "a list of rules, such as [\"indexes\", \"set-not-null-scan\"]";
    if (!is<toml::array>(node, key, kExpected)) return std::nullopt;
    std::vector<NamedRules> found;
    for (const toml::node& each : node.ref<toml::array>()) {
      if (!is<std::string>(each, key, kExpected)) continue;
      auto named = names_.find(each.ref<std::string>());
      if (named) {
        found.push_back(std::move(*named));
      } else {
        fail(range_of(each.source()), named.error().message);
      }
    }
    return found;
  }

  void pg_version(const toml::node& node) {
    if (!is<std::int64_t>(node, "pg-version", "the server's major version as a number, such as 16")) return;
    const std::int64_t version = node.ref<std::int64_t>();
    const ByteRange where = range_of(node.source());
    if (version < kOldestServer || version > kNewestServer) {
      return fail(where, fmt::format("pg-version cannot be {}: pglatch knows PostgreSQL {} to {}", version,
                                     kOldestServer, kNewestServer));
    }
    config_.pg_version = {static_cast<int>(version), where};
  }

  void schema(const toml::node& node) {
    constexpr std::string_view kExpected = "a list of paths, such as [\"db/schema.sql\"]";
    if (!is<toml::array>(node, "schema", kExpected)) return;
    Setting<std::vector<std::string>> schema{{}, range_of(node.source())};
    for (const toml::node& each : node.ref<toml::array>()) {
      if (!is<std::string>(each, "schema", kExpected)) continue;
      const std::string& path = each.ref<std::string>();
      if (path.empty()) {
        fail(range_of(each.source()), "the path is empty");
      } else {
        schema.value.push_back(display_path((fs::path(config_.folder) / path).string()));
      }
    }
    config_.schema = std::move(schema);
  }

  void framework(const toml::node& node) {
    std::vector<std::string_view> known;
    for (const Framework* each : frameworks()) known.push_back(each->name());
    const std::string_view name = word(node, "framework", known);
    if (!name.empty()) config_.framework = {find_framework(name), range_of(node.source())};
  }

  void execution_mode(const toml::node& node) {
    std::vector<std::string_view> known;
    for (const ExecutionMode mode : kExecutionModes) known.push_back(to_string(mode));
    const std::string_view name = word(node, "execution-mode", known);
    if (!name.empty()) config_.execution_mode = {*find_execution_mode(name), range_of(node.source())};
  }

  void select(const toml::node& node) {
    if (auto named = rules(node, "select")) config_.select = {std::move(*named), range_of(node.source())};
  }

  void ignore(const toml::node& node) {
    if (auto named = rules(node, "ignore")) config_.ignore = {std::move(*named), range_of(node.source())};
  }

  void per_file_ignores(const toml::node& node) {
    if (!is<toml::table>(node, "per-file-ignores", "a table of patterns, such as \"seeds/**\" = [\"all\"]")) return;
    for (const auto& [key, value] : node.ref<toml::table>()) {
      auto named = rules(value, fmt::format("\"{}\"", key.str()));
      auto glob = Glob::parse(key.str());
      if (!glob) fail(range_of(key.source()), glob.error().message);
      if (!glob || !named) continue;
      config_.per_file_ignores.push_back(
          {{std::string(key.str()), std::move(*glob), std::move(*named)}, range_of(key.source())});
    }
  }

  void severity(const toml::node& node) {
    if (!is<toml::table>(node, "severity", "a table of rules, such as set-not-null-scan = \"warning\"")) return;
    for (const auto& [key, value] : node.ref<toml::table>()) {
      auto named = names_.find(key.str());
      if (!named) fail(range_of(key.source()), named.error().message);
      const std::string_view name = word(value, key.str(), kSeverities);
      if (!named || name.empty()) continue;
      config_.severities.push_back({{std::move(*named), find_severity(name)}, range_of(key.source())});
    }
  }

  void fail_on(const toml::node& node) {
    const std::string_view name = word(node, "fail-on", kThresholds);
    if (!name.empty()) config_.fail_on = {find_severity(name), range_of(node.source())};
  }

  void migrations(const toml::node& node) {
    constexpr std::array<std::string_view, 1> kNames = {"applied-until"};
    if (!is<toml::table>(node, "migrations", "a table, such as [migrations]")) return;
    for (const auto& [key, value] : node.ref<toml::table>()) {
      if (key == kNames.front()) {
        applied_until(value);
      } else {
        fail(range_of(key.source()), fmt::format("there is no key '{}' here{}", key.str(), hint(key.str(), kNames)));
      }
    }
  }

  // Versions are text: leading zeros, dots. Those that look like a number can be written as one.
  void applied_until(const toml::node& node) {
    constexpr std::string_view kExpected = "the version of a migration, such as \"20240501120000\"";
    const ByteRange where = range_of(node.source());
    if (node.is_integer()) {
      config_.applied_until = {std::to_string(node.ref<std::int64_t>()), where};
    } else if (is<std::string>(node, "applied-until", kExpected)) {
      const std::string& version = node.ref<std::string>();
      if (!is_version(version))
        return fail(where, fmt::format("applied-until cannot be '{}': it has no number", version));
      config_.applied_until = {version, where};
    }
  }

  void tables(const toml::node& node) {
    if (!is<toml::table>(node, "tables", "a table of sizes, such as \"public.orders\" = \"2_000_000 rows\"")) return;
    for (const auto& [key, value] : node.ref<toml::table>()) {
      const toml::table* inner = value.as_table();
      if (inner == nullptr || inner->contains("rows") || inner->contains("bytes")) {
        table(std::string(key.str()), key.source(), value);
        continue;
      }
      // public.orders without quotes is a table of tables.
      for (const auto& [name, size] : *inner) {
        table(fmt::format("{}.{}", key.str(), name.str()), name.source(), size);
      }
    }
  }

  void table(const std::string& name, const toml::source_region& where, const toml::node& node) {
    const auto parsed = parse_table_name(name);
    if (!parsed) return fail(range_of(where), parsed.error().message);
    auto size = table_size(name, node);
    if (!size) return;
    const auto known = std::find_if(config_.tables.begin(), config_.tables.end(), [&](const auto& each) {
      return each.value.schema == parsed->first && each.value.name == parsed->second;
    });
    if (known != config_.tables.end()) {
      return fail(range_of(where), fmt::format("'{}' has a size already: {}", name, config_.place(known->where)));
    }
    size->source = config_.place(range_of(where));
    config_.tables.push_back({{parsed->first, parsed->second, std::move(*size)}, range_of(where)});
  }

  std::optional<TableSize> table_size(std::string_view name, const toml::node& node) {
    if (const toml::table* table = node.as_table()) return rows_and_bytes(*table);
    constexpr std::string_view kExpected = "a size, such as \"2_000_000 rows\", \"1.5 TB\" or { rows = 2_000_000 }";
    if (!is<std::string>(node, name, kExpected)) return std::nullopt;
    auto size = parse_table_size(node.ref<std::string>());
    if (size) return std::move(*size);
    fail(range_of(node.source()), size.error().message);
    return std::nullopt;
  }

  std::optional<TableSize> rows_and_bytes(const toml::table& table) {
    constexpr std::array<std::string_view, 2> kNames = {"rows", "bytes"};
    TableSize size;
    for (const auto& [key, node] : table) {
      if (key == "rows") {
        size.rows = count(node, "rows", "a whole number");
      } else if (key == "bytes" && node.is_string()) {
        const auto bytes = parse_bytes(node.ref<std::string>());
        bytes ? void(size.bytes = *bytes) : fail(range_of(node.source()), bytes.error().message);
      } else if (key == "bytes") {
        size.bytes = count(node, "bytes", "a whole number, or a string with a unit such as \"1.5 TB\"");
      } else {
        fail(range_of(key.source()), fmt::format("there is no key '{}' here{}", key.str(), hint(key.str(), kNames)));
      }
    }
    return size.is_known() ? std::optional(std::move(size)) : std::nullopt;
  }

  std::optional<std::uint64_t> count(const toml::node& node, std::string_view key, std::string_view expected) {
    if (!is<std::int64_t>(node, key, expected)) return std::nullopt;
    const std::int64_t value = node.ref<std::int64_t>();
    if (value >= 0) return static_cast<std::uint64_t>(value);
    fail(range_of(node.source()), fmt::format("{} cannot be negative", key));
    return std::nullopt;
  }

  Config& config_;
  const RuleNames& names_;
  std::vector<ConfigError>& errors_;
};

constexpr std::array<Reader::Key, 11> Reader::kKeys = {{{"pg-version", &Reader::pg_version},
                                                        {"schema", &Reader::schema},
                                                        {"framework", &Reader::framework},
                                                        {"execution-mode", &Reader::execution_mode},
                                                        {"select", &Reader::select},
                                                        {"ignore", &Reader::ignore},
                                                        {"per-file-ignores", &Reader::per_file_ignores},
                                                        {"severity", &Reader::severity},
                                                        {"fail-on", &Reader::fail_on},
                                                        {"tables", &Reader::tables},
                                                        {"migrations", &Reader::migrations}}};

// toml++ makes a table within a table of each dot in a key, and takes them apart by recursion: a key of a million dots
// would exhaust the stack. (Brackets it counts itself.)
std::optional<ByteRange> line_with_too_many_dots(const SourceFile& file) {
  constexpr std::ptrdiff_t kMaxDots = 10'000;
  for (std::uint32_t number = 1; number <= file.lines().line_count(); ++number) {
    const ByteRange line = file.lines().line_range(number);
    const std::string_view text = line.of(file.text());
    if (std::count(text.begin(), text.end(), '.') > kMaxDots) return line;
  }
  return std::nullopt;
}

template <class T>
bool comes_before(const Setting<T>& a, const Setting<T>& b) {
  return a.where.start < b.where.start;
}

}  // namespace

std::string Config::place(ByteRange where) const {
  return fmt::format("{}:{}", file->path(), file->lines().line(where.start));
}

ConfigReading parse_config(std::shared_ptr<const SourceFile> file, std::string folder, const RuleNames& names) {
  ConfigReading reading;
  const auto config = std::make_shared<Config>();
  config->file = std::move(file);
  config->folder = std::move(folder);
  if (const auto line = line_with_too_many_dots(*config->file)) {
    reading.errors.push_back({config->file, *line, "this is no configuration: the line has more than 10,000 dots"});
    return reading;
  }
  Reader reader(*config, names, reading.errors);
  const toml::parse_result result = toml::parse(std::string_view(config->file->text()));
  if (result) {
    reader.read(result.table());
  } else {
    reader.syntax_error(result.error());
  }
  // toml++ hands keys out by their names.
  std::sort(config->per_file_ignores.begin(), config->per_file_ignores.end(), comes_before<PerFileIgnore>);
  std::sort(config->severities.begin(), config->severities.end(), comes_before<SeverityChoice>);
  std::sort(config->tables.begin(), config->tables.end(), comes_before<TableSizeEntry>);
  std::stable_sort(reading.errors.begin(), reading.errors.end(),
                   [](const ConfigError& a, const ConfigError& b) { return a.where.start < b.where.start; });
  if (reading.errors.empty()) reading.config = config;
  return reading;
}

ConfigReading read_config(const std::string& path, const RuleNames& names) {
  auto file = read_source_file(path);
  if (!file) return {nullptr, {{nullptr, {}, file.error().message}}};
  return parse_config(std::move(*file), folder_of(absolute_path(path)), names);
}

}  // namespace pglatch
