// Makes the plan: goes through the migration statement by statement, has recipes rewrite what they
// know, lets pass what is harmless, and marks the rest.
#pragma once

#include <functional>
#include <span>

#include "analyzer/base/result.h"
#include "analyzer/engine/rule_settings.h"
#include "analyzer/engine/walker.h"
#include "analyzer/plan/plan.h"
#include "analyzer/plan/plan_part.h"
#include "analyzer/rule_api/recipe.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

struct PlannerOptions {
  int pg_version = 15;  ///< that of the walker
  std::span<const Recipe* const> recipes;
  /// A statement on which one of these finds a warning or an error does not pass as it stands.
  std::span<const Rule* const> rules;
  /// What holds for a file instead of `rules`; empty: nothing. The settings outlive the call.
  std::function<const RuleSettings&(const SourceFile& file)> settings_of{};
  PlanPart part = PlanPart::all;
};

/// Plans the scripts in order, on a walker whose catalog holds what was there before; the walker has
/// applied the original migration afterwards. Every step's locks and work are the lock model's for the
/// statement that the step sends.
///
/// Fails where the plan would not be what it promises: a brief step that scans, builds or rewrites a
/// relation in use, a concurrent statement that is not alone, a name that PostgreSQL would cut or that
/// two relations would get. That is a bug of a recipe, caught before it reaches a server. Fails also
/// for PREPARE TRANSACTION and psql's conditionals (\if), which no plan can follow.
[[nodiscard]] Result<Plan> make_plan(Walker& walker, std::span<const Script> scripts, const PlannerOptions& options);

}  // namespace pglatch
