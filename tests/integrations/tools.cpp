#include "tests/integrations/tools.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/support/git_repo.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

const fs::path& npm_packages() {
  static const fs::path kPath = fs::path(PGLATCH_SOURCE_DIR) / "build/deps/integrations/node_modules";
  return kPath;
}

std::string search_path() {
  const char* path = std::getenv("PATH");
  return fs::path(PGLATCH_BINARY).parent_path().string() + ":" + (npm_packages() / ".bin").string() + ":" +
         (path == nullptr ? "/usr/bin:/bin" : path);
}

}  // namespace

std::string find_tool(const std::string& name) {
  if (name.starts_with("npm:")) {
    const fs::path file = npm_packages() / name.substr(4);
    return fs::exists(file) ? file.string() : "";
  }
  const std::string path = search_path();
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find(':', start), path.size());
    const fs::path file = fs::path(path.substr(start, end - start)) / name;
    if (::access(file.c_str(), X_OK) == 0) return file.string();
    start = end + 1;
  }
  return {};
}

fs::path source_file(const std::string& name) { return fs::path(PGLATCH_SOURCE_DIR) / name; }

std::string read_source(const std::string& name) {
  std::ifstream in(source_file(name), std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + name);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

ProcessResult Sandbox::run(const std::vector<std::string>& command, const fs::path& folder,
                           const std::vector<std::pair<std::string, std::string>>& more) const {
  ProcessOptions options;
  options.directory = path() / folder;
  options.environment = git_environment();
  options.environment.emplace_back("PATH", search_path());
  options.environment.emplace_back("HOME", path().string());
  options.environment.emplace_back("PRE_COMMIT_HOME", (path() / "pre-commit").string());
  options.environment.insert(options.environment.end(), more.begin(), more.end());
  // Of a CI system that runs the tests, or of a terminal, nothing is to be seen. Some tools take an empty variable for
  // one that is set.
  std::vector<std::string> line{"env"};
  for (const char* name : {"CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "TF_BUILD", "NO_COLOR",
                           "FORCE_COLOR", "CLICOLOR_FORCE"}) {
    if (std::none_of(more.begin(), more.end(), [&](const auto& variable) { return variable.first == name; })) {
      line.insert(line.end(), {"-u", name});
    }
  }
  line.insert(line.end(), command.begin(), command.end());
  return run_process(line, options);
}

std::string Sandbox::must(const std::vector<std::string>& command, const fs::path& folder) const {
  const ProcessResult result = run(command, folder);
  if (result.exit_code != 0) throw std::runtime_error(command.front() + ": " + result.err + result.out);
  return result.out;
}

fs::path Sandbox::make_project(const std::string& name) const {
  const fs::path folder = path() / name;
  must({source_file("fixtures/project/make.sh").string(), folder.string()}, path());
  return folder;
}

fs::path Sandbox::make_hooks() const {
  const fs::path folder = path() / "hooks";
  must({"git", "init", "--quiet", folder.string()}, path());
  fs::copy(source_file(".pre-commit-hooks.yaml"), folder / ".pre-commit-hooks.yaml");
  must({"git", "add", "--all"}, folder);
  must({"git", "-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "commit", "--quiet", "-m", "Hooks"},
       folder);
  must({"git", "tag", "v0.1.0"}, folder);
  return folder;
}

void Sandbox::play_risky(const fs::path& project) const {
  fs::copy(source_file("fixtures/project/risky"), project, fs::copy_options::recursive);
  must({"git", "add", "--all"}, project);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

std::string replaced(std::string text, const std::string& part, const std::string& by) {
  if (!has(text, part)) throw std::runtime_error("nowhere: " + part);
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + by.size())) {
    text.replace(at, part.size(), by);
  }
  return text;
}

}  // namespace pglatch::testing
