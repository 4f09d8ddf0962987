// `pglatch lint --show-config`: text that pglatch.toml could hold, each value with its origin beside it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/cli/configure.h"
#include "analyzer/config/value_text.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/report/terminal_text.h"

namespace pglatch {
namespace {

constexpr std::size_t kOriginColumn = 40;

template <class Strings, class Text>
std::string list(const Strings& strings, const Text& text_of) {
  std::vector<std::string> each;
  for (const auto& string : strings) each.push_back(toml_string(text_of(string)));
  return fmt::format("[{}]", fmt::join(each, ", "));
}

std::string names(const std::vector<NamedRules>& rules) {
  return list(rules, [](const NamedRules& named) { return named.name; });
}

std::string size_value(const TableSize& size) {
  std::string text = "{ ";
  if (size.rows) text += fmt::format("rows = {}", *size.rows);
  if (size.bytes) text += fmt::format("{}bytes = {}", size.rows ? ", " : "", *size.bytes);
  return text + " }";
}

class Writer {
 public:
  explicit Writer(const Configuration& configuration) : configuration_(configuration) {}

  void write(const std::string& path) {
    const Config* config = configuration_.config_of(path);
    std::string file = config == nullptr ? "no configuration file" : printable(config->file->path());
    if (configuration_.command_line().isolated) file += " (--isolated)";
    out_ += fmt::format("# in force for {}: {}\n", printable(path), file);
    write_run();
    write_reading(path);
    write_rules(config);
    if (config != nullptr) write_tables_of(path, *config);
    write_sizes();
    write_timeouts();
    write_history(path);
    write_inputs(path);
    write_off(path);
  }

  std::string take() { return std::move(out_); }

 private:
  void line(std::string_view text, std::string_view origin) {
    out_ += text;
    const std::size_t width = cell_width(text);
    out_.append(width < kOriginColumn ? kOriginColumn - width : 1, ' ');
    out_ += fmt::format("# {}\n", printable(origin));
  }

  void write_run() {
    const auto version = configuration_.pg_version();
    line(fmt::format("pg-version = {}", version.value), version.origin);
    const auto schema = configuration_.schema();
    line("schema = " + list(schema.value, [](const std::string& path) { return path; }), schema.origin);
    const auto snapshot = configuration_.snapshot();
    if (!snapshot.value.empty()) line("snapshot = " + toml_string(snapshot.value), snapshot.origin);
    const auto fail_on = configuration_.fail_on();
    line(fmt::format("fail-on = \"{}\"", to_string(fail_on.value)), fail_on.origin);
  }

  void write_reading(const std::string& path) {
    const auto framework = configuration_.framework(path);
    if (framework.value == nullptr) {
      line("# framework: found out for each file", framework.origin);
    } else {
      line(fmt::format("framework = \"{}\"", framework.value->name()), framework.origin);
    }
    const auto mode = configuration_.execution_mode(path);
    if (mode.value) {
      line(fmt::format("execution-mode = \"{}\"", to_string(*mode.value)), mode.origin);
    } else {
      line("# execution-mode: as the framework has it", mode.origin);
    }
  }

  void write_history(const std::string& path) {
    const auto applied_until = configuration_.applied_until(path);
    const auto include = configuration_.include(path);
    const bool includes = include.value != Purposes();
    if (applied_until.value.empty() && !includes) return;
    out_ += "\n[migrations]\n";
    if (!applied_until.value.empty()) {
      line("applied-until = " + toml_string(applied_until.value), applied_until.origin);
    }
    if (!includes) return;
    std::vector<Purpose> purposes;
    for (const Purpose purpose : kOptionalPurposes) {
      if (include.value.has(purpose)) purposes.push_back(purpose);
    }
    line("include = " + list(purposes, [](Purpose purpose) { return to_string(purpose); }), include.origin);
  }

  void write_inputs(const std::string& path) {
    const auto types = configuration_.file_types(path);
    if (types.value == FileTypes()) return;
    std::vector<FileType> listed;
    for (const FileType type : kOtherFileTypes) {
      if (types.value.has(type)) listed.push_back(type);
    }
    out_ += "\n[inputs]\n";
    line("file-types = " + list(listed, [](FileType type) { return to_string(type); }), types.origin);
  }

  void write_rules(const Config* config) {
    const CommandLineSettings& given = configuration_.command_line();
    std::vector<NamedRules> ignored;
    std::string origin;
    if (!given.select.empty()) {
      line("select = " + names(given.select), "--select");
    } else if (config != nullptr && config->select) {
      line("select = " + names(config->select->value), config->place(config->select->where));
    } else {
      line("select = [\"default\"]", "default");
    }
    if (given.select.empty() && config != nullptr && config->ignore) {
      ignored = config->ignore->value;
      origin = config->place(config->ignore->where);
    }
    if (!given.ignore.empty()) {
      ignored.insert(ignored.end(), given.ignore.begin(), given.ignore.end());
      origin += origin.empty() ? "--ignore" : ", --ignore";
    }
    line("ignore = " + names(ignored), origin.empty() ? "default" : origin);
  }

  void write_tables_of(const std::string& path, const Config& config) {
    const auto in_force = configuration_.file_ignores(path);
    if (!config.per_file_ignores.empty()) out_ += "\n[per-file-ignores]\n";
    for (const Setting<PerFileIgnore>& ignore : config.per_file_ignores) {
      const bool means = std::find(in_force.begin(), in_force.end(), &ignore) != in_force.end();
      line(fmt::format("{} = {}", toml_string(ignore.value.pattern), names(ignore.value.rules)),
           fmt::format("{}{}", config.place(ignore.where), means ? ", means this path" : ""));
    }
    if (!config.severities.empty()) out_ += "\n[severity]\n";
    for (const Setting<SeverityChoice>& choice : config.severities) {
      const auto& severity = choice.value.severity;
      line(fmt::format("{} = \"{}\"", choice.value.rules.name, severity ? to_string(*severity) : "off"),
           config.place(choice.where));
    }
  }

  void write_sizes() {
    const auto tables = configuration_.tables();
    if (!tables.empty()) out_ += "\n[tables]\n";
    for (const auto& table : tables) {
      const TableSize& size = table.value.size;
      line(fmt::format("{} = {}", toml_string(quote_qualified(table.value.schema, table.value.name)), size_value(size)),
           fmt::format("{}{}", table.origin, size.is_small() ? ", small" : ""));
    }
  }

  void write_timeouts() {
    const auto timeouts = configuration_.timeouts();
    if (!timeouts.empty()) out_ += "\n[timeouts]\n";
    for (const auto& [key, value] : timeouts) line(fmt::format("{} = {}", key, value.value), value.origin);
  }

  void write_off(const std::string& path) {
    const std::vector<RuleInForce> rules = configuration_.rules(path);
    const auto off = std::count_if(rules.begin(), rules.end(), [](const RuleInForce& rule) { return !rule.on; });
    out_ += fmt::format("\n# {} of {} rules run{}\n", rules.size() - static_cast<std::size_t>(off), rules.size(),
                        off == 0 ? "" : "; these do not:");
    for (const RuleInForce& rule : rules) {
      if (!rule.on) line(fmt::format("#   {}", rule.rule->id), rule.why_off);
    }
  }

  const Configuration& configuration_;
  std::string out_;
};

}  // namespace

std::string show_configuration(const Configuration& configuration, const std::string& path) {
  Writer writer(configuration);
  writer.write(path);
  return writer.take();
}

}  // namespace pglatch
