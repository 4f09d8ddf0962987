#include "analyzer/cli/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "analyzer/base/file.h"
#include "analyzer/source/git.h"
#include "analyzer/source/migration_version.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

namespace fs = std::filesystem;

Error no_repository(const std::string& path, std::string_view option) {
  return {fmt::format("{}: is in no Git repository, so {} cannot tell whether it is new", path, option)};
}

// The path without links, also of a file that is gone.
Result<std::string> real_path(const std::string& path) {
  std::error_code failed;
  const fs::path real = fs::weakly_canonical(fs::absolute(path, failed), failed);
  if (failed) return path_error(path, failed.value());
  std::string text = real.string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

// What was changed since a commit, repository by repository.
class ChangesSince {
 public:
  ChangesSince(GitRepositories& repositories, std::string reference)
      : repositories_(repositories), reference_(std::move(reference)) {}

  // The reference is one of the repositories in which the paths of the command line are; those below are submodules.
  void add_root(const GitRepository* repository) { of_[repository].is_root = true; }

  Result<bool> is_changed(const GitRepository* repository, const std::string& real) {
    Changes& changes = of_[repository];
    if (!changes.is_known) {
      const auto base = base_of(repository);
      if (!base) return base.error();
      changes.is_known = true;
      changes.all = base->empty();
      if (!changes.all) {
        auto files = repository->changed_since(*base);
        if (!files) return files.error();
        changes.files = std::move(*files);
      }
    }
    return changes.all || changes.files.count(real) > 0;
  }

 private:
  struct Changes {
    bool is_root = false;
    bool is_known = false;
    bool all = false;  // the whole repository is new
    std::set<std::string> files;
  };

  // The commit to compare with; empty where there was nothing. A submodule was at the commit that its superproject had.
  Result<std::string> base_of(const GitRepository* repository) {
    const GitRepository* around = nullptr;
    const fs::path root(repository->root());
    if (!of_[repository].is_root && root.has_relative_path()) around = repositories_.of(root.parent_path().string());
    if (around == nullptr) return repository->base_of(reference_);
    auto base = base_of(around);
    if (!base || base->empty()) return base;
    return around->submodule_commit(*base, repository->root());
  }

  GitRepositories& repositories_;
  std::string reference_;
  std::map<const GitRepository*, Changes> of_;
};

Result<InputFiles> files_since(std::span<const std::string> paths, const std::string& reference,
                               const WantsFile& wants) {
  constexpr std::string_view kOption = "--since";
  Discovery found = discover(paths, wants);
  GitRepositories repositories;
  ChangesSince changes(repositories, reference);
  for (const std::string& path : paths) {
    const auto real = real_path(path);
    if (!real) return real.error();
    const GitRepository* repository = repositories.of(*real);
    if (repository != nullptr) changes.add_root(repository);
  }
  InputFiles files;
  files.errors = std::move(found.errors);
  for (std::string& path : found.files) {
    const auto real = real_path(path);
    if (!real) return real.error();
    const GitRepository* repository = repositories.of(*real);
    if (repository == nullptr) return no_repository(path, kOption);
    const auto is_changed = changes.is_changed(repository, *real);
    if (!is_changed) return is_changed.error();
    files.files.push_back({std::move(path), std::nullopt, !*is_changed});
  }
  return files;
}

// A file of an index, with its name as the user would write it.
struct NamedStagedFile {
  const GitRepository* repository = nullptr;
  StagedFile file;
  std::string name;
};

// Those at or below a path, in the order of their versions.
Result<std::vector<NamedStagedFile>> staged_below(const std::string& path, const std::string& real,
                                                  GitRepositories& repositories, const WantsFile& wants) {
  const GitRepository* repository = repositories.of(real);
  if (repository == nullptr) return no_repository(path, "--staged");
  auto staged = repository->staged_files(real);
  if (!staged) return staged.error();
  std::vector<NamedStagedFile> found;
  for (StagedFile& file : *staged) {
    if (file.path == real) {
      found.push_back({repository, std::move(file), path});
      continue;
    }
    const std::string below = file.path.substr(real == "/" ? 1 : real.size() + 1);
    std::string name = join_path(path, below);
    if (is_found_in_directory(below, name, wants)) found.push_back({repository, std::move(file), std::move(name)});
  }
  std::sort(found.begin(), found.end(),
            [](const NamedStagedFile& a, const NamedStagedFile& b) { return natural_less(a.name, b.name); });
  return found;
}

// Reads the files from their repositories, at one go each.
Result<std::vector<InputFile>> read_staged(std::vector<NamedStagedFile> staged) {
  std::map<const GitRepository*, std::vector<std::size_t>> by_repository;
  for (std::size_t i = 0; i < staged.size(); ++i) by_repository[staged[i].repository].push_back(i);
  std::vector<InputFile> files(staged.size());
  for (const auto& [repository, indexes] : by_repository) {
    std::vector<std::string> objects;
    for (const std::size_t i : indexes) objects.push_back(staged[i].file.object);
    auto contents = repository->contents(objects);
    if (!contents) return contents.error();
    for (std::size_t at = 0; at < indexes.size(); ++at) {
      NamedStagedFile& file = staged[indexes[at]];
      files[indexes[at]] = {std::move(file.name), std::move((*contents)[at]), !file.file.is_changed};
    }
  }
  return files;
}

Result<InputFiles> staged_files(std::span<const std::string> paths, const WantsFile& wants) {
  InputFiles files;
  GitRepositories repositories;
  std::vector<NamedStagedFile> staged;
  std::set<std::string> seen;
  for (const std::string& path : paths) {
    const auto real = real_path(path);
    if (!real) return real.error();
    auto below = staged_below(path, *real, repositories, wants);
    if (!below) return below.error();
    std::error_code failed;
    if (below->empty() && !fs::exists(path, failed)) files.errors.push_back(path_error(path, ENOENT));
    for (NamedStagedFile& file : *below) {
      if (seen.insert(file.file.path).second) staged.push_back(std::move(file));
    }
  }
  while (!staged.empty() && !staged.back().file.is_changed) staged.pop_back();
  auto read = read_staged(std::move(staged));
  if (!read) return read.error();
  files.files = std::move(*read);
  return files;
}

// All that was found, in its order; what stands among the paths itself is new.
Result<InputFiles> named_files(std::span<const std::string> paths, const WantsFile& wants) {
  std::set<std::string> named;
  for (const std::string& path : paths) {
    auto real = real_path(path);
    if (!real) return real.error();
    named.insert(std::move(*real));
  }
  Discovery found = discover(paths, wants);
  InputFiles files;
  files.errors = std::move(found.errors);
  for (std::string& path : found.files) {
    const auto real = real_path(path);
    if (!real) return real.error();
    files.files.push_back({std::move(path), std::nullopt, named.count(*real) == 0});
  }
  return files;
}

}  // namespace

po::options_description change_options(ChangeOptions& options) {
  po::options_description table("Only what is new (older files are replayed as history)");
  table.add_options()  //
      ("named", po::bool_switch(&options.named),
       "files that are named; others, found in the directories that are named (if none is, in this one), are older")  //
      ("since", po::value(&options.since)->value_name("COMMIT"),
       "files that were added or changed since then, untracked ones too")                            //
      ("staged", po::bool_switch(&options.staged), "files that the next commit changes, as staged")  //
      ("applied-until", po::value(&options.applied_until)->value_name("VERSION"), "files with a later version");
  return table;
}

std::vector<std::string> searched_paths(const std::vector<std::string>& named, const ChangeOptions& options) {
  if (named.empty()) return {"."};
  std::vector<std::string> paths = named;
  if (!options.named) return paths;
  std::error_code failed;
  const auto files = std::stable_partition(paths.begin(), paths.end(),
                                           [&](const std::string& path) { return fs::is_directory(path, failed); });
  if (files == paths.begin()) paths.insert(paths.begin(), ".");
  return paths;
}

Result<InputFiles> find_input_files(std::span<const std::string> paths, const ChangeOptions& options,
                                    const WantsFile& wants) {
  if (options.since.empty() && !options.staged && !options.named) {
    Discovery found = discover(paths, wants);
    InputFiles files;
    files.errors = std::move(found.errors);
    for (std::string& path : found.files) files.files.push_back({std::move(path), std::nullopt, false});
    return files;
  }
  if (!options.since.empty() && options.staged) return Error{"--since and --staged exclude each other"};
  if (options.named && (options.staged || !options.since.empty())) {
    return Error{fmt::format("--named and {} exclude each other", options.staged ? "--staged" : "--since")};
  }
  if (std::find(paths.begin(), paths.end(), "-") != paths.end()) {
    if (options.named) return Error{"--named does not go with standard input, which has no place among the files"};
    return Error{fmt::format("{} does not go with standard input, of which Git knows nothing",
                             options.staged ? "--staged" : "--since")};
  }
  auto files = options.named    ? named_files(paths, wants)
               : options.staged ? staged_files(paths, wants)
                                : files_since(paths, options.since, wants);
  if (!files) return files;
  while (!files->files.empty() && files->files.back().is_history) files->files.pop_back();
  return files;
}

void mark_applied(Script& script, const std::string& applied_until) {
  const std::string_view version =
      script.version.empty() ? migration_version(script.file->path()) : std::string_view(script.version);
  if (!version.empty() && compare_versions(version, applied_until) <= 0) script.is_history = true;
}

}  // namespace pglatch
