// Folders of Flyway's migrations beside each other: parts of one history, or one history each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTables =
    "create type state as enum ('new', 'old');\n"
    "create table orders (id bigint primary key, state state);\n"
    "create table customers (id bigint primary key);\n";

class AlternativeFolders : public ::testing::Test {
 protected:
  std::string lint(const std::string& rules) {
    ProcessOptions options;
    options.directory = dir_.path();
    return run_pglatch({"lint", "--format", "concise", "--select", rules, "m"}, options).out;
  }
  TempDir dir_;
};

TEST_F(AlternativeFolders, EachIsAHistoryOfItsOwn) {
  dir_.write("m/plain/V1.0__tables.sql", kTables);
  dir_.write("m/plain/V1.1__notes.sql", "create table notes (id bigint);\n");
  dir_.write("m/plain/V1.2__index.sql", "create index notes_id on notes (id);\n");
  dir_.write("m/sharded/V2.0__tables.sql", kTables);
  dir_.write("m/sharded/V2.1__index.sql", "drop index if exists notes_id;\n");
  const std::string out = lint("create-index-non-concurrent,drop-index-non-concurrent");
  EXPECT_THAT(out, HasSubstr("V1.2__index.sql"));
  // Nothing makes the index here, so that nobody waits for it.
  EXPECT_THAT(out, HasSubstr("No migration makes the index"));
}

// What is passed over is the other history's too, as long as something would be refused.
TEST_F(AlternativeFolders, TablesMayBeMadeIfTheyAreMissing) {
  dir_.write("m/v1/V1.0__tables.sql", kTables);
  dir_.write("m/v1/V1.1__more.sql", "alter table orders add column total numeric, add column note text;\n");
  dir_.write("m/v2/V2.0__tables.sql",
             "create type state as enum ('new', 'old');\n"
             "create table if not exists orders (id bigint primary key) partition by range (id);\n"
             "create table if not exists customers (id bigint primary key);\n");
  dir_.write("m/v2/V2.1__index.sql", "create index concurrently on orders (id);\n");
  EXPECT_THAT(lint("create-index-concurrently-on-partitioned"), HasSubstr("V2.1__index.sql"));
}

TEST_F(AlternativeFolders, WhatIsSharedCountsForBoth) {
  dir_.write("m/common/V0__events.sql", "create table events (id bigint) partition by range (id);\n");
  dir_.write("m/v1/V1.0__tables.sql", kTables);
  dir_.write("m/v1/V1.1__index.sql", "create index on events (id);\n");
  dir_.write("m/v2/V2.0__tables.sql", kTables);
  dir_.write("m/v2/V2.1__index.sql", "create index on events (id);\n");
  dir_.write("m/v3/V3.0__tables.sql", kTables);
  dir_.write("m/v3/V3.1__index.sql", "create index on events (id);\n");
  const std::string out = lint("create-index-on-partitioned");
  EXPECT_THAT(out, HasSubstr("V1.1__index.sql"));
  EXPECT_THAT(out, HasSubstr("V2.1__index.sql"));
  EXPECT_THAT(out, HasSubstr("V3.1__index.sql"));
}

// What a finding waits for is looked up in its own history.
TEST_F(AlternativeFolders, WhatIsSettledLaterIsSettledInItsOwn) {
  const std::string keys =
      std::string(kTables) + "alter table orders add column customer bigint references customers;\n";
  dir_.write("m/v1/V1.0__tables.sql", keys);
  dir_.write("m/v1/V1.1__index.sql", "create index concurrently on orders (customer);\n");
  dir_.write("m/v2/V2.0__tables.sql", keys);
  const std::string out = lint("foreign-key-missing-index");
  EXPECT_THAT(out, Not(HasSubstr("V1.0__tables.sql")));
  EXPECT_THAT(out, HasSubstr("V2.0__tables.sql"));
}

TEST_F(AlternativeFolders, OneHistoryMayBeSortedIntoFolders) {
  dir_.write("m/2024/V1__tables.sql", kTables);
  dir_.write("m/2025/V2__tables.sql",
             "create table invoices (id bigint primary key);\n"
             "create table if not exists orders (id bigint primary key);\n");
  dir_.write("m/2025/V3__index.sql", "create index orders_state on orders (state);\n");
  // A table that is made anew was dropped before, or renamed.
  dir_.write("m/2026/V4__anew.sql",
             "alter table orders rename to old_orders;\n"
             "drop table customers;\n"
             "create table orders (id bigint primary key, state state);\n"
             "create table customers (id bigint primary key);\n");
  dir_.write("m/2026/V5__index.sql", "drop index if exists orders_state;\n");
  const std::string out = lint("drop-index-non-concurrent");
  EXPECT_THAT(out, HasSubstr("on public.old_orders from"));
}

}  // namespace
}  // namespace pglatch::testing
