#pragma once

#include <string>
#include <vector>

#include "tests/plans/planning.h"

namespace pglatch::testing {

// A folder of fixtures/plans: a migration (input.sql), what is there before (schema.sql), and the plan's three forms.
//
// server.sql, where there is one, is what a server has before, instead of schema.sql: with what pglatch was not told.
// The comments that input.sql or schema.sql begins with may hold
//
//   -- pg-version: 18          what the plan in the folder is written for; older servers do not run the migration
//   -- rows: 1000              at most so many rows are of use
//   -- accept-risk: NAME       and
//   -- param: NAME=VALUE       what the user decides for the plan; each may stand several times
//   -- extension: NAME         server.sql needs an extension that not every server has
//   -- not verified: REASON    it cannot be run on a server
struct PlanFixture {
  std::string name;
  std::string schema;
  std::string server_schema;
  std::string input;
  int pg_version = 0;  // 0: no matter
  std::int64_t most_rows = 0;
  PlanDecisions decisions;
  std::string extension;
  std::string not_verified;

  // The plan for a server of that major; as the folder has it, without.
  Plan plan(int major = 0) const;
};

// All of them, by name.
std::vector<PlanFixture> plan_fixtures();
PlanFixture plan_fixture(const std::string& name);

}  // namespace pglatch::testing
