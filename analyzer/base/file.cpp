#include "analyzer/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace pglatch {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) noexcept : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }

  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] bool valid() const noexcept { return number_ >= 0; }
  bool close() noexcept { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

Error file_error(std::string_view path, std::string_view problem) { return {fmt::format("{}: {}", path, problem)}; }

std::string system_message(int error_number) { return std::generic_category().message(error_number); }

Error write_error(std::string_view path, int error_number) {
  return file_error(path, fmt::format("cannot be written: {}; the file is as it was", system_message(error_number)));
}

constexpr std::string_view kInsteadOfReading = "pass its content on standard input instead";

Error not_regular(std::string_view path, mode_t mode, std::string_view instead) {
  if (S_ISDIR(mode)) return file_error(path, "is a directory, not a file; name a file in it");
  const std::string_view kind = S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
  return file_error(path, fmt::format("is {}, not a regular file; {}", kind, instead));
}

Error too_large(std::string_view path, std::size_t max_bytes) {
  constexpr std::size_t kMebibyte = std::size_t{1} << 20;
  const std::string limit =
      max_bytes >= kMebibyte ? fmt::format("{} MiB", max_bytes / kMebibyte) : fmt::format("{} bytes", max_bytes);
  return file_error(path, fmt::format("is larger than {}, the most that can be read; split it", limit));
}

// Reads to the end: to where a read gives nothing or, asked for one byte more than are expected, just those. A file may
// yet grow or, under /proc, claim to be empty.
Result<std::string> read_all(std::string_view path, int descriptor, std::size_t expected, std::size_t max_bytes) {
  constexpr std::size_t kSmallestRead = 4096;
  std::string bytes;
  std::size_t size = 0;
  bytes.resize(expected + 1);  // one more, so that the end shows without a second allocation
  while (true) {
    if (bytes.size() == size) bytes.resize(size + std::max(size, kSmallestRead));
    const ssize_t got = ::read(descriptor, bytes.data() + size, bytes.size() - size);
    if (got < 0) {
      if (errno == EINTR) continue;
      return file_error(path, fmt::format("cannot be read: {}", system_message(errno)));
    }
    size += static_cast<std::size_t>(got);
    if (size > max_bytes) return too_large(path, max_bytes);
    if (got == 0 || (size == expected && expected > 0)) break;
  }
  bytes.resize(size);
  return bytes;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A new file of ours in a directory, removed unless it got its final name.
class TemporaryFile {
 public:
  TemporaryFile(const std::filesystem::path& directory, mode_t mode) {
    static std::atomic<unsigned> counter{0};
    // The name does not grow with the target's, which may be as long as names can be. A file left
    // behind by a process that was killed, and had our id, makes us take the next one.
    do {
      path_ = (directory / fmt::format(".pglatch-{}-{}.tmp", ::getpid(), counter++)).string();
      number_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    } while (number_ < 0 && errno == EEXIST);
    exists_ = number_ >= 0;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (exists_) ::unlink(path_.c_str());
  }

  /// Negative where the file could not be made (errno says why). Owned by the caller.
  [[nodiscard]] int descriptor() const noexcept { return number_; }

  bool rename_to(const std::string& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) return false;
    exists_ = false;
    return true;
  }

 private:
  std::string path_;
  int number_ = -1;
  bool exists_ = false;
};

// Makes a rename last through a power failure. Some file systems cannot; the content is safe without.
void sync_directory(const std::filesystem::path& directory) {
  const FileDescriptor descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.valid()) ::fsync(descriptor.get());
}

// A file that is replaced as another user (root, mostly) stays its owner's. Before chmod: chown clears set-id bits.
bool keep_owner_and_mode(int descriptor, const struct stat& old) {
  if (old.st_uid != ::geteuid() || old.st_gid != ::getegid()) {
    if (::fchown(descriptor, old.st_uid, old.st_gid) != 0 && errno != EPERM) return false;
  }
  return ::fchmod(descriptor, old.st_mode & 07777) == 0;
}

}  // namespace

Error path_error(const std::string& path, int error_number) {
  switch (error_number) {
    case ENOENT: {
      std::error_code failed;
      const std::filesystem::path target = std::filesystem::read_symlink(path, failed);
      if (failed) return file_error(path, "no such file or directory; check the path");
      return file_error(path,
                        fmt::format("is a broken link to {}; restore the target or remove the link", target.string()));
    }
    case ELOOP:
      return file_error(path, "is a link that leads back to itself; remove it or let it point at a file");
    case EACCES:
    case EPERM:
      return file_error(path, "permission denied; make it readable for the user who runs pglatch");
    default:
      return file_error(path, fmt::format("cannot be opened: {}", system_message(error_number)));
  }
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  // Not blocking: opening a pipe that nobody writes to would wait for ever.
  const FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor.valid()) {
    if (errno != ENXIO) return path_error(path, errno);
    return not_regular(path, S_IFSOCK, kInsteadOfReading);
  }
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) return path_error(path, errno);
  if (!S_ISREG(status.st_mode)) return not_regular(path, status.st_mode, kInsteadOfReading);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > max_bytes) return too_large(path, max_bytes);
  return read_all(path, descriptor.get(), size, max_bytes);
}

Result<std::string> read_standard_input(std::string_view name, std::size_t max_bytes) {
  return read_all(name, STDIN_FILENO, 0, max_bytes);
}

std::optional<Error> write_file_atomically(const std::string& path, std::string_view bytes) {
  struct stat old {};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  if (!exists) {
    const int error = errno;
    struct stat link {};
    if (error != ENOENT || ::lstat(path.c_str(), &link) == 0) return path_error(path, error);
  } else {
    if (!S_ISREG(old.st_mode)) return not_regular(path, old.st_mode, "name another one, or none for standard output");
    // rename() asks for the directory's permission only; a file that was made read-only is meant to stay.
    if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) {
      return file_error(path, fmt::format("cannot be written: {}; make it writable", system_message(errno)));
    }
  }

  std::error_code failed;
  const std::filesystem::path target = std::filesystem::weakly_canonical(path, failed);
  if (failed) return write_error(path, failed.value());
  const std::filesystem::path directory = target.parent_path();

  TemporaryFile file(directory, exists ? 0600 : 0666);
  if (file.descriptor() < 0) {
    if (errno == ENOENT) return file_error(path, fmt::format("cannot be written: there is no {}", directory.string()));
    return file_error(path, fmt::format("cannot be written: no new file in {}: {}{}", directory.string(),
                                        system_message(errno), exists ? "; the file is as it was" : ""));
  }
  FileDescriptor descriptor(file.descriptor());
  if (!write_all(descriptor.get(), bytes)) return write_error(path, errno);
  if (exists && !keep_owner_and_mode(descriptor.get(), old)) return write_error(path, errno);
  if (::fsync(descriptor.get()) != 0 || !descriptor.close()) return write_error(path, errno);
  if (!file.rename_to(target.string())) return write_error(path, errno);
  sync_directory(directory);
  return std::nullopt;
}

}  // namespace pglatch
