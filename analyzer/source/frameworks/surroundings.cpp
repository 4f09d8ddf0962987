#include "analyzer/source/frameworks/surroundings.h"

#include <filesystem>
#include <system_error>

#include "analyzer/base/file.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

// Project files are small; what is larger is something else.
constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

// No project is deeper; bounds the search where nothing marks its root.
constexpr int kMaxFolders = 16;

bool is_there(const fs::path& path) {
  std::error_code failed;
  return fs::exists(path, failed);
}

std::optional<std::string> text_of(const fs::path& path) {
  if (!is_there(path)) return std::nullopt;
  auto text = read_file(path.string(), kMaxBytes);
  if (!text) return std::nullopt;
  return std::move(*text);
}

}  // namespace

bool has_beside(const std::string& path, std::string_view name) {
  return is_there(fs::path(path).parent_path() / name);
}

std::optional<std::string> read_beside(const std::string& path, std::string_view name) {
  return text_of(fs::path(path).parent_path() / name);
}

bool project_mentions(const std::string& path, std::string_view name, std::string_view word) {
  std::error_code failed;
  fs::path folder = fs::absolute(path, failed).lexically_normal().parent_path();
  for (int i = 0; i < kMaxFolders && !failed; ++i) {
    const fs::path candidate = folder / name;
    if (word.empty()) {
      if (is_there(candidate)) return true;
    } else if (const auto text = text_of(candidate); text && text->find(word) != std::string::npos) {
      return true;
    }
    if (is_there(folder / ".git") || folder == folder.parent_path()) return false;
    folder = folder.parent_path();
  }
  return false;
}

}  // namespace pglatch
