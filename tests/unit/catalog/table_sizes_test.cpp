#include "analyzer/catalog/table_sizes.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/catalog/replay.h"

namespace pglatch::testing {
namespace {

constexpr std::uint64_t kMany = 1'000'000'000;

TableSize rows(std::uint64_t count) { return {count, std::nullopt, "test"}; }
TableSize bytes(std::uint64_t count) { return {std::nullopt, count, "test"}; }

TEST(TableSizeTest, IsSmallByBytesElseByRows) {
  EXPECT_TRUE(rows(TableSize::kSmallRows).is_small());
  EXPECT_FALSE(rows(TableSize::kSmallRows + 1).is_small());
  EXPECT_TRUE(bytes(TableSize::kSmallBytes).is_small());
  EXPECT_FALSE(bytes(TableSize::kSmallBytes + 1).is_small());
  EXPECT_TRUE((TableSize{kMany, 8192, "test"}).is_small());
  EXPECT_FALSE((TableSize{1, std::uint64_t{1} << 40, "test"}).is_small());
  EXPECT_FALSE(TableSize().is_small());
  EXPECT_FALSE(TableSize().is_known());
  EXPECT_TRUE(rows(0).is_small());
}

TEST(TableSizeTest, ReadsAsPostgresWritesSizes) {
  EXPECT_EQ(to_string(rows(0)), "0 rows");
  EXPECT_EQ(to_string(rows(1)), "1 row");
  EXPECT_EQ(to_string(rows(999)), "999 rows");
  EXPECT_EQ(to_string(rows(1000)), "1,000 rows");
  EXPECT_EQ(to_string(rows(2'000'000'000)), "2,000,000,000 rows");
  EXPECT_EQ(to_string(bytes(0)), "0 bytes");
  EXPECT_EQ(to_string(bytes(8192)), "8 kB");
  EXPECT_EQ(to_string(bytes((std::uint64_t{3} << 40) / 2)), "1.5 TB");
  EXPECT_EQ(to_string(TableSize{5, 1024, "test"}), "5 rows, 1 kB");
  EXPECT_EQ(to_string(TableSize{5, 1024, "test", 1200}), "5 rows, 1 kB, 1,200 rows written an hour");
  EXPECT_EQ(to_string(TableSize{5, 1024, "test", 0}), "5 rows, 1 kB");
  EXPECT_EQ(to_string(TableSize()), "");
  EXPECT_FALSE(to_string(bytes(std::numeric_limits<std::uint64_t>::max())).empty());
}

TEST(TableSizesTest, KnowsRelationsByTheirNamesAndIndexesByTheirTables) {
  const Replay replay("create table t (id int); create index i on t (id); create schema s; create table s.t (id int);");
  TableSizes sizes;
  EXPECT_TRUE(sizes.empty());
  EXPECT_FALSE(sizes.of(replay.at("t").id, replay.catalog).is_known());
  sizes.set("public", "t", rows(7));
  EXPECT_FALSE(sizes.empty());
  EXPECT_EQ(sizes.of(replay.at("t").id, replay.catalog).rows, 7U);
  EXPECT_EQ(sizes.of(replay.at("i").id, replay.catalog).rows, 7U);
  EXPECT_FALSE(sizes.of(replay.at("s.t").id, replay.catalog).is_known());
  EXPECT_FALSE(sizes.of(kNoRelation, replay.catalog).is_known());
  sizes.set("public", "t", rows(8));
  EXPECT_EQ(sizes.of(replay.at("t").id, replay.catalog).rows, 8U);
}

TEST(TableSizesTest, APartitionIsNoBiggerThanTheWhole) {
  const Replay replay(
      "create table p (id int) partition by range (id);"
      "create table p1 partition of p for values from (0) to (9) partition by range (id);"
      "create table p11 partition of p1 for values from (0) to (5);"
      "create table old (id int); create table child () inherits (old);");
  TableSizes sizes;
  sizes.set("public", "p", rows(100));
  sizes.set("public", "old", rows(3));
  EXPECT_EQ(sizes.of(replay.at("p11").id, replay.catalog).rows, 100U);
  sizes.set("public", "p1", rows(40));
  EXPECT_EQ(sizes.of(replay.at("p11").id, replay.catalog).rows, 40U);
  // What a parent by INHERITS holds says nothing of its children.
  EXPECT_FALSE(sizes.of(replay.at("child").id, replay.catalog).is_known());
}

TEST(TableSizesTest, AWholeIsTheSumOfItsPartitionsWhereAllAreKnown) {
  const Replay replay(
      "create table p (id int) partition by range (id);"
      "create table p1 partition of p for values from (0) to (9) partition by range (id);"
      "create table p11 partition of p1 for values from (0) to (5);"
      "create table p12 partition of p1 for values from (5) to (9);"
      "create table p2 partition of p for values from (9) to (20);"
      "create table none (id int) partition by range (id);");
  TableSizes sizes;
  const auto whole = [&] { return sizes.of(replay.at("p").id, replay.catalog); };
  sizes.set("public", "p2", rows(5));
  sizes.set("public", "p11", rows(10));
  EXPECT_FALSE(whole().is_known());
  sizes.set("public", "p12", rows(20));
  EXPECT_EQ(whole().rows, 35U);
  EXPECT_FALSE(whole().bytes.has_value());
  // The middle one's own size stands for what is below it.
  sizes.set("public", "p1", rows(1000));
  EXPECT_EQ(whole().rows, 1005U);
  sizes.set("public", "p1", bytes(1));
  EXPECT_FALSE(whole().is_known());
  EXPECT_FALSE(sizes.of(replay.at("none").id, replay.catalog).is_known());
}

}  // namespace
}  // namespace pglatch::testing
