#include "analyzer/source/source_file.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string error_of(std::string bytes) {
  const auto file = make_source_file("a.sql", std::move(bytes));
  return file.ok() ? "no error" : file.error().message;
}

TEST(SourceFileTest, KeepsTextAndPath) {
  for (const std::string text : {"", "SELECT 1;", "SELECT 'é😀';\r\n", "\r", "\t"}) {
    const auto file = make_source_file("dir/a.sql", text);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ((*file)->path(), "dir/a.sql");
    EXPECT_EQ((*file)->text(), text);
    EXPECT_FALSE((*file)->has_bom());
  }
}

TEST(SourceFileTest, OffsetsCountFromBehindTheByteOrderMark) {
  const auto file = make_source_file("a.sql", "\xEF\xBB\xBFSELECT 1;\n");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->has_bom());
  EXPECT_EQ((*file)->text(), "SELECT 1;\n");
  EXPECT_EQ((*file)->lines().position(0, ColumnUnit::bytes), (Position{1, 1}));
  const auto only = make_source_file("a.sql", "\xEF\xBB\xBF");
  ASSERT_TRUE(only.ok());
  EXPECT_EQ((*only)->text(), "");
  EXPECT_TRUE((*only)->has_bom());
}

TEST(SourceFileTest, BytesThatAreNotUtf8) {
  EXPECT_EQ(error_of("SELECT 'caf\xE9';"),
            "a.sql:1:12: byte 0xE9 is not UTF-8; convert the file, for example with iconv -f WINDOWS-1252 -t UTF-8");
  EXPECT_THAT(error_of("\xEF\xBB\xBFé😀\r\né\xC3"), StartsWith("a.sql:2:2: byte 0xC3 is not UTF-8"));
  EXPECT_THAT(error_of("a\rb\n\xED\xA0\x80"), StartsWith("a.sql:3:1: byte 0xED is not UTF-8")) << "a surrogate";
}

TEST(SourceFileTest, Utf16IsRecognised) {
  const std::string little("\xFF\xFES\0E\0", 6);
  const std::string big("\xFE\xFF\0S\0E", 6);
  EXPECT_EQ(error_of(little),
            "a.sql: is UTF-16; convert it to UTF-8, for example with iconv -f UTF-16 -t UTF-8 'a.sql'");
  EXPECT_EQ(error_of(big), error_of(little));
  EXPECT_THAT(error_of(std::string("S\0E\0", 4)), HasSubstr("if the file is UTF-16 convert it"));
}

TEST(SourceFileTest, NulBytesAreRefused) {
  EXPECT_THAT(error_of(std::string("SELECT 1;\né\0x", 14)), StartsWith("a.sql:2:2: a NUL byte"));
  EXPECT_THAT(error_of(std::string("\0", 1)), StartsWith("a.sql:1:1: a NUL byte"));
  EXPECT_THAT(error_of(std::string("a\0\xFF", 3)), StartsWith("a.sql:1:2: a NUL byte")) << "the first of two errors";
  EXPECT_THAT(error_of(std::string("a\xFF\0", 3)), StartsWith("a.sql:1:2: byte 0xFF")) << "the first of two errors";
}

TEST(SourceFileTest, ReadsFromDisk) {
  const TempDir dir;
  const std::string path = dir.write("a.sql", "\xEF\xBB\xBFSELECT 1;").string();
  const auto file = read_source_file(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->path(), path);
  EXPECT_EQ((*file)->text(), "SELECT 1;");
  const auto renamed = read_source_file(path, "shown.sql");
  ASSERT_TRUE(renamed.ok());
  EXPECT_EQ((*renamed)->path(), "shown.sql");

  const auto bad = read_source_file(dir.write("bad.sql", "\xFF").string(), "shown.sql");
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(bad.error().message, StartsWith("shown.sql:1:1: byte 0xFF"));
  const auto missing = read_source_file((dir.path() / "missing.sql").string());
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().message, EndsWith("missing.sql: no such file or directory; check the path"));
}

TEST(SourceFileTest, AFileAboveTheLimitIsRefusedUnread) {
  const TempDir dir;
  const auto path = dir.write("huge.sql", "");
  std::filesystem::resize_file(path, std::uintmax_t{kMaxFileBytes} + 1);  // sparse: takes no space
  const auto file = read_source_file(path.string());
  ASSERT_FALSE(file.ok());
  EXPECT_THAT(file.error().message, EndsWith("is larger than 1024 MiB, the most that can be read; split it"));
}

TEST(SourceFileTest, ManyThreadsMayAskForLines) {
  const auto file = make_source_file("a.sql", std::string(10'000, '\n'));
  ASSERT_TRUE(file.ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_EQ((*file)->lines().line_count(), 10'001U); });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace pglatch::testing
