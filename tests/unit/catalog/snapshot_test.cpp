// Snapshot documents: what is read of them, and what is wrong with them.
#include "analyzer/catalog/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A document with these members besides those that it has to have.
std::string document(const std::string& members) {
  return R"({"version": 1, "server": {"version": "17.2", "major": 17}, )" + members + "}";
}

Snapshot snapshot_of(const std::string& json) {
  auto snapshot = read_snapshot(json);
  if (const auto* error = std::get_if<SnapshotError>(&snapshot)) throw std::runtime_error(error->message);
  return std::get<Snapshot>(std::move(snapshot));
}

Catalog catalog_of(const std::string& json) {
  Catalog catalog;
  EXPECT_TRUE(load_snapshot(snapshot_of(json), catalog).empty());
  return catalog;
}

const Relation& at(const Catalog& catalog, const std::string& name) {
  const Relation* relation = catalog.find({"public", name}, {});
  if (relation == nullptr) throw std::runtime_error("there is no " + name);
  return *relation;
}

// "where it begins: message"
std::string error_of(const std::string& json) {
  const auto snapshot = read_snapshot(json);
  const auto* error = std::get_if<SnapshotError>(&snapshot);
  if (error == nullptr) return "none";
  return json.substr(error->offset, 8) + ": " + error->message;
}

constexpr const char* kTable =
    R"json("tables": [{"schema": "public", "name": "t", "rows": 12, "bytes": 8192, "owner": "al",
         "columns": [{"name": "a", "type": "integer", "not_null": true, "local": false, "inherited": true},
                     {"name": "B c", "type": "character varying(10)", "default": "'x'::character varying"}],
         "constraints": [{"name": "k", "kind": "UNIQUE", "definition": "UNIQUE (a)"},
                         {"name": "c", "kind": "CHECK", "definition": "CHECK ((a > 0)) NOT VALID", "valid": false}]}],
      "indexes": [{"schema": "public", "name": "k", "table": "public.t", "constraint": "k",
                   "definition": "CREATE UNIQUE INDEX k ON public.t USING btree (a)"},
                  {"schema": "public", "name": "i", "table": "public.t", "valid": false,
                   "definition": "CREATE INDEX i ON public.t USING btree (\"B c\")"}])json";

TEST(SnapshotTest, FillsACatalogThatIsComplete) {
  const Catalog catalog = catalog_of(document(kTable));
  EXPECT_TRUE(catalog.complete);
  const Relation& table = at(catalog, "t");
  EXPECT_EQ(table.origin, Origin::schema);
  EXPECT_EQ(*table.owner, "al");
  ASSERT_EQ(table.columns.size(), 2U);
  EXPECT_TRUE(table.columns[0].not_null);
  EXPECT_TRUE(table.columns[0].inherited);
  EXPECT_FALSE(table.columns[0].local);
  EXPECT_EQ(table.columns[1].name, "B c");
  EXPECT_TRUE(table.columns[1].has_default);
  EXPECT_FALSE(table.constraint("c")->validated);
  EXPECT_TRUE(table.constraint("k")->validated);
  EXPECT_FALSE(at(catalog, "i").index->valid);
  EXPECT_TRUE(at(catalog, "k").index->valid);
}

TEST(SnapshotTest, TellsSizesAndSettings) {
  const Snapshot snapshot = snapshot_of(document(
      std::string(kTable) +
      R"(, "settings": {"lock_timeout": "2000", "statement_timeout": "0", "TimeZone": "UTC", "search_path": "app, public"})"));
  Catalog catalog;
  EXPECT_TRUE(load_snapshot(snapshot, catalog).empty());
  const TableSize size = sizes_of(snapshot, "catalog.json").of(at(catalog, "t").id, catalog);
  EXPECT_EQ(size.rows, 12U);
  EXPECT_EQ(size.bytes, 8192U);
  EXPECT_EQ(size.source, "catalog.json");
  const Settings settings = session_settings(snapshot);
  EXPECT_EQ(settings.lock_timeout_ms, 2000);
  EXPECT_EQ(settings.statement_timeout_ms, 0);
  EXPECT_TRUE(settings.utc());
  EXPECT_THAT(settings.search_path, ElementsAre("app", "public"));
}

TEST(SnapshotTest, SaysWhatItCannotReadAndGoesOn) {
  Catalog catalog;
  const std::string json = document(
      R"("tables": [{"schema": "public", "name": "t", "columns": []}],
         "triggers": [{"name": "x", "definition": "CREATE TRIGGER OF THE FUTURE"}])");
  const auto unread = load_snapshot(snapshot_of(json), catalog);
  ASSERT_EQ(unread.size(), 1U);
  EXPECT_EQ(json.substr(unread[0].offset, 12), R"({"name": "x")");
  EXPECT_THAT(unread[0].message, HasSubstr("syntax error"));
  EXPECT_FALSE(catalog.complete);
  EXPECT_EQ(at(catalog, "t").columns.size(), 0U);
}

TEST(SnapshotTest, PassesOverWhatItDoesNotKnow) {
  EXPECT_EQ(error_of(document(R"("tables": [], "from_tomorrow": [1], "database": null)")), "none");
}

TEST(SnapshotTest, SaysWhereADocumentIsWrong) {
  EXPECT_THAT(error_of("{\"version\": 1,"), HasSubstr("this is no JSON"));
  EXPECT_THAT(error_of(""), HasSubstr("this is no JSON"));
  EXPECT_EQ(error_of("[1, 2, 3]"), "[1, 2, 3: a snapshot is an object; `pglatch snapshot` writes one");
  EXPECT_EQ(error_of("{\"a\": 1}"), "{\"a\": 1}: \"version\" is missing here");
  EXPECT_EQ(error_of(R"({"version": 2, "server": {}})"),
            "2, \"serv: the snapshot has version 2 and this pglatch reads up to 1: use a newer pglatch");
  EXPECT_EQ(error_of(R"({"version": "1"})"), R"("1"}: "version" has to be an integer, not a string)");
  EXPECT_EQ(error_of(document(R"("settings": {})")), R"({"versio: "tables" is missing here)");
  EXPECT_EQ(error_of(document(R"("tables": [7])")),
            R"(7]}: an element of "tables" has to be an object, not an integer)");
  EXPECT_EQ(error_of(document(R"("tables": [{"schema": "s", "name": "", "columns": []}])")),
            R"("", "col: "name" is empty)");
  EXPECT_EQ(error_of(document(R"("tables": [{"schema": "s", "name": "t", "kind": "heap", "columns": []}])")),
            R"("heap", : "heap": there is no such kind; there are table, partitioned table, foreign table)");
  EXPECT_EQ(error_of(document(R"("tables": [{"schema": "s", "name": "t", "columns": [], "rows": -1}])")),
            R"(-1}]}: "rows" cannot be negative)");
  EXPECT_THAT(error_of(document(R"("tables": [{"schema": "s", "name": "t\u0000", "columns": []}])")),
              HasSubstr("holds a NUL"));
  EXPECT_THAT(error_of(document(R"("tables": [{"schema": "s", "name": "t", "partition_of": "p", "columns": []}])")),
              HasSubstr("\"bound\" is missing here"));
}

TEST(SnapshotTest, PutsViewsAfterThoseThatTheyRead) {
  const Snapshot snapshot = snapshot_of(document(
      R"("tables": [], "views": [
        {"schema": "public", "name": "a", "definition": "SELECT x FROM public.b", "reads": ["public.b"]},
        {"schema": "public", "name": "b", "definition": "SELECT x FROM public.c", "reads": ["public.c"]},
        {"schema": "public", "name": "c", "definition": "SELECT 1 AS x", "reads": ["public.a"]}])"));
  std::vector<std::string> statements;
  for (const SnapshotStatement& statement : snapshot_statements(snapshot)) statements.push_back(statement.sql);
  // The circle is a lie, and ends nothing.
  EXPECT_THAT(statements,
              ElementsAre("CREATE VIEW public.c AS SELECT 1 AS x", "CREATE VIEW public.b AS SELECT x FROM public.c",
                          "CREATE VIEW public.a AS SELECT x FROM public.b"));
}

}  // namespace
}  // namespace pglatch::testing
