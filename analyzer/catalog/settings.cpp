#include "analyzer/catalog/settings.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "analyzer/base/ascii.h"

namespace pglatch {
namespace {

enum class Setting : std::uint8_t {
  none,
  search_path,
  lock_timeout,
  statement_timeout,
  time_zone,
  check_function_bodies
};

Setting setting_of(std::string_view name) {
  if (equal_ignoring_case(name, "search_path")) return Setting::search_path;
  if (equal_ignoring_case(name, "lock_timeout")) return Setting::lock_timeout;
  if (equal_ignoring_case(name, "statement_timeout")) return Setting::statement_timeout;
  if (equal_ignoring_case(name, "timezone")) return Setting::time_zone;
  if (equal_ignoring_case(name, "check_function_bodies")) return Setting::check_function_bodies;
  return Setting::none;
}

struct Unit {
  std::string_view name;
  double milliseconds;
};

constexpr Unit kUnits[] = {{"us", 0.001}, {"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3'600'000}, {"d", 86'400'000}};

void add_schema(SearchPath& path, std::string schema) {
  if (!schema.empty() && schema != "$user") path.push_back(std::move(schema));
}

// The text of an argument of SET: a number or a string.
std::string argument_text(const Node* argument) {
  const auto* constant = as<A_Const>(argument);
  if (constant == nullptr || constant->isnull) return {};
  switch (constant->val.node.type) {
    case T_Integer:
      return std::to_string(constant->val.ival.ival);
    case T_Float:
      return std::string(text(constant->val.fval.fval));
    case T_String:
      return std::string(text(constant->val.sval.sval));
    default:
      return {};
  }
}

std::optional<std::int64_t>& timeout(Settings& settings, Setting setting) {
  return setting == Setting::lock_timeout ? settings.lock_timeout_ms : settings.statement_timeout_ms;
}

void set_timeout(Settings& settings, Setting setting, std::string_view value) {
  if (const auto milliseconds = parse_milliseconds(value)) timeout(settings, setting) = milliseconds;
}

// parse_bool() in bool.c: any beginning of a word will do, but "o" could be two.
void set_boolean(bool& setting, std::string_view value) {
  constexpr std::string_view kOn[] = {"on", "true", "yes", "1"};
  constexpr std::string_view kOff[] = {"off", "false", "no", "0"};
  const auto means = [&](std::string_view word) {
    return !value.empty() && value != "o" && value.size() <= word.size() &&
           equal_ignoring_case(value, word.substr(0, value.size()));
  };
  if (std::any_of(std::begin(kOff), std::end(kOff), means)) setting = false;
  if (std::any_of(std::begin(kOn), std::end(kOn), means)) setting = true;
}

// The zones of the tz database, and the offset that SET TIME ZONE takes, that are UTC under another name.
constexpr std::string_view kUtcZones[] = {"UTC",      "UCT",           "GMT",           "GMT0",      "GMT+0",
                                          "GMT-0",    "Zulu",          "Universal",     "Greenwich", "Etc/UTC",
                                          "Etc/UCT",  "Etc/GMT",       "Etc/GMT0",      "Etc/GMT+0", "Etc/GMT-0",
                                          "Etc/Zulu", "Etc/Universal", "Etc/Greenwich", "0"};

}  // namespace

bool Settings::utc() const noexcept {
  return std::any_of(std::begin(kUtcZones), std::end(kUtcZones),
                     [&](std::string_view zone) { return equal_ignoring_case(zone, time_zone); });
}

std::optional<std::int64_t> parse_milliseconds(std::string_view text) {
  const std::string value(trimmed(text));
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  if (end == value.c_str() || !std::isfinite(number) || number < 0) return std::nullopt;
  const std::string_view unit = trimmed(std::string_view(value).substr(static_cast<std::size_t>(end - value.c_str())));
  double factor = 1;
  if (!unit.empty()) {
    const auto* found =
        std::find_if(std::begin(kUnits), std::end(kUnits), [&](const Unit& known) { return known.name == unit; });
    if (found == std::end(kUnits)) return std::nullopt;
    factor = found->milliseconds;
  }
  const double milliseconds = std::rint(number * factor);
  constexpr double kLargest = 2147483647;
  if (milliseconds > kLargest) return std::nullopt;
  return static_cast<std::int64_t>(milliseconds);
}

// SplitIdentifierString() in varlena.c.
SearchPath parse_search_path(std::string_view text) {
  SearchPath path;
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && (is_space(text[at]) || text[at] == ',')) ++at;
    std::string schema;
    if (at < text.size() && text[at] == '"') {
      for (++at; at < text.size(); ++at) {
        if (text[at] == '"') {
          ++at;
          if (at == text.size() || text[at] != '"') break;
        }
        schema += text[at];
      }
    } else {
      while (at < text.size() && text[at] != ',' && !is_space(text[at])) schema += to_lower(text[at++]);
    }
    add_schema(path, std::move(schema));
  }
  return path;
}

void set_from_arguments(Settings& settings, std::string_view name, const List* arguments) {
  const Setting setting = setting_of(name);
  if (setting == Setting::none || each(arguments).empty()) return;
  if (setting != Setting::search_path) return set_from_text(settings, name, argument_text(each(arguments)[0]));
  settings.search_path.clear();
  for (const Node* argument : each(arguments)) add_schema(settings.search_path, argument_text(argument));
}

void set_from_text(Settings& settings, std::string_view name, std::string_view value) {
  const Setting setting = setting_of(name);
  if (setting == Setting::search_path) {
    settings.search_path = parse_search_path(value);
  } else if (setting == Setting::time_zone) {
    settings.time_zone = value;
  } else if (setting == Setting::check_function_bodies) {
    set_boolean(settings.check_function_bodies, value);
  } else if (setting != Setting::none) {
    set_timeout(settings, setting, value);
  }
}

void reset(Settings& settings, const Settings& initial, std::string_view name) {
  const Setting setting = setting_of(name);
  if (name.empty() || setting == Setting::search_path) settings.search_path = initial.search_path;
  if (name.empty() || setting == Setting::lock_timeout) settings.lock_timeout_ms = initial.lock_timeout_ms;
  if (name.empty() || setting == Setting::statement_timeout)
    settings.statement_timeout_ms = initial.statement_timeout_ms;
  if (name.empty() || setting == Setting::time_zone) settings.time_zone = initial.time_zone;
  if (name.empty() || setting == Setting::check_function_bodies)
    settings.check_function_bodies = initial.check_function_bodies;
}

}  // namespace pglatch
