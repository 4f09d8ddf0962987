#include "analyzer/base/qualified_name.h"

#include <gtest/gtest.h>

#include <string>

#include "analyzer/base/ascii.h"

namespace pglatch {
namespace {

std::string read(std::string_view text) {
  const auto name = parse_qualified_name(text);
  return name ? name->schema + "|" + name->name : "no name";
}

TEST(QualifiedName, IsReadAsRegclassReadsIt) {
  EXPECT_EQ(read("orders"), "|orders");
  EXPECT_EQ(read("Shop.ORDERS"), "shop|orders");
  EXPECT_EQ(read(" \"Shop\".\"a.\"\"b\"\"\" "), "Shop|a.\"b\"");
}

TEST(QualifiedName, IsNothingWhereTheTextIsNone) {
  for (const std::string_view text : {"", ".", "a.", ".a", "a.b.c", "\"a", "a\"", "a b", "\"\"", "\"a\"b"}) {
    EXPECT_EQ(read(text), "no name") << text;
  }
}

TEST(Ascii, FoldsAndTrimsAsciiAlone) {
  EXPECT_EQ(to_lower("AbÄ_Z"), "abÄ_z");
  EXPECT_TRUE(equal_ignoring_case("UTC", "utc"));
  EXPECT_FALSE(equal_ignoring_case("UTC", "utc0"));
  EXPECT_EQ(trimmed(" \t\r\n\f\va b\n"), "a b");
  EXPECT_EQ(trimmed(" \n ", " "), "\n");
  EXPECT_EQ(trimmed("  "), "");
}

}  // namespace
}  // namespace pglatch
