#include "analyzer/source/neighbours.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "analyzer/base/directory.h"
#include "analyzer/source/discovery.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/migration_version.h"
#include "analyzer/source/reason.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

// So many files of a folder tell what the others are.
constexpr std::size_t kLookedAt = 64;

// A folder is a framework's where it shows in one file of so many: a directive that only some need, a label that a tool
// writes into files of several statements.
constexpr std::size_t kOneOf = 4;

// Names that others than the framework give their files too: the migration's number, a word for the direction.
bool is_known_by_name_only(const Framework* framework) {
  return framework == &golang_migrate_framework() || framework == &flyway_framework();
}

// Whether a framework gives its own files the same names: one directive of it says then whose all of them are.
bool names_files_as(const Framework* framework, const Framework* other) {
  if (other == &golang_migrate_framework()) return framework == &sqlx_framework();
  return framework == &pgmigrate_framework() || framework == &refinery_framework();
}

std::vector<std::string> sql_files_in(const std::string& folder) {
  using Kind = DirectoryEntry::Kind;
  std::vector<std::string> names;
  auto entries = read_directory(folder.empty() ? "." : folder);
  if (!entries) return names;
  for (DirectoryEntry& entry : *entries) {
    if (!is_found_in_directory(entry.name, entry.name, {})) continue;
    std::error_code unknown;
    const bool is_file = entry.kind == Kind::file ||
                         (entry.kind == Kind::link && fs::is_regular_file(fs::path(folder) / entry.name, unknown));
    if (is_file) names.push_back(std::move(entry.name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

void add_reason(std::vector<Script>& scripts, const std::string& reason) {
  for (Script& script : scripts) script.reason = join_reasons(reason, script.reason);
}

}  // namespace

const Neighbours::Folder& Neighbours::folder_of(const std::string& path) {
  const std::string folder(folder_of_file(path));
  const auto known = folders_.find(folder);
  if (known != folders_.end()) return known->second;
  Folder& found = folders_[folder];
  const std::vector<std::string> names = sql_files_in(folder);
  if (names.size() < 2) return found;  // the file that asks
  // The same files whichever of them asks, spread over all of them.
  const std::size_t count = std::min(names.size(), kLookedAt);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = path.substr(0, folder.empty() ? 0 : folder.size() + 1) + names[i * names.size() / count];
    const auto file = read_source_file(name);
    if (!file) continue;
    const std::vector<Script> scripts = pglatch::read_scripts(*file, around_);
    if (scripts.empty()) continue;
    ++found.files;
    const std::string& framework = scripts.front().framework;
    if (!is_plain_sql(framework)) ++found.frameworks[framework];
  }
  return found;
}

std::vector<Script> Neighbours::read_scripts(const std::shared_ptr<const SourceFile>& file,
                                             const Framework* framework) {
  std::vector<Script> scripts = pglatch::read_scripts(file, around_, framework);
  if (framework != nullptr || scripts.empty() || migration_version(file_name(file->path())).empty()) return scripts;
  const Framework* const own = find_framework(scripts.front().framework);
  const bool is_plain = own == &plain_framework();
  if (!is_plain && !is_known_by_name_only(own)) return scripts;

  const Folder& folder = folder_of(file->path());
  std::string names;  // of the frameworks that others show
  const Framework* other = nullptr;
  std::size_t others = 0;
  for (const auto& [name, files] : folder.frameworks) {
    if (name == own->name()) continue;
    names += (names.empty() ? "" : ", ") + name;
    other = find_framework(name);
    others += files;
  }
  if (other == nullptr) return scripts;
  const bool is_up = scripts.front().direction == Direction::up;
  const bool is_good_part = others * kOneOf >= folder.files;
  const bool is_one = names == other->name();
  const bool is_its = is_plain ? is_one && is_good_part && is_up : is_one && names_files_as(other, own);
  if (is_its) {
    scripts = pglatch::read_scripts(file, around_, other);
    add_reason(scripts, fmt::format("as {} of {} files looked at in its folder", others, folder.files));
  } else if (is_plain) {
    add_reason(scripts, fmt::format("beside files of {}", names));
  } else if (is_good_part && is_up) {
    scripts = pglatch::read_scripts(file, around_, &plain_framework());
    add_reason(scripts, fmt::format("named as {} names files, but beside files of {}", own->name(), names));
  }
  return scripts;
}

}  // namespace pglatch
