#include "analyzer/report/sentence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pglatch {
namespace {

using ::testing::ElementsAre;

TEST(SentenceTest, SplitsAfterTheFirst) {
  const auto split = [](std::string_view text) {
    const Sentences sentences = split_first_sentence(text);
    return std::string(sentences.first) + "|" + std::string(sentences.rest);
  };
  EXPECT_EQ(split("Blocks public.orders. Writers  wait. Long."), "Blocks public.orders.|Writers  wait. Long.");
  EXPECT_EQ(split("Only one."), "Only one.|");
  EXPECT_EQ(split("No stop"), "No stop|");
  EXPECT_EQ(split(""), "|");
  EXPECT_EQ(split("Table \"a. b\" (it has one. really) is read, e.g. by you! So."),
            "Table \"a. b\" (it has one. really) is read, e.g. by you!|So.");
  EXPECT_EQ(split("An open \" quote. Or two."), "An open \" quote. Or two.|");
}

TEST(SentenceTest, WrapsAtBlanks) {
  EXPECT_THAT(wrap("one two three four", 9), ElementsAre("one two", "three", "four"));
  EXPECT_THAT(wrap("a-very-long-word b", 5), ElementsAre("a-very-long-word", "b"));
  EXPECT_THAT(wrap("日本 日本 é", 9), ElementsAre("日本 日本", "é"));
  EXPECT_THAT(wrap("Use:\n    CREATE INDEX i\n\nend\n", 15),
              ElementsAre("Use:", "    CREATE", "    INDEX i", "", "end"));
  EXPECT_THAT(wrap("", 10), ElementsAre());
}

TEST(SentenceTest, TruncatesBetweenCharacters) {
  EXPECT_EQ(truncate("abcdef", 6), "abcdef");
  EXPECT_EQ(truncate("abcdefg", 6), "abc…");
  EXPECT_EQ(truncate("abééé", 6), "ab…");
}

}  // namespace
}  // namespace pglatch
