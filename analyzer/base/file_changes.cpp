#include "analyzer/base/file_changes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <string_view>
#include <system_error>

#include "analyzer/base/file.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

Error failure(const std::string& path, std::string_view what, int error_number) {
  return Error{fmt::format("{}: {}: {}", path, what, std::generic_category().message(error_number))};
}

Error is_there(const std::string& path) {
  return Error{fmt::format("{}: there is such a file already, and none is written over; move it away", path)};
}

bool exists(const std::string& path) {
  std::error_code failed;
  return fs::exists(fs::symlink_status(path, failed));
}

// Gives an existing file a second name, which must be free.
std::optional<Error> give_name(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return std::nullopt;
  const int error = errno;
  if (error == EEXIST) return is_there(to);
  if (error != EPERM && error != EOPNOTSUPP && error != ENOSYS) return failure(to, "cannot be made", error);
  // A file system without hard links.
  if (exists(to)) return is_there(to);
  if (::rename(from.c_str(), to.c_str()) != 0) return failure(to, "cannot be made", errno);
  return std::nullopt;
}

class Changes {
 public:
  Changes() = default;
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;
  // What was done is undone, the last one first.
  ~Changes() {
    if (kept_) return;
    for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) (*undo)();
  }

  std::optional<Error> make(const FileChanges& changes) {
    for (const FileMove& each : changes.moved) {
      if (auto error = move(each)) return error;
    }
    for (const FileText& each : changes.created) {
      if (auto error = create(each)) return error;
    }
    for (const FileText& each : changes.replaced) {
      if (auto error = replace(each)) return error;
    }
    kept_ = true;
    for (const FileMove& each : changes.moved) remove_if_empty(fs::path(each.from).parent_path());
    return std::nullopt;
  }

 private:
  std::optional<Error> move(const FileMove& each) {
    if (auto error = make_folder_of(each.to)) return error;
    if (exists(each.to)) return is_there(each.to);
    if (::rename(each.from.c_str(), each.to.c_str()) != 0) return failure(each.from, "cannot be moved", errno);
    undo_.emplace_back([each] { static_cast<void>(::rename(each.to.c_str(), each.from.c_str())); });
    return std::nullopt;
  }

  std::optional<Error> create(const FileText& each) {
    if (auto error = make_folder_of(each.path)) return error;
    if (exists(each.path)) return is_there(each.path);
    const std::string unfinished =
        (fs::path(each.path).parent_path() / fmt::format(".pglatch-{}.new", ::getpid())).string();
    if (auto error = write_file_atomically(unfinished, each.text)) return error;
    auto error = give_name(unfinished, each.path);
    ::unlink(unfinished.c_str());
    if (error) return error;
    undo_.emplace_back([each] { ::unlink(each.path.c_str()); });
    return std::nullopt;
  }

  std::optional<Error> replace(const FileText& each) {
    if (!exists(each.path)) return create(each);
    const auto old = read_file(each.path);
    if (!old) return old.error();
    if (auto error = write_file_atomically(each.path, each.text)) return error;
    undo_.emplace_back([path = each.path, text = *old] { static_cast<void>(write_file_atomically(path, text)); });
    return std::nullopt;
  }

  // Those that were missing are removed again if the changes are taken back.
  std::optional<Error> make_folder_of(const std::string& path) {
    std::vector<std::string> missing;
    for (fs::path folder = fs::path(path).parent_path(); !folder.empty() && !exists(folder.string());
         folder = folder.parent_path()) {
      missing.push_back(folder.string());
    }
    for (auto folder = missing.rbegin(); folder != missing.rend(); ++folder) {
      if (::mkdir(folder->c_str(), 0777) != 0) return failure(*folder, "cannot be made", errno);
      undo_.emplace_back([made = *folder] { ::rmdir(made.c_str()); });
    }
    return std::nullopt;
  }

  static void remove_if_empty(const fs::path& folder) {
    if (!folder.empty()) ::rmdir(folder.c_str());  // fails where something is in it
  }

  std::vector<std::function<void()>> undo_;
  bool kept_ = false;
};

}  // namespace

std::optional<Error> make_changes(const FileChanges& changes) { return Changes().make(changes); }

}  // namespace pglatch
