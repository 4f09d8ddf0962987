#include "analyzer/source/discovery.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "analyzer/base/directory.h"
#include "analyzer/base/file.h"
#include "analyzer/source/file_type.h"
#include "analyzer/source/sqitch_plan.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool has_sql_ending(std::string_view name) noexcept {
  constexpr std::string_view kEnding = ".sql";
  if (name.size() <= kEnding.size()) return false;
  const std::string_view ending = name.substr(name.size() - kEnding.size());
  return std::equal(ending.begin(), ending.end(), kEnding.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

constexpr std::string_view kSqitchPlan = "sqitch.plan";
constexpr std::string_view kPrismaLock = "migration_lock.toml";
constexpr std::array<std::string_view, 3> kSqitchFolders = {"deploy", "revert", "verify"};

// Whether a versioned migration undoes (U) or is a baseline (B): Flyway's, refinery's and pgmigrate's.
bool is_no_step(std::string_view name) noexcept {
  return name.size() > 1 && (name[0] == 'B' || name[0] == 'U') && is_digit(name[1]);
}

// Its name with the letter of the one that does (V). Other names as they are.
std::string with_one_prefix(std::string_view name) {
  std::string same(name);
  if (is_no_step(name)) same[0] = 'V';
  return same;
}

// Flyway's repeatable migrations come after those that have versions (Flyway documentation, "Repeatable Migrations"),
// and what undoes a version after it.
bool applied_before(std::string_view a, std::string_view b) {
  const bool is_repeatable = a.starts_with("R__");
  if (is_repeatable != b.starts_with("R__")) return !is_repeatable;
  if (!is_no_step(a) && !is_no_step(b)) return natural_less(a, b);
  const std::string same_a = with_one_prefix(a);
  const std::string same_b = with_one_prefix(b);
  if (same_a == same_b) return a != b && (a[0] == 'B' || b[0] == 'U');
  return natural_less(same_a, same_b);
}

bool is_taken(std::string_view name, const std::string& path, const WantsFile& wants) {
  if (has_sql_ending(name)) return true;
  return wants && file_type_of(name) != FileType::sql && wants(path);
}

class Walk {
 public:
  explicit Walk(const WantsFile& wants) : wants_(wants) {}

  void add(const std::string& argument) {
    if (argument == "-") return add_file(argument, argument);
    std::error_code failed;
    const fs::file_status status = fs::status(argument, failed);
    if (failed || !fs::exists(status)) return add_error(argument, failed);
    const fs::path real = fs::canonical(argument, failed);
    if (failed) return add_error(argument, failed);
    if (fs::is_directory(status)) {
      enter(argument, real.string());
    } else {
      add_file(argument, real.string());
    }
  }

  Discovery take() { return std::move(found_); }

 private:
  // `real` is the path without links: what tells whether a file or directory was there before.
  void add_file(const std::string& path, const std::string& real) {
    if (seen_.insert(real).second) found_.files.push_back(path);
  }

  void add_error(const std::string& path, std::error_code failed) {
    found_.errors.push_back(path_error(path, failed ? failed.value() : ENOENT));
  }

  // Entries in natural order and each directory in its place among them: the order by components.
  void enter(const std::string& directory, const std::string& real) {
    if (!seen_.insert(real).second) return;
    auto read = read_directory(directory);
    if (!read) return found_.errors.push_back(read.error());
    std::vector<DirectoryEntry>& entries = *read;
    std::erase_if(entries, [](const DirectoryEntry& entry) { return entry.name.starts_with('.'); });
    // Prisma's migrations are folders in the order of their bytes, where a time that is written shorter is no earlier
    // one.
    const bool is_prisma = std::any_of(entries.begin(), entries.end(),
                                       [](const DirectoryEntry& entry) { return entry.name == kPrismaLock; });
    std::sort(entries.begin(), entries.end(), [&](const DirectoryEntry& a, const DirectoryEntry& b) {
      return is_prisma ? a.name < b.name : applied_before(a.name, b.name);
    });
    const std::size_t first = found_.files.size();
    for (const DirectoryEntry& entry : entries) {
      add_entry(join_path(directory, entry.name), join_path(real, entry.name), entry);
    }
    for (const DirectoryEntry& entry : entries) {
      if (entry.name == kSqitchPlan) put_in_order_of_plan(directory, first);
    }
  }

  // Of a Sqitch project the plan alone tells the order: what it does not name keeps its place before all others.
  void put_in_order_of_plan(const std::string& directory, std::size_t first) {
    const auto plan = read_file(join_path(directory, kSqitchPlan));
    if (!plan) return;
    const auto places = read_sqitch_plan(*plan);
    const std::size_t prefix = join_path(directory, "x").size() - 1;
    // "deploy/tables/orders.sql": the change is what follows the first folder.
    const auto place = [&](const std::string& path) -> std::pair<std::size_t, std::size_t> {
      const std::string_view below = std::string_view(path).substr(prefix);
      const std::size_t slash = below.find('/');
      const std::string_view folder = below.substr(0, slash);
      const auto kind = std::find(kSqitchFolders.begin(), kSqitchFolders.end(), folder);
      if (kind == kSqitchFolders.end() || !has_sql_ending(below)) return {0, 0};
      const auto change = places.find(std::string(below.substr(slash + 1, below.size() - slash - 5)));
      return {1 + static_cast<std::size_t>(kind - kSqitchFolders.begin()), change == places.end() ? 0 : change->second};
    };
    std::stable_sort(found_.files.begin() + static_cast<std::ptrdiff_t>(first), found_.files.end(),
                     [&](const std::string& a, const std::string& b) { return place(a) < place(b); });
  }

  void add_entry(const std::string& path, std::string real, const DirectoryEntry& entry) {
    bool is_directory = entry.kind == DirectoryEntry::Kind::directory;
    if (entry.kind == DirectoryEntry::Kind::link) {
      std::error_code failed;
      const fs::path target = fs::canonical(path, failed);
      if (failed) {
        if (has_sql_ending(entry.name)) add_error(path, failed);
        return;
      }
      real = target.string();
      is_directory = fs::is_directory(target, failed);
    }
    if (is_directory) {
      enter(path, real);
    } else if (is_taken(entry.name, path, wants_)) {
      add_file(path, real);
    }
  }

  const WantsFile& wants_;
  Discovery found_;
  std::unordered_set<std::string> seen_;
};

// The next character of a name, in the order that natural_less gives them: a slash before all others.
int rank(char c) noexcept { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; }

// The run of digits at `at`, without leading zeros; moves `at` behind it.
std::string_view take_number(std::string_view text, std::size_t& at) noexcept {
  while (at < text.size() && text[at] == '0') ++at;
  const std::size_t start = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return text.substr(start, at - start);
}

// Whether the version goes on after a number: 1.2, 1_2, 1-2.
bool version_goes_on(std::string_view text, std::size_t at) noexcept {
  return at + 1 < text.size() && (text[at] == '.' || text[at] == '_' || text[at] == '-') && is_digit(text[at + 1]);
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) noexcept {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[j])) {
      if (a[i] != b[j]) return rank(a[i]) < rank(b[j]);
      ++i;
      ++j;
      continue;
    }
    const std::string_view left = take_number(a, i);
    const std::string_view right = take_number(b, j);
    if (left.size() != right.size()) return left.size() < right.size();
    if (left != right) return left < right;
    if (version_goes_on(a, i) != version_goes_on(b, j)) return version_goes_on(b, j);
  }
  if (i < a.size() || j < b.size()) return i == a.size();
  return a < b;  // equal but for leading zeros
}

bool is_found_in_directory(std::string_view below, const std::string& path, const WantsFile& wants) {
  return !below.starts_with('.') && below.find("/.") == std::string_view::npos && is_taken(below, path, wants);
}

std::string join_path(std::string_view directory, std::string_view name) {
  while (directory.size() > 1 && directory.back() == '/') directory.remove_suffix(1);
  if (directory == ".") return std::string(name);
  std::string path(directory);
  if (path.back() != '/') path += '/';
  path += name;
  return path;
}

Discovery discover(std::span<const std::string> paths, const WantsFile& wants) {
  Walk walk(wants);
  for (const std::string& path : paths) walk.add(path);
  return walk.take();
}

}  // namespace pglatch
