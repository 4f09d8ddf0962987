// Plans proved and refuted on servers of their own.
#include <gmock/gmock.h>

#include "analyzer/server/binaries.h"
#include "analyzer/server/verify.h"
#include "analyzer/server/verify_formats.h"
#include "tests/plans/planning.h"
#include "tests/plans/server_plan.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kOrders =
    "CREATE TABLE customers (id serial PRIMARY KEY, email varchar(40) NOT NULL UNIQUE);"
    "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    "  customer_id int NOT NULL REFERENCES customers, status text NOT NULL CHECK (status IN ('open', 'closed')),"
    "  total numeric(8,2) CHECK (total > 0), at timestamptz DEFAULT now());"
    "ALTER TABLE orders OWNER TO app;";
constexpr const char* kIndex = "CREATE INDEX orders_status_idx ON orders (status);";

Script script_of(const std::string& path, const std::string& text, bool is_history = false) {
  Script script;
  script.file = std::make_shared<SourceFile>(path, text);
  script.is_history = is_history;
  return script;
}

class VerifyServerTest : public ::testing::TestWithParam<int> {
 protected:
  Plan plan(const std::string& migration) const {
    Planning planning;
    planning.schema = schema_;
    return plan_of(migration, planning);
  }

  // On a server that is there already, unless a test is about the other. Machines that run tests stall for reasons of
  // their own: what a client may wait for is long unless a test is about that.
  Result<Verification> try_verify(const std::string& migration, const Plan& plan) const {
    VerifyOptions options = options_;
    if (options.server_bin.empty() && options.url.empty()) {
      options.url = Server::shared(GetParam()).conninfo();
      Server::shared(GetParam()).connect().try_exec("CREATE ROLE app");
    }
    const std::vector<Script> schema{script_of("schema.sql", schema_)};
    const std::vector<Script> scripts{script_of("1.sql", migration)};
    return verify_plan({schema, scripts, plan}, options);
  }

  Verification verify(const std::string& migration, const Plan& plan) const {
    auto verification = try_verify(migration, plan);
    if (!verification) throw std::runtime_error(verification.error().message);
    return std::move(*verification);
  }

  Verification verify(const std::string& migration) const { return verify(migration, plan(migration)); }

  // The plan for kIndex with one step more, which the original does not have.
  Verification verify_with(StepClass step_class, std::vector<std::string> sql) const {
    Plan wrong = plan(kIndex);
    Step step;
    step.id = "S99";
    step.title = "What the original does not do";
    step.step_class = step_class;
    step.sql = std::move(sql);
    wrong.phases.back().steps.push_back(step);
    return verify(kIndex, wrong);
  }

  static VerifyOptions patient() {
    VerifyOptions options;
    options.rows = 2000;
    options.max_stall = std::chrono::seconds(20);
    return options;
  }

  std::string schema_ = kOrders;
  VerifyOptions options_ = patient();
};

TEST_P(VerifyServerTest, ProvesAnIndexOnAClusterOfItsOwn) {
  options_.server_bin = Server::bin_directory(GetParam()).string();
  const Verification verification = verify(kIndex);
  EXPECT_THAT(verification.refutations, IsEmpty()) << write_verification_text(verification);
  EXPECT_THAT(verification.differences, IsEmpty());
  EXPECT_THAT(verification.second_changes, IsEmpty());
  ASSERT_THAT(verification.tables, SizeIs(2));
  for (const FilledTable& table : verification.tables) {
    EXPECT_EQ(table.rows, 2000) << table.name << ": " << table.problem;
  }
  EXPECT_THAT(verification.original.locks,
              ElementsAre(ObservedLock{"statement 1", "public.orders", "ShareLock", true}));
  // Whoever looks at a build from outside may come too late for it; LockSamplerTest holds one up.
  EXPECT_THAT(verification.plan.locks, Each(ObservedLock{"S1", "public.orders", "ShareUpdateExclusiveLock", true}));
  for (const VerifiedRun* run : {&verification.original, &verification.plan}) {
    ASSERT_THAT(run->traffic, SizeIs(1));
    EXPECT_GT(run->traffic[0].reads.statements, 0);
    EXPECT_GT(run->traffic[0].writes.statements, 0);
    EXPECT_EQ(run->traffic[0].writes.failures, 0) << run->traffic[0].writes.first_failure;
  }
}

TEST_P(VerifyServerTest, ProvesAnIndexOfAPartitionedTable) {
  schema_ = read_file(fixture_path("plans/sub-partitions/schema.sql"));
  const Verification verification = verify(read_file(fixture_path("plans/sub-partitions/input.sql")));
  EXPECT_TRUE(verification.holds()) << write_verification_text(verification);
  EXPECT_EQ(verification.plan.unpredicted(), 0U) << write_verification_text(verification);
  EXPECT_GT(verification.plan.locks.size(), 4U);
}

TEST_P(VerifyServerTest, ProvesConstraints) {
  const Verification verification = verify(
      "ALTER TABLE orders ADD CONSTRAINT big CHECK (total < 99999), ALTER total SET NOT NULL;"
      "ALTER TABLE orders ADD UNIQUE (id, at);");
  EXPECT_TRUE(verification.holds()) << write_verification_text(verification);
  EXPECT_EQ(verification.plan.unpredicted(), 0U) << write_verification_text(verification);
}

// What does not depend on the version.
class RefutationServerTest : public VerifyServerTest {};

TEST_P(RefutationServerTest, RefutesAPlanThatLeavesAnotherSchema) {
  const Verification verification = verify_with(StepClass::brief, {"COMMENT ON TABLE orders IS 'by the plan'"});
  EXPECT_FALSE(verification.holds());
  ASSERT_THAT(verification.differences, SizeIs(1));
  EXPECT_EQ(verification.differences[0].object, "comment on table public.orders");
  EXPECT_THAT(verification.differences[0].original, IsEmpty());
  EXPECT_THAT(verification.differences[0].plan, ElementsAre("by the plan"));
  EXPECT_THAT(verification.refutations, ElementsAre(HasSubstr("the final schemas differ in 1 object")));
}

TEST_P(RefutationServerTest, RefutesAPlanThatLeavesOtherValues) {
  const Verification verification = verify_with(StepClass::brief, {"UPDATE orders SET total = 1 WHERE id = 5"});
  EXPECT_THAT(verification.row_differences,
              ElementsAre(Field(&SchemaDifference::object, "values of public.orders.total")));
  EXPECT_THAT(verification.refutations,
              Contains("the tables do not hold the same in the end, first: values of public.orders.total"));
}

TEST_P(RefutationServerTest, ValuesByChanceRefuteNothing) {
  const Verification verification =
      verify("ALTER TABLE orders ADD COLUMN noted timestamptz DEFAULT now(), ADD COLUMN n int DEFAULT 5;");
  EXPECT_TRUE(verification.holds()) << write_verification_text(verification);
  EXPECT_THAT(verification.notes, Contains(HasSubstr("values of public.orders.noted are not compared")));
}

TEST_P(RefutationServerTest, RefutesAPlanThatDoesNotGoOnAfterAnInterruption) {
  options_.interrupt = true;
  Plan wrong = plan(kIndex);
  Step step;
  step.id = "S99";
  step.title = "Runs once only";
  step.step_class = StepClass::brief;
  step.already_done = "SELECT count(*) > 1 FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname LIKE 'x_'";
  step.sql = {"ALTER TABLE orders ADD COLUMN x1 int"};
  wrong.phases.back().steps.push_back(step);
  const Verification verification = verify(kIndex, wrong);
  EXPECT_THAT(verification.refutations,
              Contains(AllOf(HasSubstr("interrupted in S99 (after it), the plan does not go on: ERROR:"),
                             HasSubstr("column \"x1\" of relation \"orders\" already exists"))));
}

TEST_P(VerifyServerTest, ProvesWhatIsInterrupted) {
  options_.interrupt = true;
  const Verification verification = verify(
      "ALTER TABLE orders ADD CONSTRAINT big CHECK (total < 99999);"
      "CREATE INDEX orders_status_idx ON orders (status);");
  EXPECT_TRUE(verification.holds()) << write_verification_text(verification);
  std::vector<InterruptMoment> moments;
  for (const Interruption& each : verification.interruptions) {
    EXPECT_TRUE(each.came_to_pass) << each.step << ' ' << to_string(each.moment);
    moments.push_back(each.moment);
  }
  using enum InterruptMoment;
  EXPECT_THAT(moments, ElementsAre(after, after, after, at_commit, at_commit, at_writers, at_snapshots));
}

TEST_P(RefutationServerTest, RowsThatTheOriginalBreaksOffAtAreGivenUp) {
  schema_ = "CREATE TABLE flags (id int PRIMARY KEY, flag boolean NOT NULL);";
  const Verification verification = verify("ALTER TABLE flags ADD UNIQUE (flag);");
  EXPECT_TRUE(verification.holds()) << write_verification_text(verification);
  EXPECT_THAT(verification.notes, Contains(HasSubstr("Nothing is said of rows")));
  EXPECT_EQ(verification.tables.front().rows, 0);
}

TEST_P(RefutationServerTest, RefutesAPlanThatDoesItsWorkTwice) {
  const Verification verification = verify_with(StepClass::validate, {"UPDATE orders SET total = total WHERE id = 5"});
  EXPECT_THAT(verification.differences, IsEmpty());
  EXPECT_THAT(verification.row_differences, IsEmpty());
  EXPECT_THAT(verification.refutations,
              ElementsAre("the second run of the plan changes something, first: rows of public.orders"));
}

TEST_P(RefutationServerTest, RefutesAPlanThatMakesClientsWaitAndSeesItsLock) {
  options_.max_stall = std::chrono::milliseconds(500);
  const Verification verification = verify_with(
      StepClass::validate, {"LOCK TABLE orders IN ACCESS EXCLUSIVE MODE", "DO 'BEGIN PERFORM pg_sleep(3); END'"});
  EXPECT_THAT(verification.refutations, Contains(HasSubstr("a read of public.orders stalled for ")));
  EXPECT_THAT(verification.refutations, Contains(HasSubstr("a write of public.orders stalled for ")));
  EXPECT_THAT(verification.plan.locks, Contains(ObservedLock{"S99", "public.orders", "AccessExclusiveLock", false}));
}

TEST_P(RefutationServerTest, RefutesAPlanThatFails) {
  const Verification verification = verify_with(StepClass::brief, {"ALTER TABLE orders ADD COLUMN id int"});
  EXPECT_THAT(verification.refutations, ElementsAre(HasSubstr("the plan fails: ERROR:  column \"id\" of relation")));
}

TEST_P(RefutationServerTest, RefutesAPlanThatMissesAStep) {
  Plan wrong = plan(std::string(kIndex) + "ALTER TABLE orders ADD COLUMN note text;");
  wrong.phases.erase(wrong.phases.begin());
  const Verification verification = verify(std::string(kIndex) + "ALTER TABLE orders ADD COLUMN note text;", wrong);
  ASSERT_FALSE(verification.differences.empty());
  EXPECT_THAT(verification.differences, Contains(Field(&SchemaDifference::plan, IsEmpty())));
}

TEST_P(RefutationServerTest, WorksOnAServerOfOthersAndLeavesNothingThere) {
  Server& server = Server::shared(GetParam());
  const auto databases = [&] { return server.connect().query("SELECT datname FROM pg_database ORDER BY 1"); };
  const auto before = databases();
  const Verification verification = verify(kIndex);
  EXPECT_TRUE(verification.holds()) << write_verification_text(verification);
  EXPECT_EQ(databases(), before);
}

TEST_P(RefutationServerTest, SaysWhatCannotBeDone) {
  const Plan good = plan(kIndex);
  const auto broken = try_verify("CREATE INDEX ON nowhere (a);", good);
  ASSERT_FALSE(broken.ok());
  EXPECT_THAT(broken.error().message, HasSubstr("the original migration fails on PostgreSQL"));
  EXPECT_THAT(broken.error().message, HasSubstr("1.sql:1: relation \"nowhere\" does not exist"));

  const auto wide = try_verify("CREATE ROLE somebody;", good);
  ASSERT_FALSE(wide.ok());
  EXPECT_THAT(wide.error().message, HasSubstr("1.sql:1: this statement acts on the whole cluster"));

  Plan newer = good;
  newer.pg_version = 99;
  const auto old = try_verify(kIndex, newer);
  ASSERT_FALSE(old.ok());
  EXPECT_THAT(old.error().message, HasSubstr("pass --pg-version " + std::to_string(GetParam())));

  const auto elsewhere = find_binaries("/nowhere", 15);
  ASSERT_FALSE(elsewhere.ok());
  EXPECT_THAT(elsewhere.error().message, HasSubstr("/nowhere: no initdb and postgres"));
  const auto future = find_binaries("", 99);
  ASSERT_FALSE(future.ok());
  EXPECT_THAT(future.error().message, HasSubstr("postgresql-99"));

  options_.url = "host=/nowhere";
  const auto nobody = try_verify(kIndex, good);
  ASSERT_FALSE(nobody.ok());
  EXPECT_THAT(nobody.error().message, HasSubstr("/nowhere"));

  const auto nothing = try_verify(kIndex, Plan{});
  ASSERT_FALSE(nothing.ok());
  EXPECT_THAT(nothing.error().message, HasSubstr("no steps"));
}

TEST_P(RefutationServerTest, HistoryIsThereBefore) {
  VerifyOptions options = options_;
  options.url = Server::shared(GetParam()).conninfo();
  Server::shared(GetParam()).connect().try_exec("CREATE ROLE app");
  const std::vector<Script> scripts{script_of("0.sql", kOrders, true), script_of("1.sql", kIndex)};
  const auto verification = verify_plan({{}, scripts, plan(kIndex)}, options);
  ASSERT_TRUE(verification.ok()) << verification.error().message;
  EXPECT_TRUE(verification->holds()) << write_verification_text(*verification);
}

INSTANTIATE_TEST_SUITE_P(Servers, VerifyServerTest, ::testing::ValuesIn(oldest_and_newest(plan_majors())),
                         ::testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(Servers, RefutationServerTest, ::testing::Values(plan_majors().back()),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace pglatch::testing
