#include "analyzer/source/markdown_fences.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pglatch::testing {
namespace {

// "language@line: content" of each block.
std::vector<std::string> blocks(std::string_view text) {
  std::vector<std::string> found;
  for (const FencedBlock& block : fenced_blocks(text)) {
    std::string all = block.language + "@" + std::to_string(block.line) + ":";
    for (const ByteRange part : block.parts) all += " " + std::string(part.of(text));
    EXPECT_LE(block.end, text.size());
    found.push_back(std::move(all));
  }
  return found;
}

using Blocks = std::vector<std::string>;

TEST(MarkdownFencesTest, ABlockEndsAtAFenceOfItsOwnKind) {
  EXPECT_EQ(blocks("a\n```sql\nSELECT 1;\n```\nb\n"), Blocks({"sql@2: SELECT 1;\n"}));
  EXPECT_EQ(blocks("~~~sql\n```\n~~~\n"), Blocks({"sql@1: ```\n"}));
  EXPECT_EQ(blocks("````sql\n```\nx\n`````\n"), Blocks({"sql@1: ```\nx\n"}));
  EXPECT_EQ(blocks("```\nx\n``` sql\n```\n"), Blocks({"@1: x\n``` sql\n"}));
}

TEST(MarkdownFencesTest, TheFirstWordOfTheInfoStringIsTheLanguage) {
  EXPECT_EQ(blocks("```SQL title=\"x\"\n```\n```{.sql .numberLines}\n```\n``` sql,linenos\n```\n"),
            Blocks({"sql@1:", "sql@3:", "sql@5:"}));
}

TEST(MarkdownFencesTest, FencesStandInListsAndQuotations) {
  EXPECT_EQ(blocks("- x\n   ```sql\n   SELECT 1;\n   ```\n"), Blocks({"sql@2:    SELECT 1;\n"}));
  EXPECT_EQ(blocks("1. ```sql\n   SELECT 1;\n   ```\n"), Blocks({"sql@1:    SELECT 1;\n"}));
  EXPECT_EQ(blocks("> ```sql\n> SELECT\n>  1;\n> ```\n"), Blocks({"sql@1:  SELECT\n   1;\n"}));
  EXPECT_EQ(blocks("> ```sql\n> SELECT 1;\nno quotation\n"), Blocks({"sql@1:  SELECT 1;\n"}));
}

TEST(MarkdownFencesTest, WhatIsNeverClosedGoesOnToTheEnd) {
  EXPECT_EQ(blocks("```sql\r\nSELECT 1;\r\n"), Blocks({"sql@1: SELECT 1;\r\n"}));
  EXPECT_EQ(blocks("```sql"), Blocks({"sql@1:"}));
  EXPECT_EQ(blocks(""), Blocks());
}

TEST(MarkdownFencesTest, CodeWithinASentenceIsNoFence) {
  EXPECT_EQ(blocks("```SELECT 1``` is a query\nx\n``\n"), Blocks());
}

}  // namespace
}  // namespace pglatch::testing
