// What views read, by relation and column.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalog/replay.h"

namespace pglatch {
namespace {

using ::testing::ElementsAre;
using testing::Replay;
using ::testing::UnorderedElementsAreArray;

const char* const kTables =
    "CREATE TABLE a (id int, x int, twin int); CREATE TABLE b (id int, y text, twin int);"
    "CREATE TABLE lonely (z int); ALTER TABLE unknown SET LOGGED;";

std::vector<std::string> uses(const std::string& query) {
  Replay replay(kTables);
  replay.run("CREATE VIEW v AS " + query);
  std::vector<std::string> result;
  for (const ColumnUse& use : replay.at("v").uses) {
    const Relation& relation = *replay.catalog.find(use.relation);
    result.push_back(relation.name + "." + use.column);
    EXPECT_THAT(relation.used_by, ElementsAre(replay.at("v").id)) << query;
  }
  return result;
}

TEST(View, Uses) {
  struct Case {
    const char* query;
    std::vector<std::string> uses;  // "relation.column"; "relation." is the whole relation
  };
  const Case cases[] = {
      {"SELECT id, x FROM a", {"a.id", "a.x"}},
      {"SELECT * FROM a", {"a.id", "a.x", "a.twin"}},
      {"SELECT count(*) FROM a", {"a."}},
      {"SELECT t.x FROM a t WHERE t.id > 0 ORDER BY twin", {"a.x", "a.id", "a.twin"}},
      {"SELECT a.x, b.y FROM a JOIN b ON a.id = b.id", {"a.x", "b.y", "a.id", "b.id"}},
      {"SELECT x, y FROM a, b", {"a.x", "b.y"}},
      {"SELECT twin FROM a, b", {"a.twin", "b.twin"}},
      {"SELECT x FROM a JOIN b USING (id)", {"a.x", "a.id", "b.id"}},
      {"SELECT x FROM a NATURAL JOIN b", {"a.x", "a.id", "a.twin", "b.id", "b.twin"}},
      {"SELECT b.*, a.x FROM a, b", {"b.id", "b.y", "b.twin", "a.x"}},
      {"SELECT s.x FROM (SELECT x FROM a) s", {"a.x"}},
      {"SELECT x FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.id = a.id)", {"a.x", "b.id", "a.id"}},
      {"SELECT x FROM a UNION ALL SELECT id FROM b", {"a.x", "a.id", "b.id"}},
      {"WITH w AS (SELECT x FROM a) SELECT x FROM w", {"a.x"}},
      {"WITH a AS (SELECT id FROM a) SELECT id FROM a", {"a.id"}},
      {"WITH RECURSIVE w AS (SELECT id FROM a UNION SELECT w.id FROM w) SELECT id FROM w", {"a.id"}},
      {"WITH w AS (WITH inner_w AS (SELECT y FROM b) SELECT y FROM inner_w) SELECT w.y, lonely.z FROM w, lonely",
       {"b.y", "lonely.z"}},
      {"SELECT row_to_json(a) FROM a", {"a."}},
      {"SELECT public.a.x FROM public.a", {"a.x"}},
      {"SELECT sum(x) OVER (PARTITION BY twin ORDER BY id) FROM a", {"a.x", "a.twin", "a.id"}},
      {"SELECT anything, x FROM unknown, a", {"unknown.anything", "unknown.x", "a.x"}},
      {"SELECT u.anything, a.x FROM unknown u, a", {"unknown.anything", "a.x"}},
      {"SELECT (SELECT y FROM b LIMIT 1), CASE WHEN x > 0 THEN id END FROM a GROUP BY 2, id, x HAVING max(twin) > 1",
       {"b.y", "a.x", "a.id", "b.id", "a.twin", "b.twin"}},
      {"VALUES (1, 2)", {}},
      {"SELECT g FROM generate_series(1, 3) g", {}},
  };
  for (const Case& one : cases) EXPECT_THAT(uses(one.query), UnorderedElementsAreArray(one.uses)) << one.query;
}

TEST(View, ReplacingChangesTheUses) {
  Replay replay(kTables);
  replay.run("CREATE VIEW v AS SELECT x FROM a; CREATE OR REPLACE VIEW v AS SELECT z AS x FROM lonely");
  EXPECT_TRUE(replay.at("a").used_by.empty());
  EXPECT_THAT(replay.at("lonely").used_by, ElementsAre(replay.at("v").id));
}

TEST(View, CascadeTakesTheViewsThatReadAColumn) {
  const std::string views =
      "CREATE VIEW on_x AS SELECT x FROM a; CREATE VIEW on_id AS SELECT id FROM a; CREATE VIEW on_all AS SELECT * FROM "
      "a;"
      "CREATE VIEW above AS SELECT x FROM on_x; CREATE MATERIALIZED VIEW m AS SELECT x FROM a;";
  Replay replay(kTables + views);
  replay.run("ALTER TABLE a DROP COLUMN x CASCADE");
  EXPECT_FALSE(replay.has("on_x"));
  EXPECT_FALSE(replay.has("above"));
  EXPECT_FALSE(replay.has("on_all"));
  EXPECT_FALSE(replay.has("m"));
  EXPECT_TRUE(replay.has("on_id"));
  EXPECT_THAT(replay.at("a").used_by, ElementsAre(replay.at("on_id").id));
}

TEST(View, RenamedColumnsAreFollowed) {
  Replay replay(kTables);
  replay.run("CREATE VIEW v AS SELECT x FROM a; ALTER TABLE a RENAME x TO xx");
  ASSERT_EQ(replay.at("v").uses.size(), 1U);
  EXPECT_EQ(replay.at("v").uses.front().column, "xx");
}

TEST(View, ColumnsOfTheResult) {
  Replay replay(kTables);
  replay.run(
      "CREATE VIEW v (first) AS SELECT x, x + 1, lower(y) FROM a, b; CREATE VIEW star AS SELECT *, 1 AS one FROM a;"
      "CREATE VIEW far AS SELECT * FROM a, unknown; CREATE TABLE t AS SELECT x, x::bigint AS big, random() FROM a");
  const auto names = [&](const char* name) {
    std::vector<std::string> result;
    for (const Column& column : replay.at(name).columns) result.push_back(column.name);
    return result;
  };
  EXPECT_THAT(names("v"), ElementsAre("first", "?column?", "lower"));
  EXPECT_THAT(names("star"), ElementsAre("id", "x", "twin", "one"));
  EXPECT_TRUE(replay.at("star").columns_known);
  EXPECT_FALSE(replay.at("far").columns_known);
  EXPECT_EQ(replay.at("t").column("x")->type.name, "int4");
  EXPECT_EQ(replay.at("t").column("big")->type.name, "int8");
  EXPECT_EQ(replay.at("t").column("random")->type.name, "");
}

TEST(View, DeeplyNestedWithIsCutNotFollowed) {
  std::string query = "SELECT 1";
  for (int i = 0; i < 500; ++i) query = fmt::format("WITH w{} AS ({}) SELECT * FROM w{}", i, query, i);
  Replay replay("CREATE VIEW v AS " + query);
  EXPECT_TRUE(replay.has("v"));
}

}  // namespace
}  // namespace pglatch
