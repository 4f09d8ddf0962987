// Every folder of fixtures/plans, proved by verify on the oldest and the newest server: with few rows, and with the
// plan interrupted after and in each of its steps. With PGLATCH_PROOF_ROWS=500000 it is measured instead, on all
// servers (./dev verify-plans): PGLATCH_PROOF_PAGE names the page that is written of it, else all of it is printed.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <tuple>

#include "analyzer/server/verify_formats.h"
#include "tests/plans/plan_fixture.h"
#include "tests/plans/proof_page.h"
#include "tests/support/json_schema.h"
#include "tests/support/server.h"

namespace pglatch::testing {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::Gt;
using ::testing::IsEmpty;

constexpr std::int64_t kFewRows = 200;

std::int64_t measured_rows() {
  const char* rows = std::getenv("PGLATCH_PROOF_ROWS");
  return rows == nullptr ? 0 : std::atoll(rows);
}

std::vector<int> majors() {
  const auto all = Server::available_majors();
  return measured_rows() > 0 ? all : oldest_and_newest(all);
}

Script script_of(const std::string& path, const std::string& text) {
  Script script;
  script.file = std::make_shared<SourceFile>(path, text);
  return script;
}

class ProofServerTest : public ::testing::TestWithParam<std::tuple<std::string, int>> {
 public:
  static void TearDownTestSuite() {
    const char* page = std::getenv("PGLATCH_PROOF_PAGE");
    if (page != nullptr) std::ofstream(page) << proof_page(proofs_, measured_rows());
  }

 protected:
  static VerifyOptions options(const PlanFixture& fixture, const std::string& url) {
    VerifyOptions options;
    options.url = url;
    options.rows = measured_rows() > 0 ? measured_rows() : kFewRows;
    if (fixture.most_rows > 0) options.rows = std::min(options.rows, fixture.most_rows);
    if (measured_rows() > 0) return options;
    options.interrupt = true;
    // Nobody waits long for few rows, but machines that run tests are slow for reasons of their own.
    options.max_stall = std::chrono::seconds(20);
    return options;
  }

  static std::vector<Proof> proofs_;
};

std::vector<Proof> ProofServerTest::proofs_;

TEST_P(ProofServerTest, Holds) {
  const PlanFixture fixture = plan_fixture(std::get<0>(GetParam()));
  const int major = std::get<1>(GetParam());
  if (!fixture.not_verified.empty()) GTEST_SKIP() << fixture.not_verified;
  if (major < fixture.pg_version) GTEST_SKIP() << "the migration is for PostgreSQL " << fixture.pg_version;
  const Plan plan = fixture.plan(major);
  Server& server = Server::shared(major);
  server.connect().try_exec("CREATE ROLE app");
  const std::vector<Script> schema{script_of("schema.sql", fixture.server_schema)};
  const std::vector<Script> scripts{script_of("1.sql", fixture.input)};
  auto verification = verify_plan({schema, scripts, plan}, options(fixture, server.conninfo()));
  ASSERT_TRUE(verification.ok()) << verification.error().message;
  const std::string text = write_verification_text(*verification);
  EXPECT_TRUE(verification->holds()) << text;
  if (measured_rows() > 0 && std::getenv("PGLATCH_PROOF_PAGE") == nullptr) std::cout << text << '\n';
  EXPECT_THAT(verification->tables, AnyOf(IsEmpty(), Contains(Field(&FilledTable::rows, Gt(0))))) << text;
  EXPECT_EQ(JsonSchema("verify").violation(write_verification_json(*verification)), "");
  proofs_.push_back(proof_of(fixture, major, plan, std::move(*verification)));
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const PlanFixture& fixture : plan_fixtures()) all.push_back(fixture.name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Fixtures, ProofServerTest,
                         ::testing::Combine(::testing::ValuesIn(names()), ::testing::ValuesIn(majors())),
                         [](const auto& param_info) {
                           std::string name = std::get<0>(param_info.param);
                           for (char& c : name) {
                             if (c == '-') c = '_';
                           }
                           return name + "_" + std::to_string(std::get<1>(param_info.param));
                         });

}  // namespace
}  // namespace pglatch::testing
