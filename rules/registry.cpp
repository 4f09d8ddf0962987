#include "rules/registry.h"

#include <algorithm>

#include "rules/recipes/recipes.h"

// One line a rule, in alphabetical order of the ids: the line is all that a new rule needs here.
#define PGLATCH_RULES(RULE)                   \
  RULE(kAddCheckValidated)                    \
  RULE(kAddColumnConstrainedDomain)           \
  RULE(kAddColumnJson)                        \
  RULE(kAddColumnNotNullNoDefault)            \
  RULE(kAddColumnStoredGenerated)             \
  RULE(kAddColumnVolatileDefault)             \
  RULE(kAddExclusionConstraint)               \
  RULE(kAddForeignKeyValidated)               \
  RULE(kAddPrimaryKey)                        \
  RULE(kAddUniqueConstraint)                  \
  RULE(kAlterColumnTypeFkLocksBoth)           \
  RULE(kAlterColumnTypeIndexRebuild)          \
  RULE(kAlterColumnTypeRevalidatesCheck)      \
  RULE(kAlterColumnTypeRewrite)               \
  RULE(kAlterColumnTypeUsingMismatch)         \
  RULE(kAlterConstraintEnforced)              \
  RULE(kAttachPartitionScan)                  \
  RULE(kBackfillInDdlTransaction)             \
  RULE(kBulkCopy)                             \
  RULE(kCatalogQueryFails)                    \
  RULE(kCluster)                              \
  RULE(kConcurrentIndexCorruptionPg14)        \
  RULE(kConcurrentIndexWithShortLockTimeout)  \
  RULE(kConcurrentlyInTransaction)            \
  RULE(kConstraintLeftNotValid)               \
  RULE(kCreateDomainWithConstraint)           \
  RULE(kCreateEnum)                           \
  RULE(kCreateIndexConcurrentlyOnPartitioned) \
  RULE(kCreateIndexNonConcurrent)             \
  RULE(kCreateIndexOnPartitioned)             \
  RULE(kCreatePartitionOf)                    \
  RULE(kCreatePartitionScansDefault)          \
  RULE(kCreateRule)                           \
  RULE(kDetachPartitionNonConcurrent)         \
  RULE(kDomainAddConstraint)                  \
  RULE(kDropCascade)                          \
  RULE(kDropColumn)                           \
  RULE(kDropConstraintForeignKey)             \
  RULE(kDropDatabase)                         \
  RULE(kDropDefault)                          \
  RULE(kDropIndexNonConcurrent)               \
  RULE(kDropNotNull)                          \
  RULE(kDropPartition)                        \
  RULE(kDropPrimaryKey)                       \
  RULE(kDropSchema)                           \
  RULE(kDropTable)                            \
  RULE(kDropTableWithForeignKeys)             \
  RULE(kDropView)                             \
  RULE(kDuplicateIndex)                       \
  RULE(kDynamicSql)                           \
  RULE(kEmptyFile)                            \
  RULE(kEnableRowLevelSecurity)               \
  RULE(kEnumValueOrdering)                    \
  RULE(kEnumValueUsedInSameTransaction)       \
  RULE(kExpressionIndexNeedsAnalyze)          \
  RULE(kFalseClaim)                           \
  RULE(kForeignKeyCascade)                    \
  RULE(kForeignKeyMissingIndex)               \
  RULE(kForeignKeyTypeMismatch)               \
  RULE(kHashIndex)                            \
  RULE(kIdentifierTooLong)                    \
  RULE(kIndexAccessExclusiveBlocksTable)      \
  RULE(kIndexInMigration)                     \
  RULE(kIndexTooManyColumns)                  \
  RULE(kInsertSelectWithoutColumns)           \
  RULE(kInsertWithoutColumns)                 \
  RULE(kInvalidIndexLeftBehind)               \
  RULE(kLegacyType)                           \
  RULE(kLockOrderInversion)                   \
  RULE(kLockTimeoutLeak)                      \
  RULE(kLockTimeoutTooLong)                   \
  RULE(kLockUpgradeInTransaction)             \
  RULE(kManyLocksInOneTransaction)            \
  RULE(kMissingApplicationName)               \
  RULE(kMissingIdleInTransactionTimeout)      \
  RULE(kMissingLockTimeout)                   \
  RULE(kMissingPrimaryKey)                    \
  RULE(kMissingStatementTimeout)              \
  RULE(kMultiColumnPartitioning)              \
  RULE(kMultipleAlterTableSameTable)          \
  RULE(kMultipleTablesLockedInOneTransaction) \
  RULE(kNestedTransaction)                    \
  RULE(kNonTransactionalMultiStatement)       \
  RULE(kNotIn)                                \
  RULE(kNullComparison)                       \
  RULE(kOrdinalGroupBy)                       \
  RULE(kPendingTriggerEvents)                 \
  RULE(kPreferBigintKey)                      \
  RULE(kPreferIdentity)                       \
  RULE(kPreferJsonb)                          \
  RULE(kPreferRobustStatements)               \
  RULE(kPreferTextField)                      \
  RULE(kPreferTimestamptz)                    \
  RULE(kRefreshMatviewBlocking)               \
  RULE(kReindexNonConcurrent)                 \
  RULE(kRenameColumn)                         \
  RULE(kRenameEnumValue)                      \
  RULE(kRenameSchema)                         \
  RULE(kRenameTable)                          \
  RULE(kReplaceIndexDropBeforeCreate)         \
  RULE(kReplicaIdentityFull)                  \
  RULE(kSchemaUnqualifiedObject)              \
  RULE(kSecurityDefinerSearchPath)            \
  RULE(kSelectStar)                           \
  RULE(kSetAccessMethod)                      \
  RULE(kSetLocalOutsideTransaction)           \
  RULE(kSetLoggedUnlogged)                    \
  RULE(kSetNotNullScan)                       \
  RULE(kSetTablespace)                        \
  RULE(kSuppressionWithoutReason)             \
  RULE(kSyntaxError)                          \
  RULE(kTableInheritance)                     \
  RULE(kTruncate)                             \
  RULE(kUnclosedTransaction)                  \
  RULE(kUnknownRuleInSuppression)             \
  RULE(kUnusedSuppression)                    \
  RULE(kUpdateWithoutWhere)                   \
  RULE(kVacuumFull)                           \
  RULE(kValidateWhileHoldingLock)             \
  RULE(kWillFail)                             \
  RULE(kWorkWhileHoldingLock)

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
  static constexpr const Recipe* kRecipes[] = {&kAddCheckRecipe,
                                               &kAddColumnRecipe,
                                               &kAddEnumValueRecipe,
                                               &kAddForeignKeyRecipe,
                                               &kAddKeyRecipe,
                                               &kAlterColumnTypeRecipe,
                                               &kAttachPartitionRecipe,
                                               &kBatchRowsRecipe,
                                               &kConvertToPartitionedRecipe,
                                               &kCreateIndexRecipe,
                                               &kCreateIndexPartitionedRecipe,
                                               &kCreatePartitionRecipe,
                                               &kDetachPartitionRecipe,
                                               &kDropColumnRecipe,
                                               &kDropIndexRecipe,
                                               &kDropPartitionRecipe,
                                               &kDropTableRecipe,
                                               &kRefreshMaterializedViewRecipe,
                                               &kReindexRecipe,
                                               &kRenameShimRecipe,
                                               &kSetIndexTablespaceRecipe,
                                               &kSetNotNullRecipe};
  return kRecipes;
}

}  // namespace pglatch
