#include "analyzer/report/line_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pglatch {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> hashes(std::string_view text, bool has_bom = false) {
  const LineHashes all(text, has_bom);
  std::vector<std::string> lines;
  for (std::uint32_t line = 1; line <= all.line_count(); ++line) lines.push_back(all.of_line(line));
  return lines;
}

// The values that github/codeql-action publishes with its implementation (src/fingerprints.test.ts).
TEST(LineHashTest, PublishedValues) {
  EXPECT_THAT(hashes(""), ElementsAre("c129715d7a2bc9a3:1"));
  EXPECT_THAT(hashes(" a\nb\n  \t\tc\n d"),
              ElementsAre("271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"));
  EXPECT_THAT(hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End"),
              ElementsAre("8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1", "c6805c5e1288b612:1",
                          "b86d3392aea1be30:1", "e6ceba753e1a442:1"));
}

TEST(LineHashTest, PublishedValuesForEveryLineEnding) {
  const auto expected =
      ElementsAre("e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1",
                  "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1");
  EXPECT_THAT(hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n"), expected);
  EXPECT_THAT(hashes(" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r"), expected);
  EXPECT_THAT(hashes(" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n"), expected);
  EXPECT_THAT(hashes(" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n"), expected);
}

TEST(LineHashTest, PublishedValuesForRepeatedLines) {
  std::string text;
  for (int line = 0; line < 10; ++line) text += "Lorem ipsum dolor sit amet.\n";
  EXPECT_THAT(hashes(text),
              ElementsAre("a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3", "a7f2ff13bc495cf2:4",
                          "a7f2ff13bc495cf2:5", "a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1",
                          "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1"));
}

// Computed with GitHub's algorithm in JavaScript, whose strings are UTF-16 and keep a byte order mark.
TEST(LineHashTest, CountsUtf16UnitsAndTheByteOrderMark) {
  EXPECT_THAT(hashes("-- é 😀\r\nselect 1"), ElementsAre("5f9252e2e5f0d516:1", "f94831ea77ebce34:1"));
  EXPECT_THAT(hashes("select 'é';\nselect '😀';\n", true),
              ElementsAre("83c40ec802868922:1", "b7a2e178ffc80c13:1", "c129715d7a2bc9a3:1"));
}

}  // namespace
}  // namespace pglatch
