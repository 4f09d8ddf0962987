#include "rules/registry.h"

#include <algorithm>

#include "rules/recipes/recipes.h"

// One line a rule, in alphabetical order of the ids: the line is all that a new rule needs here.
#define PGLATCH_RULES(RULE)                   \
  RULE(kAddCheckValidated)                    \
  RULE(kAddColumnVolatileDefault)             \
  RULE(kAddForeignKeyValidated)               \
  RULE(kAddPrimaryKey)                        \
  RULE(kAddUniqueConstraint)                  \
  RULE(kAlterColumnTypeRewrite)               \
  RULE(kAttachPartitionScan)                  \
  RULE(kConcurrentlyInTransaction)            \
  RULE(kCreateIndexConcurrentlyOnPartitioned) \
  RULE(kCreateIndexNonConcurrent)             \
  RULE(kCreateIndexOnPartitioned)             \
  RULE(kDropIndexNonConcurrent)               \
  RULE(kDynamicSql)                           \
  RULE(kEmptyFile)                            \
  RULE(kInvalidIndexLeftBehind)               \
  RULE(kSetNotNullScan)                       \
  RULE(kSuppressionWithoutReason)             \
  RULE(kSyntaxError)                          \
  RULE(kUnknownRuleInSuppression)             \
  RULE(kUnusedSuppression)

namespace pglatch {

#define PGLATCH_DECLARE(rule) extern const Rule rule;
PGLATCH_RULES(PGLATCH_DECLARE)
#undef PGLATCH_DECLARE

std::span<const Rule* const> all_rules() noexcept {
#define PGLATCH_LIST(rule) &rule,
  static constexpr const Rule* kRules[] = {PGLATCH_RULES(PGLATCH_LIST)};
#undef PGLATCH_LIST
  return kRules;
}

const Rule* find_rule(std::string_view id) noexcept {
  const auto rules = all_rules();
  const auto found = std::lower_bound(rules.begin(), rules.end(), id,
                                      [](const Rule* rule, std::string_view wanted) { return rule->id < wanted; });
  return found != rules.end() && (*found)->id == id ? *found : nullptr;
}

std::span<const Recipe* const> all_recipes() noexcept {
  static constexpr const Recipe* kRecipes[] = {&kCreateIndexRecipe, &kCreateIndexPartitionedRecipe, &kDropIndexRecipe};
  return kRecipes;
}

}  // namespace pglatch
