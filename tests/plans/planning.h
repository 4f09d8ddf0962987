#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/catalog/catalog.h"
#include "analyzer/plan/plan.h"
#include "analyzer/plan/plan_part.h"
#include "analyzer/rule_api/recipe.h"

namespace pglatch::testing {

// How a migration in memory is planned.
struct Planning {
  std::string schema{};  // replayed before
  int pg_version = 15;
  ExecutionMode mode = ExecutionMode::unknown;
  bool psql = false;                                    // the text is psql's input
  std::optional<std::vector<const Recipe*>> recipes{};  // instead of all
  PlanPart part = PlanPart::all;
  PlanDecisions decisions{};
  std::optional<Catalog>* after = nullptr;  // gets the catalog as the migration leaves it
};

// Plans the scripts "1.sql", "2.sql", … of a migration.
Result<Plan> try_plan(const std::vector<std::string>& scripts, const Planning& planning = {});

// The same for one script, "1.sql", which must succeed.
Plan plan_of(const std::string& script, const Planning& planning = {});

// Titles of the steps.
std::vector<std::string> titles(const Plan& plan);
// What the steps send, in order; of a generator its query.
std::vector<std::string> sent(const Plan& plan);

// A statement of the plan by a piece of its SQL; throws std::runtime_error if there is none.
const Step& step_with(const Plan& plan, std::string_view sql);

}  // namespace pglatch::testing
