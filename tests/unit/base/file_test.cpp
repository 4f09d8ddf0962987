#include "analyzer/base/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>

#include "tests/support/temp_dir.h"
#include "tests/unit/base/unprivileged.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string content(const fs::path& path) {
  Result<std::string> bytes = read_file(path.string());
  EXPECT_TRUE(bytes.ok()) << (bytes.ok() ? "" : bytes.error().message);
  return bytes.ok() ? *bytes : "";
}

std::string read_error(const fs::path& path, std::size_t max_bytes = 1 << 20) {
  Result<std::string> bytes = read_file(path.string(), max_bytes);
  EXPECT_FALSE(bytes.ok()) << path << " could be read";
  return bytes.ok() ? "" : bytes.error().message;
}

std::size_t count_entries(const fs::path& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

TEST(ReadFileTest, GivesTheBytesAsTheyAre) {
  const TempDir dir;
  const std::string bytes("a\0b\r\n\xFF", 6);
  EXPECT_EQ(content(dir.write("bytes", bytes)), bytes);
  EXPECT_EQ(content(dir.write("empty", "")), "");
  const std::string large(100'000, 'x');
  EXPECT_EQ(content(dir.write("large", large)), large);
}

TEST(ReadFileTest, ReadsFilesThatClaimToBeEmpty) { EXPECT_THAT(content("/proc/self/status"), HasSubstr("Name:")); }

TEST(ReadFileTest, SaysWhatIsWrongAndWhatToDo) {
  const TempDir dir;
  const fs::path missing = dir.path() / "missing.sql";
  EXPECT_EQ(read_error(missing), missing.string() + ": no such file or directory; check the path");
  EXPECT_THAT(read_error(dir.path()), EndsWith(": is a directory, not a file; name a file in it"));
  fs::create_symlink("nowhere.sql", dir.path() / "broken.sql");
  EXPECT_THAT(read_error(dir.path() / "broken.sql"),
              EndsWith("is a broken link to nowhere.sql; restore the target or remove the link"));
  fs::create_symlink("loop.sql", dir.path() / "loop.sql");
  EXPECT_THAT(read_error(dir.path() / "loop.sql"), HasSubstr("is a link that leads back to itself"));
  EXPECT_THAT(read_error("/dev/null"), HasSubstr("is a device, not a regular file"));
  EXPECT_THAT(read_error(dir.write("file", "x") / "below"), HasSubstr("cannot be opened: Not a directory"));
}

TEST(ReadFileTest, DoesNotWaitForAPipeOrSocket) {
  const TempDir dir;
  const fs::path pipe = dir.path() / "pipe.sql";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(read_error(pipe), HasSubstr("is a pipe, not a regular file"));

  const fs::path socket = dir.path() / "s";
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_GE(descriptor, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(socket.string().size(), sizeof(address.sun_path));
  std::strcpy(address.sun_path, socket.c_str());
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_THAT(read_error(socket), HasSubstr("is a socket, not a regular file"));
  ::close(descriptor);
}

TEST(ReadFileTest, RefusesWhatIsTooLarge) {
  const TempDir dir;
  const fs::path path = dir.write("five", "12345");
  EXPECT_TRUE(read_file(path.string(), 5).ok());
  EXPECT_THAT(read_error(path, 4), EndsWith("is larger than 4 bytes, the most that can be read; split it"));
  EXPECT_THAT(read_error("/proc/self/status", 4), HasSubstr("is larger than 4 bytes"));
}

TEST(ReadFileTest, SaysWhenItMayNotRead) {
  const TempDir dir;
  const fs::path path = dir.write("secret.sql", "SELECT 1;");
  fs::permissions(dir.path(), fs::perms::all);
  fs::permissions(path, fs::perms::none);
  const Unprivileged unprivileged;
  if (!unprivileged) GTEST_SKIP() << "root that cannot become another user reads everything";
  EXPECT_THAT(read_error(path), EndsWith("permission denied; make it readable for the user who runs pglatch"));
}

TEST(WriteFileTest, MakesAndReplaces) {
  const TempDir dir;
  const fs::path path = dir.path() / "a.sql";
  EXPECT_EQ(write_file_atomically(path.string(), "one"), std::nullopt);
  EXPECT_EQ(content(path), "one");
  EXPECT_EQ(write_file_atomically(path.string(), std::string(100'000, 'y')), std::nullopt);
  EXPECT_EQ(content(path), std::string(100'000, 'y'));
  EXPECT_EQ(write_file_atomically(path.string(), ""), std::nullopt);
  EXPECT_EQ(content(path), "");
  EXPECT_EQ(count_entries(dir.path()), 1U) << "a temporary file was left behind";
}

TEST(WriteFileTest, KeepsPermissions) {
  const TempDir dir;
  const fs::path path = dir.write("a.sql", "old");
  for (const mode_t mode : {0640U, 0755U, 0600U}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    ASSERT_EQ(write_file_atomically(path.string(), "new"), std::nullopt);
    EXPECT_EQ(mode_of(path), mode);
  }
  const mode_t mask = ::umask(027);
  EXPECT_EQ(write_file_atomically((dir.path() / "new.sql").string(), "new"), std::nullopt);
  ::umask(mask);
  EXPECT_EQ(mode_of(dir.path() / "new.sql"), 0640U) << "a new file is made as the user's umask says";
}

TEST(WriteFileTest, KeepsTheOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file to somebody else";
  const TempDir dir;
  const fs::path path = dir.write("a.sql", "old");
  if (::chown(path.c_str(), 65534, 65534) != 0) GTEST_SKIP() << "this root cannot give files away";
  ASSERT_EQ(write_file_atomically(path.string(), "new"), std::nullopt);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 65534U);
  EXPECT_EQ(status.st_gid, 65534U);
}

TEST(WriteFileTest, ReplacesTheTargetOfALink) {
  const TempDir dir;
  dir.write("real/a.sql", "old");
  fs::create_directory(dir.path() / "links");
  fs::create_symlink("../real/a.sql", dir.path() / "links/first.sql");
  fs::create_symlink("first.sql", dir.path() / "links/second.sql");
  ASSERT_EQ(write_file_atomically((dir.path() / "links/second.sql").string(), "new"), std::nullopt);
  EXPECT_TRUE(fs::is_symlink(dir.path() / "links/first.sql"));
  EXPECT_TRUE(fs::is_symlink(dir.path() / "links/second.sql"));
  EXPECT_FALSE(fs::is_symlink(dir.path() / "real/a.sql"));
  EXPECT_EQ(content(dir.path() / "real/a.sql"), "new");
  EXPECT_EQ(count_entries(dir.path() / "links"), 2U);
}

TEST(WriteFileTest, TakesTheLongestNameThereIs) {
  const TempDir dir;
  const fs::path path = dir.path() / std::string(255, 'a');
  EXPECT_EQ(write_file_atomically(path.string(), "x"), std::nullopt);
  EXPECT_EQ(content(path), "x");
}

TEST(WriteFileTest, RelativePathsAreOfTheCurrentDirectory) {
  const TempDir dir;
  const fs::path before = fs::current_path();
  fs::current_path(dir.path());
  const auto error = write_file_atomically("a.sql", "x");
  fs::current_path(before);
  EXPECT_EQ(error, std::nullopt);
  EXPECT_EQ(content(dir.path() / "a.sql"), "x");
}

TEST(WriteFileTest, RefusesWhatIsNoFile) {
  const TempDir dir;
  fs::create_symlink("nowhere.sql", dir.path() / "broken.sql");
  const std::pair<fs::path, std::string> cases[] = {
      {dir.path(), "is a directory, not a file"},
      {"/dev/null", "is a device, not a regular file; name another one"},
      {dir.path() / "broken.sql", "is a broken link to nowhere.sql"},
      {dir.path() / "no/such/folder.sql", "cannot be written: there is no " + (dir.path() / "no/such").string()},
  };
  for (const auto& [path, problem] : cases) {
    const std::optional<Error> error = write_file_atomically(path.string(), "x");
    ASSERT_NE(error, std::nullopt) << path;
    EXPECT_THAT(error->message, HasSubstr(path.string() + ": " + problem));
  }
  EXPECT_TRUE(fs::is_symlink(dir.path() / "broken.sql"));
}

TEST(WriteFileTest, AReadOnlyFileStaysAsItIs) {
  const TempDir dir;
  const fs::path path = dir.write("a.sql", "old");
  fs::permissions(dir.path(), fs::perms::all);
  ASSERT_EQ(::chmod(path.c_str(), 0444), 0);
  const Unprivileged unprivileged;
  if (!unprivileged) GTEST_SKIP() << "root that cannot become another user writes everything";
  const std::optional<Error> error = write_file_atomically(path.string(), "new");
  ASSERT_NE(error, std::nullopt);
  EXPECT_THAT(error->message, EndsWith("cannot be written: Permission denied; make it writable"));
  EXPECT_EQ(content(path), "old");
}

TEST(WriteFileTest, AReadOnlyDirectoryIsAnError) {
  const TempDir dir;
  const fs::path path = dir.write("sub/a.sql", "old");
  ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
  ASSERT_EQ(::chmod(path.parent_path().c_str(), 0555), 0);
  fs::permissions(dir.path(), fs::perms::all);
  const Unprivileged unprivileged;
  if (!unprivileged) GTEST_SKIP() << "root that cannot become another user writes everywhere";
  const std::optional<Error> error = write_file_atomically(path.string(), "new");
  ASSERT_NE(error, std::nullopt);
  EXPECT_THAT(error->message, HasSubstr("cannot be written: no new file in"));
  EXPECT_EQ(content(path), "old");
}

// The disk is full half way: a limit on file sizes makes write() fail the same way.
TEST(WriteFileTest, AFailureHalfWayLosesNothing) {
  const TempDir dir;
  const fs::path path = dir.write("a.sql", "old");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4096;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::optional<Error> error = write_file_atomically(path.string(), std::string(1 << 20, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_NE(error, std::nullopt);
  EXPECT_THAT(error->message, EndsWith("cannot be written: File too large; the file is as it was"));
  EXPECT_EQ(content(path), "old");
  EXPECT_EQ(count_entries(dir.path()), 1U) << "a temporary file was left behind";
}

TEST(WriteFileTest, AReaderSeesTheOldOrTheNewFileOnly) {
  const TempDir dir;
  const std::string one(50'000, '1');
  const std::string two(70'000, '2');
  const fs::path path = dir.write("a.sql", one);
  std::thread writer([&] {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(write_file_atomically(path.string(), i % 2 == 0 ? two : one), std::nullopt);
  });
  for (int i = 0; i < 200; ++i) {
    const std::string seen = content(path);
    EXPECT_TRUE(seen == one || seen == two) << "a file of " << seen.size() << " bytes";
  }
  writer.join();
}

}  // namespace
}  // namespace pglatch::testing
