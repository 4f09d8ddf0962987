// The recipes, for rules/registry.cpp. One file each.
#pragma once

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

extern const Recipe kAddCheckRecipe;
extern const Recipe kAddForeignKeyRecipe;
extern const Recipe kAddKeyRecipe;
extern const Recipe kCreateIndexRecipe;
extern const Recipe kCreateIndexPartitionedRecipe;
extern const Recipe kDropIndexRecipe;
extern const Recipe kReindexRecipe;
extern const Recipe kSetNotNullRecipe;

}  // namespace pglatch
