#include "analyzer/base/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>

#include "analyzer/base/file.h"

namespace pglatch {
namespace {

using Kind = DirectoryEntry::Kind;

struct Close {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

Kind kind_of_mode(mode_t mode) noexcept {
  if (S_ISREG(mode)) return Kind::file;
  if (S_ISDIR(mode)) return Kind::directory;
  return S_ISLNK(mode) ? Kind::link : Kind::other;
}

// Some file systems tell the kind only where it is asked for.
Kind kind_of(const dirent& entry, int directory) noexcept {
  if (entry.d_type != DT_UNKNOWN) return kind_of_mode(DTTOIF(entry.d_type));
  struct stat status {};
  const bool is_known = ::fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  return is_known ? kind_of_mode(status.st_mode) : Kind::other;
}

}  // namespace

Result<std::vector<DirectoryEntry>> read_directory(const std::string& path) {
  const std::unique_ptr<DIR, Close> directory(::opendir(path.c_str()));
  if (directory == nullptr) return path_error(path, errno);
  std::vector<DirectoryEntry> entries;
  errno = 0;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") entries.push_back({std::string(name), kind_of(*entry, ::dirfd(directory.get()))});
    errno = 0;
  }
  if (errno != 0) return path_error(path, errno);
  return entries;
}

}  // namespace pglatch
