#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

// A unique index that could be the replica identity instead; kNoRelation where none is known.
RelationId better_index(const StatementContext& context, const Relation& table) {
  for (const RelationId id : table.indexes) {
    const Relation& index = *context.catalog.find(id);
    if (!index.index->unique || !index.index->valid || index.index->partial) continue;
    const auto& columns = index.index->columns;
    const bool never_null = std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
      const Column* column = table.column(name);
      return column != nullptr && column->not_null;
    });
    if (never_null) return id;
  }
  return kNoRelation;
}

std::string help_for(const Subcommand& subcommand) {
  const Relation& table = subcommand.target;
  if (table.primary_key() != nullptr) {
    return fmt::format(
        "The primary key is enough to find the row, and is used by default: ALTER TABLE {} REPLICA IDENTITY "
        "DEFAULT;",
        subcommand.table());
  }
  if (const RelationId index = better_index(subcommand.context, table); index != kNoRelation) {
    return fmt::format(
        "A unique index on columns that are NOT NULL is enough to find the row: ALTER TABLE {} REPLICA "
        "IDENTITY USING INDEX {};",
        subcommand.table(), quote_identifier_sql(subcommand.context.catalog.find(index)->name));
  }
  return "Give the table a primary key, or name a unique index on columns that are NOT NULL with REPLICA IDENTITY "
         "USING INDEX. FULL is for subscribers that really need the whole old row.";
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto* identity = as<ReplicaIdentityStmt>(subcommand.command.def);
  if (identity == nullptr || identity->identity_type != REPLICA_IDENTITY_FULL) return;
  const StatementContext& context = subcommand.context;
  if (!context.is_live(subcommand.target.id) || context.effects.refused()) return;
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id);
  finding.message = fmt::format(
      "REPLICA IDENTITY FULL makes every UPDATE and DELETE of {} write the whole old row to the WAL. Subscribers "
      "without a suitable index read the whole table for each of these rows.",
      subcommand.table());
  finding.help = help_for(subcommand);
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_command(context, {AT_ReplicaIdentity},
               [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kReplicaIdentityFull;
const Rule kReplicaIdentityFull{"replica-identity-full",
                                "tables",
                                Severity::warning,
                                "REPLICA IDENTITY FULL writes whole old rows to the WAL.",
                                kNodes,
                                check};

}  // namespace pglatch
