// Conversions that give the new table to pg_partman: what becomes of the calls, and what cannot be asked of it.
#include <gmock/gmock.h>

#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kSchema = "CREATE TABLE t (id bigint PRIMARY KEY, at date NOT NULL, n int);";
constexpr const char* kParent = "SELECT partman.create_parent('public.t', 'at', '1 month');\n";

Plan plan(const std::string& calls, const std::string& partman = {}, const std::string& after = {}) {
  Planning planning;
  planning.schema = kSchema;
  planning.decisions.parameters["floor"] = "2000-01-01";
  planning.decisions.parameters["cut"] = "2040-01-01";
  if (!partman.empty()) planning.decisions.parameters["partman"] = partman;
  return plan_of("ALTER TABLE t RENAME TO t_old;\nCREATE TABLE t (LIKE t_old) PARTITION BY RANGE (at);\n" + calls +
                     "INSERT INTO t SELECT * FROM t_old;\n" + after,
                 planning);
}

std::string refusal(const Plan& plan) {
  return plan.not_rewritten.empty() ? std::string()
                                    : plan.not_rewritten.front().reason + " " + plan.not_rewritten.front().manual;
}

// The call in the plan, without what all have in common.
std::string call(const Plan& plan) {
  EXPECT_THAT(refusal(plan), IsEmpty());
  const std::string begin = "SELECT partman.create_parent(p_parent_table := 'public.t', p_control := 'at', ";
  const std::string end = ", p_start_partition := '2040-01-01')";
  for (const std::string& sql : sent(plan)) {
    if (sql.rfind(begin, 0) != 0) continue;
    EXPECT_EQ(sql.substr(sql.size() - end.size()), end);
    return sql.substr(begin.size(), sql.size() - begin.size() - end.size());
  }
  return {};
}

bool notes_version_4(const Plan& plan) {
  return ::testing::Matches(Contains(HasSubstr("as pg_partman 4 has it")))(plan.notes);
}

TEST(ConversionPartmanTest, TheCallIsVersion5s) {
  const Plan made = plan(kParent);
  EXPECT_EQ(call(made), "p_interval := '1 month', p_type := 'range'");
  EXPECT_FALSE(notes_version_4(made));
  EXPECT_EQ(call(plan("SELECT partman.create_parent('public.t', p_control => 'at', p_interval => '1 month', "
                      "p_premake => 2 /* two */, p_constraint_cols => ARRAY['n', 'id']);\n")),
            "p_interval := '1 month', p_type := 'range', p_premake := 2, p_constraint_cols := ARRAY['n', 'id']");
}

TEST(ConversionPartmanTest, TheCallOfVersion4IsTranslated) {
  for (const char* arguments : {"'public.t', 'at', 'native', 'monthly'", "'public.t', 'at', 'native', '1 month'",
                                "'public.t', 'at', p_type := 'native', p_interval := 'monthly'"}) {
    const Plan made = plan(std::string("SELECT partman.create_parent(") + arguments + ");\n");
    EXPECT_EQ(call(made), "p_interval := '1 month', p_type := 'range'") << arguments;
    EXPECT_TRUE(notes_version_4(made)) << arguments;
  }
  const Plan made =
      plan("SELECT partman.create_parent('public.t', 'at', 'native', 'weekly', NULL, 7, p_inherit_fk := true);\n");
  EXPECT_EQ(call(made), "p_interval := '1 week', p_type := 'range', p_constraint_cols := NULL, p_premake := 7");
  EXPECT_THAT(made.notes, Contains(HasSubstr("without p_inherit_fk")));
}

TEST(ConversionPartmanTest, VersionFourIsCalledWhereThatIsSaid) {
  EXPECT_EQ(call(plan(kParent, "4")), "p_interval := '1 month', p_type := 'native'");
  EXPECT_EQ(
      call(plan("SELECT partman.create_parent('public.t', 'at', 'native', 'monthly', p_inherit_fk := false);\n", "4")),
      "p_interval := 'monthly', p_type := 'native', p_inherit_fk := false");
  EXPECT_THAT(
      refusal(plan("SELECT partman.create_parent('public.t', 'at', '1 month', p_default_table := false);\n", "4")),
      HasSubstr("pg_partman 4 has no parameter p_default_table"));
  EXPECT_THAT(refusal(plan(kParent, "6")), HasSubstr("version 6"));
}

TEST(ConversionPartmanTest, TheRetentionComesLastAndWaits) {
  const std::string config =
      "UPDATE partman.part_config SET retention = '90 days', infinite_time_partitions = true\n"
      "WHERE parent_table = 'public.t';\n";
  for (const Plan& made : {plan(kParent + config), plan(kParent, {}, config)}) {
    EXPECT_THAT(refusal(made), IsEmpty());
    const Step& swap = step_with(made, "RENAME TO t_old");
    EXPECT_EQ(swap.sql.back(),
              "UPDATE partman.part_config SET infinite_time_partitions = true WHERE parent_table = 'public.t'");
    const auto steps = made.steps();
    EXPECT_TRUE(steps[steps.size() - 2]->by_hand);
    EXPECT_EQ(steps.back()->sql.front(),
              "UPDATE partman.part_config SET retention = '90 days' WHERE parent_table = 'public.t'");
  }
  const Plan never =
      plan(std::string(kParent) + "UPDATE partman.part_config SET retention = NULL WHERE parent_table = 'public.t';\n");
  EXPECT_FALSE(never.steps().back()->by_hand);
  EXPECT_THAT(never.notes, Not(Contains(HasSubstr("The retention is set last"))));
}

TEST(ConversionPartmanTest, MaintenanceIsRunOnceTheTableIsInPlace) {
  for (const char* call : {"SELECT partman.run_maintenance();", "CALL partman.run_maintenance_proc();",
                           "SELECT partman.run_maintenance('public.t');"}) {
    const Plan made = plan(kParent, {}, call);
    EXPECT_EQ(made.steps().back()->sql.front(), "SELECT partman.run_maintenance('public.t')") << call;
  }
}

TEST(ConversionPartmanTest, RowsThatPgPartmanMovesStayToo) {
  Planning planning;
  planning.schema = kSchema;
  planning.decisions.parameters["floor"] = "2000-01-01";
  planning.decisions.parameters["cut"] = "2040-01-01";
  const auto moving = [&](const std::string& arguments) {
    return plan_of("ALTER TABLE t RENAME TO t_old;\nCREATE TABLE t (LIKE t_old) PARTITION BY RANGE (at);\n" +
                       std::string(kParent) + "CALL partman.partition_data_proc(" + arguments + ");",
                   planning);
  };
  EXPECT_THAT(refusal(moving("'public.t', p_source_table := 'public.t_old'")), IsEmpty());
  EXPECT_THAT(refusal(moving("'public.t'")), HasSubstr("moves rows of the default partition"));
}

TEST(ConversionPartmanTest, WhatCannotBeAskedOfItIsRefused) {
  const auto with = [](const std::string& arguments) {
    return refusal(plan("SELECT partman.create_parent(" + arguments + ");\n"));
  };
  EXPECT_THAT(with("'public.t', 'at', '1 month', 'list'"), HasSubstr("the table is partitioned by ranges"));
  EXPECT_THAT(with("'public.t', 'at', 'time-custom', '1 month'"), HasSubstr("in 4 'native'"));
  EXPECT_THAT(with("'public.t', 'n', '1 month'"), HasSubstr("is not the column"));
  EXPECT_THAT(with("'public.t', 'at', current_setting('x.y')"), HasSubstr("no constant"));
  EXPECT_THAT(with("'public.t', 'at', '1 month', p_epoch := 'seconds'"), HasSubstr("With p_epoch"));
  EXPECT_THAT(with("'public.t', 'at', '1 month', p_native_check := 'yes'"), HasSubstr("no parameter p_native_check"));
  EXPECT_THAT(with("'public.u', 'at', '1 month'"), HasSubstr("for the first time"));
  EXPECT_THAT(refusal(plan(std::string(kParent) + kParent)), HasSubstr("for the first time"));
  EXPECT_THAT(refusal(plan("SELECT partman.run_maintenance('public.t');\n")), HasSubstr("not given the table before"));
  EXPECT_THAT(refusal(plan(std::string(kParent) + "UPDATE partman.part_config SET premake = 9;\n")),
              HasSubstr("it is no UPDATE … WHERE parent_table = 'public.t'"));
  const std::string future = "CREATE TABLE t_2040 PARTITION OF t FOR VALUES FROM ('2040-01-01') TO ('2041-01-01');\n";
  EXPECT_THAT(refusal(plan(kParent + future)), HasSubstr("pg_partman is to make partitions as well"));
  const std::string rest = "CREATE TABLE t_rest PARTITION OF t DEFAULT;\n";
  EXPECT_THAT(refusal(plan(kParent + rest)), HasSubstr("pg_partman is to make partitions as well"));
  EXPECT_THAT(
      refusal(plan("SELECT partman.create_parent('public.t', 'at', '1 month', p_default_table := false);\n" + rest)),
      IsEmpty());
}

TEST(ConversionPartmanTest, TheRetentionNeverRunsByItself) {
  EXPECT_THAT(refusal(plan(kParent, {},
                           "SELECT 1;\nUPDATE partman.part_config SET retention = '8 days' WHERE parent_table = "
                           "'public.t';")),
              HasSubstr("when the table has all its rows"));
}

TEST(ConversionPartmanTest, ACopyIsNotForIt) {
  Planning planning;
  planning.schema = kSchema;
  planning.decisions.parameters["split"] = "copy";
  const Plan made = plan_of(
      "ALTER TABLE t RENAME TO t_old;\nCREATE TABLE t (LIKE t_old, PRIMARY KEY (id, at)) PARTITION "
      "BY RANGE (at);\n" +
          std::string(kParent) + "INSERT INTO t SELECT * FROM t_old;",
      planning);
  EXPECT_THAT(refusal(made), HasSubstr("names them after the table"));
}

}  // namespace
}  // namespace pglatch::testing
