// Plans in two parts: the indexes and the rest. The registry of the indexes keeps to its JSON schema.
#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include "analyzer/plan/index_registry.h"
#include "tests/plans/planning.h"
#include "tests/support/golden.h"
#include "tests/support/json_schema.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Parts {
  Plan indexes;
  Plan others;
  std::string registry;
};

Parts parts_of(const std::string& schema, const std::string& migration) {
  Parts parts;
  for (const PlanPart part : {PlanPart::indexes, PlanPart::others}) {
    Planning planning;
    planning.schema = schema;
    planning.part = part;
    std::optional<Catalog> after;
    planning.after = &after;
    Plan plan = plan_of(migration, planning);
    if (part == PlanPart::indexes) parts.registry = write_index_registry(plan, *after);
    (part == PlanPart::indexes ? parts.indexes : parts.others) = std::move(plan);
  }
  return parts;
}

constexpr const char* kSchema =
    "CREATE TABLE t (id int, a int, b int); CREATE TABLE u (id int); CREATE INDEX old_idx ON t (b);";

TEST(IndexPartTest, BuildsAreTakenOutAndTheRestIsLeft) {
  const Parts parts = parts_of(kSchema, "ALTER TABLE t ADD COLUMN c int; CREATE INDEX i ON t (c); UPDATE t SET c = 1;");
  EXPECT_THAT(sent(parts.indexes), ElementsAre(HasSubstr("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t")));
  EXPECT_THAT(parts.indexes.not_rewritten, IsEmpty());
  EXPECT_THAT(sent(parts.others), Not(Contains(HasSubstr("INDEX"))));
  EXPECT_THAT(sent(parts.others), Contains(HasSubstr("ADD COLUMN c int")));
  EXPECT_THAT(parts.indexes.notes, Contains(HasSubstr("--only others")));
  EXPECT_THAT(parts.others.notes, Contains(HasSubstr("--only indexes")));
}

TEST(IndexPartTest, KeysAreTakenApart) {
  const Parts parts = parts_of(kSchema, "ALTER TABLE t ADD COLUMN c int CONSTRAINT t_c_key UNIQUE;");
  EXPECT_THAT(sent(parts.others), ElementsAre(AllOf(HasSubstr("ADD COLUMN c int"), Not(HasSubstr("UNIQUE")))));
  EXPECT_THAT(sent(parts.indexes),
              ElementsAre(HasSubstr("CREATE UNIQUE INDEX CONCURRENTLY"), HasSubstr("UNIQUE USING INDEX")));
}

TEST(IndexPartTest, WhatNeedsAnIndexGoesAlong) {
  const Parts parts = parts_of(kSchema,
                               "CREATE INDEX i ON t (a); COMMENT ON INDEX i IS 'x'; DROP INDEX old_idx;"
                               "ALTER TABLE t ADD CONSTRAINT k UNIQUE (id);"
                               "CREATE TABLE child (id int REFERENCES t (id)); COMMENT ON TABLE child IS 'x';"
                               "INSERT INTO t VALUES (1) ON CONFLICT (id) DO NOTHING;"
                               "ALTER TABLE t RENAME COLUMN a TO z; COMMENT ON TABLE u IS 'x';"
                               "INSERT INTO t VALUES (2); ALTER TABLE t ADD COLUMN later int;");
  EXPECT_THAT(sent(parts.others), ElementsAre("COMMENT ON TABLE u IS 'x'", "INSERT INTO t VALUES (2)",
                                              "ALTER TABLE t ADD COLUMN later int"));
  const auto along = sent(parts.indexes);
  for (const char* piece : {"COMMENT ON INDEX i", "DROP INDEX CONCURRENTLY IF EXISTS public.old_idx",
                            "CREATE TABLE child", "COMMENT ON TABLE child", "ON CONFLICT (id)", "RENAME COLUMN a"}) {
    EXPECT_THAT(along, Contains(HasSubstr(piece)));
  }
}

TEST(IndexPartTest, IndexesThatAnotherChangeBuildsOnItsWayStayWithIt) {
  const Parts parts = parts_of("CREATE TABLE t (id int PRIMARY KEY, a int);",
                               "ALTER TABLE t ALTER COLUMN id TYPE bigint; CREATE INDEX i ON t (a);");
  EXPECT_THAT(sent(parts.indexes), ElementsAre(HasSubstr("IF NOT EXISTS i ON public.t")));
  EXPECT_THAT(sent(parts.others), Not(Contains(HasSubstr("IF NOT EXISTS i ON public.t"))));
}

TEST(IndexPartTest, WhatNeedsAnotherKeyStays) {
  const Parts parts = parts_of("CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE c (t_id int);",
                               "CREATE UNIQUE INDEX i ON t (a); CREATE TABLE d (t_id int REFERENCES t);"
                               "INSERT INTO t VALUES (1) ON CONFLICT (id) DO NOTHING;"
                               "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING;");
  EXPECT_EQ(parts.others.steps().size(), 3U);
  EXPECT_THAT(sent(parts.indexes), ElementsAre(HasSubstr("CREATE UNIQUE INDEX CONCURRENTLY")));
}

TEST(IndexPartTest, ANewTablesIndexesStayWithIt) {
  const Parts parts = parts_of(kSchema, "CREATE TABLE n (id int PRIMARY KEY, a int); CREATE INDEX ON n (a);");
  EXPECT_THAT(parts.indexes.steps(), IsEmpty());
  EXPECT_EQ(parts.others.steps().size(), 2U);
}

TEST(IndexPartTest, DangersOfTheOtherPartAreNotToldTwice) {
  const Parts parts = parts_of(kSchema, "TRUNCATE u; CREATE INDEX i ON t (a);");
  EXPECT_THAT(parts.indexes.not_rewritten, IsEmpty());
  EXPECT_EQ(parts.others.not_rewritten.size(), 1U);
}

TEST(IndexRegistryTest, IsTheGoldenDocumentAndKeepsToItsSchema) {
  const Parts parts = parts_of(read_file(fixture_path("index-registry/schema.sql")),
                               read_file(fixture_path("index-registry/input.sql")));
  EXPECT_TRUE(matches_golden(parts.registry, "index-registry/registry.json"));

  const JsonSchema schema("index-registry");
  EXPECT_EQ(schema.violation(parts.registry), "");
  EXPECT_EQ(schema.undescribed(), "");
  // It does object where there is something to object to.
  std::string wrong = parts.registry;
  wrong.replace(wrong.find("\"query\""), 7, "\"fun\"");
  EXPECT_EQ(schema.violation(wrong), "enum at #/indexes/0/purpose");
}

TEST(IndexRegistryTest, SaysWhatAnIndexIsForAndWhetherItIsCritical) {
  const Parts parts = parts_of(read_file(fixture_path("index-registry/schema.sql")),
                               read_file(fixture_path("index-registry/input.sql")));
  rapidjson::Document registry;
  registry.Parse(parts.registry);
  std::vector<std::string> lines;
  for (const auto& index : registry["indexes"].GetArray()) {
    lines.push_back(std::string(index["name"].GetString()) + " " + index["purpose"].GetString() +
                    (index["critical"].GetBool() ? " critical" : ""));
  }
  EXPECT_THAT(
      lines, ElementsAre("public.orders_code_idx query", "public.orders_customer_id_idx foreign-key",
                         "public.customers_email_idx unique critical", "public.customers_login_key constraint critical",
                         "public.events_pkey constraint critical"));
}

}  // namespace
}  // namespace pglatch::testing
