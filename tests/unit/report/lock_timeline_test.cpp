#include "analyzer/report/lock_timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/report/canned_reports.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;

const TimelineRow& row_of(const LockTimeline& timeline, const std::string& relation) {
  for (const TimelineRow& row : timeline.rows) {
    if (row.relations.front() == relation) return row;
  }
  throw std::logic_error("no row of " + relation);
}

TEST(LockTimelineTest, ATransactionKeepsWhatItHasTaken) {
  const LocksReport report = canned_locks();
  const LockTimeline timeline = timeline_of(report.files[0]);
  std::vector<std::string> commands;
  for (const TimelineColumn& column : timeline.columns) commands.push_back(column.command);
  EXPECT_THAT(commands, ElementsAre("ALTER TABLE", "SET LOCAL", "ALTER TABLE", "ALTER TABLE", "UPDATE", "COMMIT"));
  EXPECT_EQ(timeline.columns[0].line, 2U);
  EXPECT_FALSE(timeline.columns[4].is_last);
  EXPECT_TRUE(timeline.columns[5].is_last);

  const TimelineRow& orders = row_of(timeline, "public.orders");
  EXPECT_EQ(orders.cells[0].mode, LockMode::access_exclusive);
  EXPECT_TRUE(orders.cells[0].taken);
  EXPECT_THAT(orders.cells[0].work, ElementsAre(WorkKind::rewrite, WorkKind::validate_fk));
  EXPECT_FALSE(orders.cells[1].taken);
  EXPECT_TRUE(orders.cells[1].held);
  EXPECT_EQ(orders.cells[1].mode, LockMode::access_exclusive);
  EXPECT_THAT(orders.cells[2].work, ElementsAre(WorkKind::scan));
  EXPECT_EQ(orders.cells[5].mode, LockMode::access_exclusive);
}

TEST(LockTimelineTest, PartitionsThatShareAFateShareARow) {
  const LocksReport report = canned_locks();
  const LockTimeline timeline = timeline_of(report.files[0]);
  EXPECT_EQ(row_of(timeline, "public.events_2020").relations.size(), 12U);
  EXPECT_EQ(row_of(timeline, "public.events").relations.size(), 1U);
}

TEST(LockTimelineTest, StatementsOnTheirOwnHoldNothingOver) {
  const LocksReport report = canned_locks();
  const LockTimeline timeline = timeline_of(report.files[1]);
  // Of an index that is built concurrently: it works, and blocks schema changes alone.
  const TimelineRow& built = row_of(timeline, "public.\"注文\"");
  EXPECT_EQ(built.cells[0].mode, LockMode::share_update_exclusive);
  EXPECT_TRUE(timeline.columns[0].is_last);
  EXPECT_EQ(built.cells[1].mode, LockMode::none);
  EXPECT_TRUE(row_of(timeline, "public.a").cells[1].perhaps);
  // Nobody knows whether the statement before shares its transaction: this one takes the lock for certain.
  const TimelineCell& rebuilt = row_of(timeline, "public.c").cells[4];
  EXPECT_EQ(rebuilt.mode, LockMode::access_exclusive);
  EXPECT_TRUE(rebuilt.perhaps);
  EXPECT_FALSE(rebuilt.held);
  // Nobody else sees it.
  for (const TimelineRow& row : timeline.rows) EXPECT_NE(row.relations.front(), "public.fresh");
  EXPECT_TRUE(timeline_of(report.files[2]).rows.empty());
}

TEST(LockTimelineTest, WhatIsTakenForCertainIsNotPerhaps) {
  ReportedFile file{source("a.sql", "TRUNCATE t;"), {}};
  ReportedStatement statement;
  statement.range = {0, 10};
  ReportedLock lock;
  lock.relation = "public.t";
  lock.mode = LockMode::access_exclusive;
  statement.locks = {lock};
  file.statements = {statement, statement};
  file.statements[1].held = {{"public.t", LockMode::access_exclusive, true, 0}};
  const LockTimeline timeline = timeline_of(file);
  const TimelineCell& cell = timeline.rows.at(0).cells.at(1);
  EXPECT_TRUE(cell.taken);
  EXPECT_FALSE(cell.perhaps);
  EXPECT_FALSE(cell.held);
  EXPECT_FALSE(timeline.columns[0].is_last) << "it may go on";
}

TEST(LockTimelineTest, VeryLongScriptsAreCutAndSaySo) {
  ReportedFile file{source("a.sql", "TRUNCATE t;"), {}};
  ReportedStatement statement;
  statement.range = {0, 10};
  ReportedLock lock;
  lock.relation = "public.t";
  lock.mode = LockMode::access_exclusive;
  statement.locks = {lock};
  file.statements.assign(100, statement);
  const LockTimeline timeline = timeline_of(file);
  EXPECT_EQ(timeline.columns.size() + timeline.more_columns, 100U);
  EXPECT_GT(timeline.more_columns, 0U);
  EXPECT_EQ(timeline.rows.at(0).cells.size(), timeline.columns.size());
}

}  // namespace
}  // namespace pglatch::testing
