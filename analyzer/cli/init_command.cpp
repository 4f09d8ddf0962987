// `pglatch init`: the files that a project needs to begin. What is there already is never touched.
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <ostream>
#include <system_error>

#include "analyzer/base/file.h"
#include "analyzer/cli/choices.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/options.h"
#include "analyzer/cli/starter_config.h"
#include "analyzer/cli/starter_texts.h"
#include "analyzer/config/config.h"
#include "analyzer/report/terminal_text.h"
#include "analyzer/source/discovery.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

namespace fs = std::filesystem;

// A text of integrations/ and where its tool looks for it.
struct Starter {
  std::string_view name;
  std::string_view path;
};

constexpr Starter kPreCommit{"pre-commit", ".pre-commit-config.yaml"};
constexpr std::array<Starter, 4> kSystems{{{"github", ".github/workflows/pglatch.yml"},
                                           {"gitlab", ".gitlab-ci.yml"},
                                           {"azure", "azure-pipelines.yml"},
                                           {"jenkins", "Jenkinsfile"}}};

// integrations/ has the text for a folder `migrations`; here it is for the project's.
constexpr std::string_view kShownFolder = "migrations";

bool is_plain(const std::string& folder) {
  return std::all_of(folder.begin(), folder.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '/' || c == '.';
  });
}

// The innermost folder that holds all migrations and needs no quotes in YAML, a regular expression or a shell.
std::string folder_of_all(const Project& project) {
  if (project.migrations.empty()) return std::string(kShownFolder);
  fs::path common = project.migrations.front().folder;
  const auto holds_all = [&] {
    return std::all_of(project.migrations.begin(), project.migrations.end(), [&](const MigrationFolder& each) {
      const fs::path path = each.folder;
      return std::mismatch(common.begin(), common.end(), path.begin(), path.end()).first == common.end();
    });
  };
  while (!common.empty() && (!holds_all() || !is_plain(common.string()))) common = common.parent_path();
  return common.empty() ? "." : common.string();
}

std::string for_folder(std::string_view text, const std::string& folder) {
  const std::string prefix = folder == "." ? "" : folder + '/';
  std::string out;
  while (!text.empty()) {
    std::string line(text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1));
    text.remove_prefix(line.size());
    // What the job is called, and what a comment says, has nothing to do with the folder.
    const bool is_prose = line.starts_with('#') || line.find("ame: ") != std::string::npos;
    std::size_t at = is_prose ? std::string::npos : line.find(kShownFolder);
    while (at != std::string::npos) {
      const bool is_prefix = at + kShownFolder.size() < line.size() && line[at + kShownFolder.size()] == '/';
      const std::string& with = is_prefix ? prefix : folder;
      line.replace(at, kShownFolder.size() + (is_prefix ? 1 : 0), with);
      at = line.find(kShownFolder, at + with.size());
    }
    out += line;
  }
  return out;
}

// Counts what it does, and says it.
class Files {
 public:
  Files(std::string folder, Streams& streams) : folder_(std::move(folder)), streams_(streams) {}

  /// Where the file is there, its user may have to put the text into it.
  void write(std::string_view path, std::string_view text, bool is_to_be_merged) {
    const std::string full = join_path(folder_, path);
    std::error_code failed;
    // A broken link is something too.
    if (fs::exists(fs::symlink_status(full, failed))) {
      fmt::print(streams_.err, "pglatch: {} is there already and stays as it is{}\n", printable(full),
                 is_to_be_merged ? "; what to add to it is on standard output" : "");
      if (is_to_be_merged) streams_.out << '\n' << text << '\n';
      return;
    }
    fs::create_directories(fs::path(full).parent_path(), failed);
    if (const auto error = write_file_atomically(full, text)) {
      print_error(streams_, *error);
      failed_ = true;
      return;
    }
    ++written_;
    fmt::print(streams_.out, "wrote {}\n", printable(full));
  }

  [[nodiscard]] int status() const { return failed_ || written_ == 0 ? kFailed : kClean; }

 private:
  std::string folder_;
  Streams& streams_;
  std::size_t written_ = 0;
  bool failed_ = false;
};

void tell(const Project& project, const std::string& folder, Streams& streams) {
  for (const MigrationFolder& migrations : project.migrations) {
    fmt::print(streams.out, "found {}\n", describe(migrations));
  }
  for (const std::string& dump : project.dumps) fmt::print(streams.out, "found a pg_dump: {}\n", printable(dump));
  if (project.migrations.empty()) {
    fmt::print(streams.out, "found no migrations below {}\n", printable(folder));
  }
}

}  // namespace

int run_init(const std::vector<std::string>& arguments, Streams& streams) {
  std::vector<std::string> folders;
  std::vector<std::string> systems;
  bool pre_commit = false;
  po::options_description table("Files besides pglatch.toml");
  table.add_options()  //
      ("pre-commit", po::bool_switch(&pre_commit), ".pre-commit-config.yaml: lints what is committed")(
          "ci", one_of(&systems, names_of(kSystems))->value_name("SYSTEM"),
          "the gate for github, gitlab, azure or jenkins; repeatable");
  if (const auto status = parse_command_line("init", table, arguments, folders, streams)) return *status;
  std::vector<Starter> starters;
  if (pre_commit) starters.push_back(kPreCommit);
  for (const std::string& name : systems) {
    const auto known = std::find_if(kSystems.begin(), kSystems.end(), [&](const Starter& s) { return s.name == name; });
    if (known == kSystems.end()) {
      print_error(streams, {fmt::format("--ci {}: there are {}", name, fmt::join(names_of(kSystems), ", "))});
      return kFailed;
    }
    starters.push_back(*known);
  }
  if (folders.size() > 1) {
    print_error(streams, {"init takes one DIR: the root of the project"});
    return kFailed;
  }
  const std::string folder = folders.empty() ? "." : folders.front();
  const auto project = look_at_project(folder);
  if (!project) {
    print_error(streams, project.error());
    return kFailed;
  }

  tell(*project, folder, streams);
  Files files(folder, streams);
  files.write(kConfigFileName, write_starter_config(*project), false);
  const std::string migrations = folder_of_all(*project);
  for (const Starter& starter : starters)
    files.write(starter.path, for_folder(starter_text(starter.name), migrations), true);
  return files.status();
}

}  // namespace pglatch
