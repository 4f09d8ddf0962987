// The recipes, for rules/registry.cpp. One file each.
#pragma once

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

extern const Recipe kAddCheckRecipe;
extern const Recipe kAddColumnRecipe;
extern const Recipe kAddEnumValueRecipe;
extern const Recipe kAddForeignKeyRecipe;
extern const Recipe kAddKeyRecipe;
extern const Recipe kAlterColumnTypeRecipe;
extern const Recipe kAttachPartitionRecipe;
extern const Recipe kBatchRowsRecipe;
extern const Recipe kConvertToPartitionedRecipe;
extern const Recipe kCreateIndexRecipe;
extern const Recipe kCreateIndexPartitionedRecipe;
extern const Recipe kCreatePartitionRecipe;
extern const Recipe kDetachPartitionRecipe;
extern const Recipe kDropColumnRecipe;
extern const Recipe kDropIndexRecipe;
extern const Recipe kDropPartitionRecipe;
extern const Recipe kDropTableRecipe;
extern const Recipe kRefreshMaterializedViewRecipe;
extern const Recipe kReindexRecipe;
extern const Recipe kRenameShimRecipe;
extern const Recipe kSetIndexTablespaceRecipe;
extern const Recipe kSetNotNullRecipe;

}  // namespace pglatch
