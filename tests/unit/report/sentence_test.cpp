#include "analyzer/report/sentence.h"

#include <gtest/gtest.h>

namespace pglatch {
namespace {

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
  const auto wrap = [](std::string_view text, std::size_t width) {
    std::string out = "= ";
    append_wrapped(out, text, width, "| ");
    return out;
  };
  EXPECT_EQ(wrap("one two three four", 9), "= one two\n| three\n| four\n");
  EXPECT_EQ(wrap("\"two  blanks\"  are two  ", 15), "= \"two  blanks\"\n| are two\n");
  EXPECT_EQ(wrap("a-very-long-word b", 5), "= a-very-long-word\n| b\n");
  EXPECT_EQ(wrap("日本 日本 é", 9), "= 日本 日本\n| é\n");
  EXPECT_EQ(wrap("Use:\n    CREATE INDEX i\n\nend\n", 15), "= Use:\n|     CREATE\n|     INDEX i\n|\n| end\n");
  EXPECT_EQ(wrap("", 10), "= ");
}

TEST(SentenceTest, TruncatesBetweenCharacters) {
  EXPECT_EQ(truncate("abcdef", 6), "abcdef");
  EXPECT_EQ(truncate("abcdefg", 6), "abc…");
  EXPECT_EQ(truncate("abééé", 6), "ab…");
}

}  // namespace
}  // namespace pglatch
