#pragma once

#include <string>
#include <vector>

#include "analyzer/server/verify.h"
#include "tests/plans/plan_fixture.h"

namespace pglatch::testing {

// What a folder of fixtures/plans came to on a server.
struct Proof {
  int major = 0;
  std::string fixture;
  std::string statement;  // the first of the migration, and how many more there are
  std::size_t steps = 0;
  Verification verification;
};

Proof proof_of(const PlanFixture& fixture, int major, const Plan& plan, Verification verification);

// integrations/docs/plans.md: a table per server.
std::string proof_page(const std::vector<Proof>& proofs, std::int64_t rows);

}  // namespace pglatch::testing
