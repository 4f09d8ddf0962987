#include "analyzer/cli/environment.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "analyzer/config/paths.h"
#include "analyzer/report/sarif_location.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

std::string_view value_of(const Environment& environment, const char* name) {
  const char* value = environment(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool forces(const Environment& environment, const char* name) {
  const std::string_view value = value_of(environment, name);
  return !value.empty() && value != "0";
}

bool is_below(std::string_view path, std::string_view folder) {
  return path == folder || folder == "/" || (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
}

}  // namespace

Environment process_environment() {
  return [](const char* name) -> const char* { return std::getenv(name); };
}

bool wants_color(std::string_view when, bool is_terminal, const Environment& environment) {
  if (when == "always") return true;
  if (when == "never") return false;
  if (!value_of(environment, "NO_COLOR").empty()) return false;
  if (forces(environment, "FORCE_COLOR") || forces(environment, "CLICOLOR_FORCE")) return true;
  if (value_of(environment, "CLICOLOR") == "0") return false;
  return is_terminal && value_of(environment, "TERM") != "dumb";
}

bool log_has_commands(const Environment& environment) {
  return !value_of(environment, "GITHUB_ACTIONS").empty() || !value_of(environment, "TF_BUILD").empty();
}

std::string checkout_root(const std::string& folder, const Environment& environment) {
  constexpr std::array<const char*, 3> kNamed = {"GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY"};
  for (const char* name : kNamed) {
    const std::string_view value = value_of(environment, name);
    if (!value.starts_with('/')) continue;
    std::string root = absolute_path(std::string(value));
    if (root.size() > 1 && root.ends_with('/')) root.pop_back();
    if (is_below(folder, root)) return root;
  }
  std::error_code ignored;
  for (std::string at = folder;; at = folder_of(at)) {
    if (fs::exists(fs::path(at) / ".git", ignored)) return at;
    if (at == "/" || at.empty()) return {};
  }
}

std::string path_in_checkout(const std::string& path, const std::string& root) {
  if (root.empty() || path == "-") return path;
  const std::string absolute = absolute_path(path);
  return is_below(absolute, root) ? relative_path(absolute, root) : path;
}

std::string working_directory_uri() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  std::error_code failed;
  const std::string path = fs::current_path(failed).string();
  if (failed) return {};
  return "file://" + uri_of(host.data()) + uri_of(path).substr(std::string_view("file://").size());
}

}  // namespace pglatch
