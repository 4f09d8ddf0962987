#include "analyzer/cli/plan_files.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <system_error>
#include <utility>

#include "analyzer/base/file.h"
#include "analyzer/base/file_changes.h"
#include "analyzer/cli/options.h"
#include "analyzer/plan/framework_files.h"
#include "analyzer/source/discovery.h"
#include "analyzer/source/migration_version.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

// Where migrations go that others took the place of: out of sight of every tool that runs what is in their folder.
constexpr std::string_view kReplaced = ".pglatch-replaced";

// The folder that holds a project's migrations, and the script's name below it.
struct Place {
  fs::path folder;
  std::string name;
  std::string path{};  // from the folder on, where that is not the name
};

Place place_of(const Script& script) {
  const fs::path path(script.file->path());
  const fs::path folder = path.parent_path();
  const std::string file = path.filename().string();
  if (script.framework == "sqitch") {
    for (fs::path at = folder; !at.empty() && at != at.parent_path(); at = at.parent_path()) {
      if (at.filename() == "deploy") return {at.parent_path(), path.lexically_relative(at.parent_path()).string()};
    }
  }
  // What is being worked on lies above what is committed.
  if (script.framework == "graphile-migrate" && file == "current.sql")
    return {folder / "committed", file, "../" + file};
  const bool has_folder = file == "up.sql" || file == "migration.sql";
  if (!has_folder) return {folder, file};
  return {folder.parent_path(), (folder.filename() / file).string()};
}

std::vector<std::string> entries_of(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator each(folder.empty() ? "." : folder, failed), last; !failed && each != last;
       each.increment(failed)) {
    std::string name = each->path().filename().string();
    if (!name.starts_with('.')) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The scripts that the plan stands for, which must be of one project.
Result<std::vector<const Script*>> planned_scripts(const Input& input) {
  std::vector<const Script*> planned;
  std::error_code failed;
  for (const Script& script : input.scripts) {
    if (script.is_history || script.direction != Direction::up) continue;
    if (!planned.empty() && planned.back()->file == script.file) continue;
    if (script.file->path() == "-" || !fs::exists(script.file->path(), failed)) {
      return Error{fmt::format("--format files: {} is no file of a project; give it a path", script.file->path())};
    }
    planned.push_back(&script);
  }
  if (planned.empty()) return Error{"--format files: there is no migration to plan"};
  for (const Script* script : planned) {
    const bool is_same = script->framework == planned.front()->framework &&
                         place_of(*script).folder == place_of(*planned.front()).folder;
    if (!is_same) {
      return Error{fmt::format("--format files: {} ({}) and {} ({}) are not of one project; plan them one by one",
                               planned.front()->file->path(), planned.front()->framework, script->file->path(),
                               script->framework)};
    }
  }
  return planned;
}

// The files of a migration: the script, its way back, and what says how they are run. They have its version in common,
// or the path below the folders of each direction.
std::vector<std::string> files_of_migration(const fs::path& folder, const std::string& source,
                                            const std::vector<std::string>& entries) {
  std::error_code failed;
  std::vector<std::string> files;
  constexpr std::string_view kDeploy = "deploy/";
  if (source.starts_with(kDeploy)) {
    for (const std::string_view direction : {"deploy/", "revert/", "verify/"}) {
      std::string name = fmt::format("{}{}", direction, source.substr(kDeploy.size()));
      if (fs::exists(folder / name, failed)) files.push_back(std::move(name));
    }
    return files;
  }
  const std::string_view version = migration_version(source);
  if (version.empty()) return {source};
  for (const std::string& entry : entries) {
    if (migration_version(entry) != version) continue;
    if (!fs::is_directory(folder / entry, failed)) {
      files.push_back(entry);
      continue;
    }
    for (const std::string& inside : entries_of(folder / entry)) files.push_back(join_path(entry, inside));
  }
  return files;
}

class FilesWriter {
 public:
  FilesWriter(const Plan& plan, const FilesOptions& options, std::vector<const Script*> planned)
      : plan_(plan), options_(options), planned_(std::move(planned)), source_(place_of(*planned_.front()).folder) {}

  Result<FileChanges> changes() {
    if (auto error = choose_directory()) return std::move(*error);
    const MigrationFolder folder = describe();
    auto written = write_framework_files(plan_, folder);
    if (!written) return written.error();
    remarks_ = std::move(written->remarks);
    FileChanges changes;
    for (const std::string& name : replaced_) changes.moved.push_back(moved_away(name));
    for (MigrationFile& file : written->files) {
      changes.created.push_back({path_of(file.name), std::move(file.text)});
    }
    for (MigrationFile& file : written->changed) {
      changes.replaced.push_back({path_of(file.name), std::move(file.text)});
    }
    return changes;
  }

  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }

  // The originals are still where the tool finds them.
  [[nodiscard]] bool leaves_original() const { return !options_.replace && is_same_folder(); }
  [[nodiscard]] const std::string& original() const { return planned_.front()->file->path(); }

 private:
  [[nodiscard]] bool is_same_folder() const {
    std::error_code failed;
    return fs::equivalent(directory_.empty() ? "." : directory_, source_.empty() ? "." : source_, failed);
  }

  std::optional<Error> choose_directory() {
    if (options_.directory.empty() && !options_.replace) {
      return Error{
          "--format files: say where to with --out DIR, or with --replace that the new files take the place of the "
          "migrations, which are not applied anywhere yet"};
    }
    directory_ = options_.directory.empty() ? source_ : fs::path(options_.directory);
    std::error_code failed;
    if (!directory_.empty() && fs::exists(directory_, failed) && !fs::is_directory(directory_, failed)) {
      return Error{fmt::format("--out: {} is no folder", directory_.string())};
    }
    if (options_.replace && !options_.directory.empty() && !is_same_folder()) {
      return Error{fmt::format("--replace works where the migrations are, in {}; leave --out away", source_.string())};
    }
    return std::nullopt;
  }

  MigrationFolder describe() {
    MigrationFolder folder;
    folder.framework = planned_.front()->framework;
    folder.replaces = options_.replace;
    folder.accepted = {options_.accepted.begin(), options_.accepted.end()};
    folder.taken = entries_of(source_);
    for (const Script* script : planned_) {
      folder.sources.push_back(place_of(*script).name);
      folder.source_paths.push_back(script->file->path());
      if (!options_.replace) continue;
      const Place place = place_of(*script);
      auto files = files_of_migration(source_, place.path.empty() ? place.name : place.path, folder.taken);
      for (std::string& name : files) replaced_.push_back(std::move(name));
    }
    if (options_.replace) {
      std::erase_if(folder.taken, [&](const std::string& entry) {
        return std::any_of(replaced_.begin(), replaced_.end(),
                           [&](const std::string& name) { return name == entry || name.starts_with(entry + '/'); });
      });
    }
    if (!is_same_folder()) {
      for (std::string& name : entries_of(directory_)) folder.taken.push_back(std::move(name));
    }
    // What was written before goes before what the project has.
    folder.read = [this](std::string_view name) -> std::optional<std::string> {
      for (const fs::path& where : {directory_, source_}) {
        std::error_code failed;
        if (!fs::exists(where / name, failed)) continue;
        auto text = read_file((where / name).string());
        if (text) return std::move(*text);
      }
      return std::nullopt;
    };
    return folder;
  }

  [[nodiscard]] std::string path_of(const std::string& name) const {
    return directory_.empty() ? name : (directory_ / name).string();
  }

  [[nodiscard]] FileMove moved_away(const std::string& name) const {
    std::error_code failed;
    // Beside the folder, not in it; "." has no name to go up from. Sqitch's is the root of the project.
    const bool is_here = source_.empty() || source_ == ".";
    const bool is_root = planned_.front()->framework == "sqitch";
    const fs::path beside = is_root ? source_ : is_here ? fs::path("..") : source_.parent_path();
    const fs::path target = beside / kReplaced / (name.starts_with("../") ? name.substr(3) : name);
    fs::path free = target;
    for (int n = 2; fs::exists(free, failed); ++n) free = fmt::format("{}.{}", target.string(), n);
    return {(source_ / name).string(), free.string()};
  }

  const Plan& plan_;
  const FilesOptions& options_;
  std::vector<const Script*> planned_;
  fs::path source_;
  fs::path directory_;
  std::vector<std::string> replaced_;
  std::vector<std::string> remarks_;
};

}  // namespace

bool write_plan_files(const Plan& plan, const Input& input, const FilesOptions& options, Streams& streams) {
  auto planned = planned_scripts(input);
  if (!planned) {
    print_error(streams, planned.error());
    return false;
  }
  FilesWriter writer(plan, options, std::move(*planned));
  const auto changes = writer.changes();
  if (!changes) {
    print_error(streams, changes.error());
    return false;
  }
  if (const auto error = make_changes(*changes)) {
    print_error(streams, *error);
    return false;
  }
  for (const FileMove& each : changes->moved) fmt::print(streams.out, "moved {} to {}\n", each.from, each.to);
  for (const FileText& each : changes->created) fmt::print(streams.out, "wrote {}\n", each.path);
  for (const FileText& each : changes->replaced) fmt::print(streams.out, "extended {}\n", each.path);
  for (const std::string& remark : writer.remarks()) fmt::print(streams.err, "pglatch: note: {}\n", remark);
  if (writer.leaves_original()) {
    fmt::print(streams.err,
               "pglatch: note: {} is there as before: it would run too; take it out before the new ones run\n",
               writer.original());
  }
  return true;
}

}  // namespace pglatch
