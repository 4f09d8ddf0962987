#include "analyzer/config/value_text.h"

#include <gtest/gtest.h>

#include <optional>

namespace pglatch {
namespace {

using Count = std::optional<std::uint64_t>;

struct SizeCase {
  std::string_view text;
  Count rows;
  Count bytes;
};

TEST(TableSizeTextTest, ReadsRowsAndBytes) {
  const SizeCase cases[] = {
      {"0 rows", 0, {}},
      {"1 row", 1, {}},
      {"2_000_000_000 rows", 2'000'000'000, {}},
      {"  300rows  ", 300, {}},
      {"300 ROWS", 300, {}},
      {"0 bytes", {}, 0},
      {"17 B", {}, 17},
      {"1 byte", {}, 1},
      {"8 kB", {}, 8192},
      {"8KB", {}, 8192},
      {"1.5 TB", {}, (std::uint64_t{3} << 40) / 2},
      {"300 mb", {}, std::uint64_t{300} << 20},
      {"1 GB", {}, std::uint64_t{1} << 30},
      {"2 PB", {}, std::uint64_t{2} << 50},
      {"0.5 kB", {}, 512},
      {"2_000 rows, 1.5 GB", 2000, (std::uint64_t{3} << 30) / 2},
      {"1 GB,5 rows", 5, std::uint64_t{1} << 30},
  };
  for (const SizeCase& each : cases) {
    const auto size = parse_table_size(each.text);
    ASSERT_TRUE(size.ok()) << each.text;
    EXPECT_EQ(size->rows, each.rows) << each.text;
    EXPECT_EQ(size->bytes, each.bytes) << each.text;
  }
}

TEST(TableSizeTextTest, RefusesEverythingElse) {
  for (const std::string_view text : {"",
                                      " ",
                                      "rows",
                                      "5",
                                      "5 lines",
                                      "-5 rows",
                                      "+5 rows",
                                      "1.5 rows",
                                      "5 rows, 6 rows",
                                      "1 GB, 2 GB",
                                      "5 rows,",
                                      ", 5 rows",
                                      "5 rows 1 GB",
                                      "1_ rows",
                                      "_1 rows",
                                      "1__0 rows",
                                      "1. GB",
                                      ".5 GB",
                                      "1e9 rows",
                                      "1,000 rows",
                                      "0x10 rows",
                                      "9999999999999999999 rows",
                                      "99999 PB",
                                      "1 GiB",
                                      "five rows",
                                      "5 rows; 1 GB",
                                      "1.5.5 GB"}) {
    const auto size = parse_table_size(text);
    ASSERT_FALSE(size.ok()) << text;
    EXPECT_NE(size.error().message.find("1.5 TB"), std::string::npos) << size.error().message;
  }
}

TEST(BytesTextTest, TakesBytesAlone) {
  EXPECT_EQ(*parse_bytes("1 kB"), 1024U);
  for (const std::string_view text : {"", "5", "5 rows", "1 kB, 2 rows", "1 kB 2"}) {
    EXPECT_FALSE(parse_bytes(text).ok()) << text;
  }
}

TEST(TableNameTest, ReadsNamesAsSqlDoes) {
  const auto name = [](std::string_view text) {
    const auto parsed = parse_table_name(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return parsed.ok() ? parsed->first + "|" + parsed->second : std::string();
  };
  EXPECT_EQ(name("orders"), "public|orders");
  EXPECT_EQ(name("shop.orders"), "shop|orders");
  EXPECT_EQ(name("Shop.ORDERS"), "shop|orders");
  EXPECT_EQ(name("shop.\"Order Items\""), "shop|Order Items");
  EXPECT_EQ(name("\"a.b\".\"c\"\"d\""), "a.b|c\"d");
  EXPECT_EQ(name("\"Orders\""), "public|Orders");
  EXPECT_EQ(name(" naïve "), "public|naïve");
}

TEST(TableNameTest, RefusesWhatIsNoName) {
  for (const std::string_view text :
       {"", ".", "a.", ".a", "a.b.c", "\"a", "a\"", "a b", "\"\"", "a.\"\"", "\"a\"b", "a..b"}) {
    const auto parsed = parse_table_name(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().message.find("not the name of a table"), std::string::npos) << parsed.error().message;
  }
}

}  // namespace
}  // namespace pglatch
