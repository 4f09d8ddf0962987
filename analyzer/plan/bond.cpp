#include "analyzer/plan/bond.h"

#include <algorithm>

namespace pglatch {
namespace {

// What is not in here takes something away, or makes sense only with what comes after it (DISABLE TRIGGER).
bool only_adds(const AlterTableCmd& command) {
  switch (command.subtype) {
    case AT_AddColumn:
    case AT_ColumnDefault:
    case AT_DropNotNull:
    case AT_SetNotNull:
    case AT_SetStatistics:
    case AT_SetOptions:
    case AT_ResetOptions:
    case AT_SetStorage:
    case AT_SetCompression:
    case AT_AddConstraint:
    case AT_ValidateConstraint:
    case AT_AddIdentity:
    case AT_ClusterOn:
    case AT_DropCluster:
    case AT_SetRelOptions:
    case AT_ResetRelOptions:
    case AT_ReplicaIdentity:
    case AT_ChangeOwner:
      return true;
    default:
      return false;
  }
}

}  // namespace

Bond bond_of(const Node* node) noexcept {
  switch (node->type) {
    case T_AlterTableStmt: {
      const auto commands = each<AlterTableCmd>(as<AlterTableStmt>(node)->cmds);
      const bool adds = std::all_of(commands.begin(), commands.end(),
                                    [](const AlterTableCmd* command) { return only_adds(*command); });
      return adds ? Bond::free : Bond::tied;
    }
    case T_CreateTrigStmt:
      return as<CreateTrigStmt>(node)->replace ? Bond::tied : Bond::free;
    case T_CreateFunctionStmt:
      return as<CreateFunctionStmt>(node)->replace ? Bond::tied : Bond::free;
    case T_ViewStmt:
      return as<ViewStmt>(node)->replace ? Bond::tied : Bond::free;
    case T_GrantStmt:
      return as<GrantStmt>(node)->is_grant ? Bond::free : Bond::tied;
    case T_CreateStmt:
    case T_IndexStmt:
    case T_CreateSeqStmt:
    case T_CreateStatsStmt:
    case T_CreateSchemaStmt:
    case T_CreateExtensionStmt:
    case T_CreateEnumStmt:
    case T_CreateDomainStmt:
    case T_CreateRangeStmt:
    case T_CompositeTypeStmt:
    case T_AlterEnumStmt:
    case T_CommentStmt:
      return Bond::free;
    case T_RenameStmt:
      return as<RenameStmt>(node)->renameType == OBJECT_SCHEMA ? Bond::to_the_end : Bond::tied;
    case T_LockStmt:
      return Bond::to_the_end;
    default:
      return Bond::tied;
  }
}

}  // namespace pglatch
