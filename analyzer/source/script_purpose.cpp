#include "analyzer/source/script_purpose.h"

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"

namespace pglatch {
namespace {

constexpr std::array<std::string_view, 2> kSeedFolders = {"seed", "seeds"};
constexpr std::array<std::string_view, 10> kTestFolders = {
    "test", "tests", "__tests__", "spec", "specs", "fixture", "fixtures", "testdata", "test-data", "test_data"};

constexpr std::array<std::string_view, 2> kDocumentFolders = {"doc", "docs"};

// Of a tree that has a file for each object of the schema: tables/public.orders.sql.
constexpr std::array<std::string_view, 12> kObjectFolders = {
    "domains", "enums",    "functions", "indexes", "materialized_views", "policies", "procedures", "sequences",
    "tables",  "triggers", "types",     "views"};

constexpr std::array<std::string_view, 3> kWaysBack = {"revert", "rollback", "undo"};

template <std::size_t size>
bool is_one_of(std::string_view name, const std::array<std::string_view, size>& names) noexcept {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view each) { return equal_ignoring_case(name, each); });
}

bool ends_with(std::string_view name, std::string_view end) noexcept {
  return name.size() >= end.size() && equal_ignoring_case(name.substr(name.size() - end.size()), end);
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }

// seed.sql, seeds.sql, seed_orders.sql, seedOrders.sql, orders.seed.sql; not seedlings.sql.
bool is_seed_file(std::string_view name) noexcept {
  if (ends_with(name, ".seed.sql") || ends_with(name, ".seeds.sql")) return true;
  constexpr std::string_view kSeed = "seed";
  if (!equal_ignoring_case(name.substr(0, kSeed.size()), kSeed)) return false;
  name.remove_prefix(kSeed.size());
  if (name.starts_with('s')) name.remove_prefix(1);
  return name.empty() || !is_lower(name.front());
}

// A number in front makes it a migration with a name that happens to end so: 0042_ab_test.sql.
bool is_test_file(std::string_view name) noexcept {
  if (name.empty() || is_digit(name.front())) return false;
  return ends_with(name, "_test.sql") || ends_with(name, "-test.sql") || ends_with(name, ".test.sql");
}

// revert_V21__orders.sql, Flyway_revert_v21.sql, rollback-3.sql: names the version that it takes back. A number in
// front makes it a migration of its own, and so does a version that a framework sees.
bool takes_back(std::string_view name) noexcept {
  constexpr std::string_view kBetweenWords = "_-. ";
  if (name.empty() || is_digit(name.front())) return false;
  bool says_so = false;
  while (!name.empty()) {
    std::string_view word = name.substr(0, name.find_first_of(kBetweenWords));
    name.remove_prefix(std::min(word.size() + 1, name.size()));
    if (says_so && (word.starts_with('v') || word.starts_with('V'))) word.remove_prefix(1);
    if (says_so && !word.empty() && is_digit(word.front())) return true;
    says_so = is_one_of(word, kWaysBack);
  }
  return false;
}

}  // namespace

std::string_view to_string(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::migration:
      return "migrations";
    case Purpose::down:
      return "down";
    case Purpose::seed:
      return "seeds";
    case Purpose::test:
      return "tests";
    case Purpose::dump:
      return "dumps";
    case Purpose::documentation:
      return "docs";
  }
  return {};
}

std::optional<Purpose> find_purpose(std::string_view name) noexcept {
  for (const Purpose purpose : kOptionalPurposes) {
    if (to_string(purpose) == name) return purpose;
  }
  return std::nullopt;
}

std::string_view to_string(Treatment treatment) noexcept {
  switch (treatment) {
    case Treatment::lint:
      return "linted";
    case Treatment::replay:
      return "replayed";
    case Treatment::leave_out:
      return "left out";
  }
  return {};
}

std::string_view path_below(std::string_view path, std::span<const std::string> arguments) noexcept {
  if (std::find(arguments.begin(), arguments.end(), path) != arguments.end()) return {};
  std::string_view longest;
  bool found = false;
  for (std::string_view folder : arguments) {
    while (folder.ends_with('/')) folder.remove_suffix(1);
    if (folder == ".") {
      found = found || !path.starts_with('/');
    } else if (path.starts_with(folder) && path.substr(folder.size()).starts_with('/') &&
               folder.size() >= longest.size()) {
      longest = folder;
      found = true;
    }
  }
  if (!found) return {};
  if (path.substr(longest.size()).starts_with('/')) return path.substr(longest.size() + 1);
  return path;
}

Purpose purpose_of_path(std::string_view below) noexcept {
  bool is_documentation = false;
  for (std::size_t slash = below.find('/'); slash != std::string_view::npos; slash = below.find('/')) {
    const std::string_view folder = below.substr(0, slash);
    if (is_one_of(folder, kSeedFolders)) return Purpose::seed;
    if (is_one_of(folder, kTestFolders)) return Purpose::test;
    below.remove_prefix(slash + 1);
    is_documentation = is_documentation || is_one_of(folder, kDocumentFolders);
  }
  if (is_seed_file(below)) return Purpose::seed;
  if (takes_back(below)) return Purpose::down;
  if (is_test_file(below)) return Purpose::test;
  return is_documentation ? Purpose::documentation : Purpose::migration;
}

bool has_one_object(std::string_view below) noexcept {
  constexpr std::string_view kEnding = ".sql";
  std::string_view name = file_name(below);
  if (!is_one_of(file_name(folder_of_file(below)), kObjectFolders) || !ends_with(name, kEnding)) return false;
  name.remove_suffix(kEnding.size());
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < name.size() && !is_digit(name.front());
}

bool runs_by_framework(const Script& script) noexcept {
  return !is_plain_sql(script.framework) && script.framework != kPgDump && !script.stands_alone;
}

Purpose purpose_of(const Script& script, std::string_view below, bool framework_at_work) noexcept {
  if (script.direction == Direction::down) return Purpose::down;
  if (script.direction == Direction::verify) return Purpose::test;
  Purpose purpose = purpose_of_path(below);
  const bool is_none_of_its =
      framework_at_work && is_plain_sql(script.framework) && script.version.empty() && !script.stands_alone;
  if (purpose == Purpose::documentation && !is_none_of_its) purpose = Purpose::migration;
  if (purpose == Purpose::migration && is_none_of_its && has_one_object(below)) return Purpose::dump;
  if (purpose == Purpose::down && !script.version.empty()) return Purpose::migration;
  const bool is_dump = purpose == Purpose::migration && !below.empty() && script.framework == kPgDump;
  return is_dump ? Purpose::dump : purpose;
}

Treatment treatment_of(Purpose purpose, Purposes linted) noexcept {
  if (linted.has(purpose)) return Treatment::lint;
  return purpose == Purpose::seed || purpose == Purpose::dump ? Treatment::replay : Treatment::leave_out;
}

}  // namespace pglatch
