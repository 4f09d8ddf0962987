#include "analyzer/cli/project.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "analyzer/base/file.h"
#include "analyzer/cli/input.h"
#include "analyzer/engine/linter.h"
#include "analyzer/source/frameworks/all.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

// What others wrote.
constexpr std::array<std::string_view, 7> kForeignFolders = {"node_modules", "vendor", "third_party", "target",
                                                             "build",        "dist",   "venv"};
// Sqitch's three folders are one place.
constexpr std::array<std::string_view, 3> kSqitchFolders = {"deploy", "revert", "verify"};

constexpr std::string_view kWillFail = "will-fail";

template <class Names>
bool is_one_of(std::string_view name, const Names& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_foreign(const fs::path& path) {
  return std::any_of(path.begin(), path.end(),
                     [](const fs::path& part) { return is_one_of(part.string(), kForeignFolders); });
}

// The folder in which a user puts the next migration: not the one that each of them has (20240501_add_orders/up.sql).
std::string folder_of_migrations(const fs::path& file, const std::string& framework) {
  fs::path folder = file.parent_path();
  const auto name = [&] { return folder.filename().string(); };
  while (!name().empty() && name().front() >= '0' && name().front() <= '9') folder = folder.parent_path();
  if (framework == sqitch_framework().name()) {
    while (!folder.empty() && !is_one_of(name(), kSqitchFolders)) folder = folder.parent_path();
    folder = folder.parent_path();
  }
  return folder.empty() ? "." : folder.string();
}

std::size_t refusals(Input& input) {
  Walker walker(input.walk);
  walker.replay(input.schema, Origin::schema);
  const LintReport report = lint(walker, input.scripts, input.lint_options());
  return static_cast<std::size_t>(std::count_if(report.findings.begin(), report.findings.end(),
                                                [](const Finding& finding) { return finding.rule == kWillFail; }));
}

// Whether a migration makes what the dumps have: PostgreSQL would refuse it.
bool have_migrations(const std::string& folder, const Project& project) {
  AnalysisOptions options;
  options.isolated = true;
  options.select = {std::string(kWillFail)};
  for (const MigrationFolder& each : project.migrations) {
    options.paths.push_back((fs::path(folder) / each.folder).lexically_normal().string());
  }
  auto without = read_input(options);
  for (const std::string& dump : project.dumps) options.schemas.push_back((fs::path(folder) / dump).string());
  auto with = read_input(options);
  return without && with && refusals(*with) > refusals(*without);
}

}  // namespace

Result<Project> look_at_project(const std::string& folder) {
  std::error_code failed;
  const fs::file_status status = fs::status(folder, failed);
  if (failed) return path_error(folder, failed.value());
  if (!fs::is_directory(status)) return path_error(folder, ENOTDIR);
  AnalysisOptions options;
  options.isolated = true;
  options.paths = {folder};
  auto input = read_input(options);
  if (!input) return input.error();

  Project project;
  std::set<std::string> frameworks;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> files;  // by folder and framework
  for (const MetScript& script : input->met) {
    const fs::path path = fs::path(script.path).lexically_relative(folder);
    if (is_foreign(path)) continue;
    frameworks.insert(script.framework);
    if (script.purpose == Purpose::dump) {
      if (project.dumps.empty() || project.dumps.back() != path.string()) project.dumps.push_back(path.string());
    } else if (script.purpose == Purpose::migration || script.purpose == Purpose::down) {
      files[{folder_of_migrations(path, script.framework), script.framework}].insert(path.string());
    }
  }
  for (const auto& [place, names] : files) project.migrations.push_back({place.second, place.first, names.size()});
  // A dump beside them, or alone, is read in another way than the migrations that are still to come.
  const bool is_one = frameworks.size() == 1 && project.dumps.empty();
  if (is_one && *frameworks.begin() != plain_framework().name()) project.framework = *frameworks.begin();
  if (!project.dumps.empty() && !project.migrations.empty()) {
    project.dumps_have_migrations = have_migrations(folder, project);
  }
  return project;
}

}  // namespace pglatch
