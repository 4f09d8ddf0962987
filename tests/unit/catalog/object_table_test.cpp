#include "analyzer/catalog/object_table.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace pglatch {
namespace {

using Table = ObjectTable<int, std::string>;

std::string value(const Table& table, int key) {
  const std::string* object = table.find(key);
  return object == nullptr ? "-" : *object;
}

TEST(ObjectTable, ChangesInPlaceWithoutAJournal) {
  Table table;
  table.put(1, "a");
  const std::string* before = table.find(1);
  *table.change(1) += "b";
  EXPECT_EQ(table.find(1), before);
  EXPECT_EQ(value(table, 1), "ab");
  table.erase(1);
  EXPECT_EQ(table.find(1), nullptr);
  EXPECT_EQ(table.change(1), nullptr);
}

TEST(ObjectTable, RollbackUndoesPutChangeAndErase) {
  Table table;
  table.put(1, "kept");
  table.put(2, "changed");
  table.put(3, "erased");
  const auto mark = table.mark();
  *table.change(2) += "!";
  *table.change(2) += "!";
  table.erase(3);
  table.put(3, "again");
  table.put(4, "new");
  table.erase(4);
  table.put(5, "new");
  table.rollback_to(mark);
  EXPECT_EQ(value(table, 1), "kept");
  EXPECT_EQ(value(table, 2), "changed");
  EXPECT_EQ(value(table, 3), "erased");
  EXPECT_EQ(value(table, 4), "-");
  EXPECT_EQ(value(table, 5), "-");
}

TEST(ObjectTable, InnerMarksAreIndependent) {
  Table table;
  table.put(1, "0");
  const auto outer = table.mark();
  *table.change(1) = "1";
  const auto inner = table.mark();
  *table.change(1) = "2";
  table.put(2, "x");
  table.rollback_to(inner);
  EXPECT_EQ(value(table, 1), "1");
  EXPECT_EQ(value(table, 2), "-");
  *table.change(1) = "3";  // the mark still stands
  table.rollback_to(inner);
  EXPECT_EQ(value(table, 1), "1");
  *table.change(1) = "4";
  table.rollback_to(outer);
  EXPECT_EQ(value(table, 1), "0");
}

TEST(ObjectTable, CommitKeepsEverything) {
  Table table;
  table.put(1, "a");
  (void)table.mark();
  *table.change(1) = "b";
  table.put(2, "c");
  table.erase(2);
  table.commit();
  EXPECT_EQ(value(table, 1), "b");
  EXPECT_EQ(value(table, 2), "-");
  const auto mark = table.mark();
  table.erase(1);
  table.rollback_to(mark);
  EXPECT_EQ(value(table, 1), "b");
}

TEST(ObjectTable, AnOldPointerStillReadsTheOldStateWhileAJournalIsKept) {
  Table table;
  table.put(1, "old");
  (void)table.mark();
  const std::string* old = table.find(1);
  *table.change(1) = "new";
  EXPECT_EQ(*old, "old");
}

TEST(ObjectTable, ACopyHasObjectsOfItsOwn) {
  Table table;
  table.put(1, "a");
  Table copy(table);
  *table.change(1) = "b";
  EXPECT_EQ(value(copy, 1), "a");
  table = std::move(copy);
  EXPECT_EQ(value(table, 1), "a");
}

}  // namespace
}  // namespace pglatch
