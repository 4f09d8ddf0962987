#include "analyzer/config/paths.h"

#include <filesystem>
#include <system_error>

namespace pglatch {

namespace fs = std::filesystem;

std::string absolute_path(const std::string& path) {
  std::error_code failed;  // the working directory can be gone
  const fs::path absolute = fs::absolute(path, failed);
  return (failed ? fs::path(path) : absolute).lexically_normal().string();
}

std::string folder_of(const std::string& absolute) { return fs::path(absolute).parent_path().string(); }

std::string relative_path(const std::string& absolute, const std::string& folder) {
  const fs::path relative = fs::path(absolute).lexically_relative(folder);
  return relative.empty() ? absolute : relative.string();
}

std::string display_path(const std::string& path) {
  const std::string absolute = absolute_path(path);
  std::error_code failed;
  const fs::path here = fs::current_path(failed);
  return failed ? absolute : relative_path(absolute, here.string());
}

}  // namespace pglatch
