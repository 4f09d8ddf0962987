#include "analyzer/plan/framework_files_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "analyzer/source/migration_version.h"

namespace pglatch {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

int number(std::string_view digits) noexcept {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// The next second of YYYYMMDDhhmmss; nothing where that is no time.
std::optional<std::string> next_second(std::string_view digits) {
  namespace c = std::chrono;
  const c::year_month_day date{c::year(number(digits.substr(0, 4))),
                               c::month(static_cast<unsigned>(number(digits.substr(4, 2)))),
                               c::day(static_cast<unsigned>(number(digits.substr(6, 2))))};
  const int hour = number(digits.substr(8, 2));
  const int minute = number(digits.substr(10, 2));
  const int second = number(digits.substr(12, 2));
  if (!date.ok() || static_cast<int>(date.year()) < 1970 || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const c::sys_seconds next =
      c::sys_days(date) + c::hours(hour) + c::minutes(minute) + c::seconds(second) + c::seconds(1);
  const c::sys_days day = c::floor<c::days>(next);
  const c::year_month_day when(day);
  const c::hh_mm_ss time(next - day);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", static_cast<int>(when.year()),
                     static_cast<unsigned>(when.month()), static_cast<unsigned>(when.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

// Puts the digits where those of the shape are.
std::string in_shape(std::string_view shape, std::string_view digits) {
  std::string out(shape);
  auto next = digits.begin();
  for (char& c : out) {
    if (is_digit(c) && next != digits.end()) c = *next++;
  }
  return out;
}

std::string counted_up(std::string digits) {
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    if (*digit != '9') {
      ++*digit;
      return digits;
    }
    *digit = '0';
  }
  return '1' + digits;
}

void replace(std::string& text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), by);
}

}  // namespace

std::string next_version(std::string_view version) {
  std::string digits;
  std::copy_if(version.begin(), version.end(), std::back_inserter(digits), is_digit);
  constexpr std::size_t kTime = 14;  // YYYYMMDDhhmmss
  // In one run of digits more of them are something else; with separators they are fractions or a counter.
  const bool is_split = version.size() > digits.size();
  if (digits.size() == kTime || (is_split && digits.size() > kTime && version.find('.') == std::string_view::npos)) {
    if (const auto next = next_second(std::string_view(digits).substr(0, kTime))) return in_shape(version, *next);
  }
  std::size_t start = version.size();
  while (start > 0 && is_digit(version[start - 1])) --start;
  return fmt::format("{}{}", version.substr(0, start), counted_up(std::string(version.substr(start))));
}

std::string highest_version(const std::vector<std::string>& names) {
  std::string highest;
  for (const std::string& name : names) {
    const std::string_view version = migration_version(name);
    if (version.empty()) continue;
    if (highest.empty() || compare_versions(highest, version) < 0) highest = version;
  }
  return highest;
}

std::string description_of(std::string_view path) {
  const std::string_view version = migration_version(path);
  std::string_view name = path;
  for (const std::string_view file : {"/up.sql", "/down.sql", "/migration.sql"}) {
    if (name.ends_with(file)) name.remove_suffix(file.size());
  }
  for (const std::string_view ending : {".sql", ".up", ".down"}) {
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  }
  if (!version.empty() && version.data() + version.size() <= name.data() + name.size()) {
    name = std::string_view(version.data() + version.size(),
                            static_cast<std::size_t>(name.data() + name.size() - version.data()) - version.size());
  }
  std::string out;
  for (const char c : name) {
    const bool is_kept = is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '/';
    out += is_kept ? c : '_';
  }
  const std::size_t start = out.find_first_not_of("_-/");
  return start == std::string::npos ? "migration" : out.substr(start);
}

std::string fill_in(std::string_view pattern, std::string_view version, std::string_view name) {
  std::string out(pattern);
  if (version.empty()) {
    const std::size_t from = out.find("{version}");
    const std::size_t to = out.find("{name}");
    if (from != std::string::npos && to != std::string::npos && from < to) out.erase(from, to - from);
  }
  replace(out, "{version}", version);
  replace(out, "{name}", name);
  return out;
}

}  // namespace pglatch
