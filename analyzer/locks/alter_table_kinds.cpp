// Which kinds of relations a subcommand of ALTER TABLE is for, and how PostgreSQL says that it is not.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "analyzer/locks/alter_table.h"
#include "analyzer/locks/by_version.h"

namespace pglatch::locks {
namespace {

// A set of relation kinds, as the ATT_… of tablecmds.c.
using Kinds = unsigned;
constexpr Kinds kTable = 1U << 0U;
constexpr Kinds kPartitioned = 1U << 1U;
constexpr Kinds kView = 1U << 2U;
constexpr Kinds kMatview = 1U << 3U;
constexpr Kinds kIndex = 1U << 4U;
constexpr Kinds kPartitionedIndex = 1U << 5U;
constexpr Kinds kComposite = 1U << 6U;
constexpr Kinds kForeign = 1U << 7U;
constexpr Kinds kSequence = 1U << 8U;
constexpr Kinds kTables = kTable | kPartitioned;

struct Action {
  AlterTableType subcommand;
  Kinds kinds;
  std::string_view name;  // alter_table_type_to_string()
};

// ATPrepCmd() of 14 to 17; what 18 does otherwise is below.
constexpr std::array kActions{
    Action{AT_AddColumn, kTables | kComposite | kForeign, "ADD COLUMN"},
    Action{AT_ColumnDefault, kTables | kView | kForeign, "ALTER COLUMN ... SET DEFAULT"},
    Action{AT_AddIdentity, kTables | kView | kForeign, "ALTER COLUMN ... ADD IDENTITY"},
    Action{AT_SetIdentity, kTables | kView | kForeign, "ALTER COLUMN ... SET"},
    Action{AT_DropIdentity, kTables | kView | kForeign, "ALTER COLUMN ... DROP IDENTITY"},
    Action{AT_DropNotNull, kTables | kForeign, "ALTER COLUMN ... DROP NOT NULL"},
    Action{AT_SetNotNull, kTables | kForeign, "ALTER COLUMN ... SET NOT NULL"},
    Action{AT_SetExpression, kTables | kForeign, "ALTER COLUMN ... SET EXPRESSION"},
    Action{AT_DropExpression, kTables | kForeign, "ALTER COLUMN ... DROP EXPRESSION"},
    Action{AT_SetStatistics, kTables | kMatview | kIndex | kPartitionedIndex | kForeign,
           "ALTER COLUMN ... SET STATISTICS"},
    Action{AT_SetOptions, kTables | kMatview | kForeign, "ALTER COLUMN ... SET"},
    Action{AT_ResetOptions, kTables | kMatview | kForeign, "ALTER COLUMN ... RESET"},
    Action{AT_SetStorage, kTables | kMatview | kForeign, "ALTER COLUMN ... SET STORAGE"},
    Action{AT_SetCompression, kTables | kMatview, "ALTER COLUMN ... SET COMPRESSION"},
    Action{AT_DropColumn, kTables | kComposite | kForeign, "DROP COLUMN"},
    Action{AT_AddConstraint, kTables | kForeign, "ADD CONSTRAINT"},
    Action{AT_AlterConstraint, kTables, "ALTER CONSTRAINT"},
    Action{AT_ValidateConstraint, kTables | kForeign, "VALIDATE CONSTRAINT"},
    Action{AT_DropConstraint, kTables | kForeign, "DROP CONSTRAINT"},
    Action{AT_AlterColumnType, kTables | kComposite | kForeign, "ALTER COLUMN ... SET DATA TYPE"},
    Action{AT_ClusterOn, kTables | kMatview, "CLUSTER ON"},
    Action{AT_DropCluster, kTables | kMatview, "SET WITHOUT CLUSTER"},
    Action{AT_SetLogged, kTables | kSequence, "SET LOGGED"},
    Action{AT_SetUnLogged, kTables | kSequence, "SET UNLOGGED"},
    Action{AT_DropOids, kTables | kForeign, "SET WITHOUT OIDS"},
    Action{AT_SetAccessMethod, kTables | kMatview, "SET ACCESS METHOD"},
    Action{AT_SetTableSpace, kTables | kMatview | kIndex | kPartitionedIndex, "SET TABLESPACE"},
    Action{AT_SetRelOptions, kTables | kView | kMatview | kIndex, "SET"},
    Action{AT_ResetRelOptions, kTables | kView | kMatview | kIndex, "RESET"},
    Action{AT_EnableTrig, kTables | kForeign, "ENABLE TRIGGER"},
    Action{AT_EnableAlwaysTrig, kTables | kForeign, "ENABLE ALWAYS TRIGGER"},
    Action{AT_EnableReplicaTrig, kTables | kForeign, "ENABLE REPLICA TRIGGER"},
    Action{AT_DisableTrig, kTables | kForeign, "DISABLE TRIGGER"},
    Action{AT_EnableTrigAll, kTables | kForeign, "ENABLE TRIGGER ALL"},
    Action{AT_DisableTrigAll, kTables | kForeign, "DISABLE TRIGGER ALL"},
    Action{AT_EnableTrigUser, kTables | kForeign, "ENABLE TRIGGER USER"},
    Action{AT_DisableTrigUser, kTables | kForeign, "DISABLE TRIGGER USER"},
    Action{AT_EnableRule, kTables, "ENABLE RULE"},
    Action{AT_EnableAlwaysRule, kTables, "ENABLE ALWAYS RULE"},
    Action{AT_EnableReplicaRule, kTables, "ENABLE REPLICA RULE"},
    Action{AT_DisableRule, kTables, "DISABLE RULE"},
    Action{AT_AddInherit, kTables | kForeign, "INHERIT"},
    Action{AT_DropInherit, kTables | kForeign, "NO INHERIT"},
    Action{AT_AddOf, kTables, "OF"},
    Action{AT_DropOf, kTables, "NOT OF"},
    Action{AT_ReplicaIdentity, kTables | kMatview, "REPLICA IDENTITY"},
    Action{AT_EnableRowSecurity, kTables, "ENABLE ROW SECURITY"},
    Action{AT_DisableRowSecurity, kTables, "DISABLE ROW SECURITY"},
    Action{AT_ForceRowSecurity, kTables, "FORCE ROW SECURITY"},
    Action{AT_NoForceRowSecurity, kTables, "NO FORCE ROW SECURITY"},
    Action{AT_GenericOptions, kForeign, "OPTIONS"},
    Action{AT_AlterColumnGenericOptions, kForeign, "ALTER COLUMN ... OPTIONS"},
    Action{AT_AttachPartition, kTables | kPartitionedIndex, "ATTACH PARTITION"},
    Action{AT_DetachPartition, kTables, "DETACH PARTITION"},
    Action{AT_DetachPartitionFinalize, kTables, "DETACH PARTITION ... FINALIZE"},
};

// ATSimplePermissions() tells partitioned tables from others.
constexpr ByVersion kKnowsPartitioned{
    std::array{Since<bool>{10, false, "tablecmds.c"}, Since<bool>{18, true, "ATT_PARTITIONED_TABLE in tablecmds.c"}}};

// Sequences have a persistence of their own.
constexpr ByVersion kUnloggedSequences{
    std::array{Since<bool>{10, false, "tablecmds.c"}, Since<bool>{15, true, "release notes of 15"}}};

// A message that names the subcommand, not the kinds that it is for.
constexpr ByVersion kNamesAction{std::array{Since<bool>{10, false, "ATWrongRelkindError() in tablecmds.c"},
                                            Since<bool>{15, true, "ATSimplePermissions() in tablecmds.c"}}};

const Action* find_action(AlterTableType subcommand) {
  const auto found = std::find_if(kActions.begin(), kActions.end(),
                                  [&](const Action& action) { return action.subcommand == subcommand; });
  return found == kActions.end() ? nullptr : &*found;
}

Kinds kinds_of(const Action& action, int version) {
  Kinds kinds = action.kinds;
  if (!kUnloggedSequences.at(version)) kinds &= ~kSequence;
  if (!kKnowsPartitioned.at(version)) return kinds;
  switch (action.subcommand) {
    case AT_SetLogged:
    case AT_SetUnLogged:
      return kinds & ~kPartitioned;
    case AT_AttachPartition:
    case AT_DetachPartition:
    case AT_DetachPartitionFinalize:
      return kinds & ~kTable;
    default:
      return kinds;
  }
}

Kinds kind_of(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::table:
      return kTable;
    case RelationKind::partitioned_table:
      return kPartitioned;
    case RelationKind::foreign_table:
      return kForeign;
    case RelationKind::index:
      return kIndex;
    case RelationKind::partitioned_index:
      return kPartitionedIndex;
    case RelationKind::view:
      return kView;
    case RelationKind::materialized_view:
      return kMatview;
    case RelationKind::sequence:
      return kSequence;
    case RelationKind::composite_type:
      return kComposite;
  }
  return 0;
}

// "table, view, or foreign table".
std::string list_of(Kinds kinds) {
  struct Word {
    Kinds kind;
    std::string_view text;
  };
  constexpr std::array kWords{Word{kTable, "table"},
                              Word{kView, "view"},
                              Word{kMatview, "materialized view"},
                              Word{kIndex, "index"},
                              Word{kPartitionedIndex, "partitioned index"},
                              Word{kComposite, "composite type"},
                              Word{kForeign, "foreign table"}};
  std::size_t count = 0;
  for (const Word& word : kWords) count += (kinds & word.kind) != 0 ? 1 : 0;
  std::string list;
  std::size_t at = 0;
  for (const Word& word : kWords) {
    if ((kinds & word.kind) == 0) continue;
    if (at > 0) list += count > 2 ? ", " : " ";
    if (at > 0 && at + 1 == count) list += "or ";
    list += word.text;
    ++at;
  }
  return list;
}

}  // namespace

bool refuse_relation_kind(const Model& model, RelationId id, AlterTableType subcommand) {
  return refuse_relation_kind(model, id, subcommand, subcommand);
}

bool refuse_relation_kind(const Model& model, RelationId id, AlterTableType subcommand, AlterTableType said) {
  const Relation& relation = model.relation(id);
  // Nearly every statement is on a table, which nearly every subcommand is for.
  const bool plain = relation.kind == RelationKind::table && subcommand != AT_AttachPartition &&
                     subcommand != AT_DetachPartition && subcommand != AT_DetachPartitionFinalize &&
                     subcommand != AT_GenericOptions && subcommand != AT_AlterColumnGenericOptions;
  if (plain || relation.origin == Origin::unknown) return false;
  const Action* action = find_action(subcommand);
  const Kinds kinds = action == nullptr ? ~0U : kinds_of(*action, model.version());
  if ((kinds & kind_of(relation)) != 0) return false;
  model.effects.fail(kNamesAction.at(model.version())
                         ? fmt::format("ALTER action {} cannot be performed on relation \"{}\"",
                                       find_action(said)->name, relation.name)
                         : fmt::format("\"{}\" is not a {}", relation.name, list_of(kinds)));
  return true;
}

}  // namespace pglatch::locks
