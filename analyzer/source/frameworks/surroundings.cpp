#include "analyzer/source/frameworks/surroundings.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "analyzer/base/file.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

// Project files are small; what is larger is something else.
constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

// No project is deeper; bounds the search where nothing marks its root.
constexpr int kMaxFolders = 16;

}  // namespace

Surroundings::File& Surroundings::file(const std::string& path) {
  const auto [known, is_new] = files_.try_emplace(path);
  std::error_code failed;
  if (is_new) known->second.is_there = fs::exists(path, failed);
  return known->second;
}

const std::string& Surroundings::path_beside(std::string_view path, std::string_view name) {
  wanted_ = path.substr(0, path.rfind('/') + 1);
  return wanted_ += name;
}

const std::optional<std::string>& Surroundings::text_of(const std::string& path) {
  File& found = file(path);
  if (found.is_there && !std::exchange(found.was_read, true)) {
    if (auto text = read_file(path, kMaxBytes)) found.text = std::move(*text);
  }
  return found.text;
}

bool Surroundings::has_beside(std::string_view path, std::string_view name) {
  return file(path_beside(path, name)).is_there;
}

const std::optional<std::string>& Surroundings::read_beside(std::string_view path, std::string_view name) {
  return text_of(path_beside(path, name));
}

bool Surroundings::project_mentions(std::string_view path, std::string_view name, std::string_view word) {
  std::string key = path_beside(path, name);
  (key += '\n') += word;
  const auto [known, is_new] = mentions_.try_emplace(std::move(key));
  if (is_new) known->second = look_for_mention(path, name, word);
  return known->second;
}

bool Surroundings::look_for_mention(std::string_view path, std::string_view name, std::string_view word) {
  std::error_code failed;
  fs::path folder = fs::absolute(path, failed).lexically_normal().parent_path();
  for (int i = 0; i < kMaxFolders && !failed; ++i) {
    const std::string candidate = (folder / name).string();
    if (word.empty()) {
      if (file(candidate).is_there) return true;
    } else if (const auto& text = text_of(candidate); text && text->find(word) != std::string::npos) {
      return true;
    }
    if (file((folder / ".git").string()).is_there || folder == folder.parent_path()) return false;
    folder = folder.parent_path();
  }
  return false;
}

}  // namespace pglatch
