#include "analyzer/base/edit_distance.h"

#include <gtest/gtest.h>

#include <vector>

namespace pglatch {
namespace {

TEST(EditDistanceTest, CountsTheChanges) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("select", "selct"), 1U);
  EXPECT_EQ(edit_distance("selct", "select"), 1U);
}

TEST(NearestWordTest, FindsWhatCanHaveBeenMeant) {
  const std::vector<std::string_view> words = {"select", "ignore", "severity", "schema", "schema-complete"};
  EXPECT_EQ(nearest_word("selct", words), "select");
  EXPECT_EQ(nearest_word("severty", words), "severity");
  // Longer by much, but the only one that goes on like this.
  EXPECT_EQ(nearest_word("ig", words), "ignore");
  EXPECT_EQ(nearest_word("schema-c", words), "schema-complete");
  // Two go on like this: the nearer one.
  EXPECT_EQ(nearest_word("schem", words), "schema");
}

TEST(NearestWordTest, SaysNothingRatherThanNonsense) {
  const std::vector<std::string_view> words = {"select", "ignore"};
  EXPECT_EQ(nearest_word("completely-else", words), "");
  EXPECT_EQ(nearest_word("", words), "");
  EXPECT_EQ(nearest_word("x", words), "");
  EXPECT_EQ(nearest_word("select", {}), "");
}

}  // namespace
}  // namespace pglatch
