#include <fmt/core.h>

#include <algorithm>

#include "analyzer/base/concat.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

constexpr int kFirstWithPartitionedNotValid = 18;

// The relations of the referencing side: the table that the statement names and what is below it.
std::vector<RelationId> referencing_side(const Subcommand& subcommand, const std::vector<RelationId>& hit) {
  const auto tree = subcommand.context.catalog.with_descendants(subcommand.target.id);
  std::vector<RelationId> side;
  for (RelationId relation : hit) {
    if (std::find(tree.begin(), tree.end(), relation) != tree.end()) side.push_back(relation);
  }
  return side;
}

// "blocks writes on public.orders and on public.customers". The two sides can be locked in different
// modes, where another subcommand of the statement needs more on its own table.
std::string blocking_both(const Subcommand& subcommand, const std::vector<RelationId>& referencing,
                          const Relation* referenced) {
  const StatementContext& context = subcommand.context;
  if (referenced == nullptr) return blocking(context, subcommand.target.id, referencing);
  if (referencing.empty()) return blocking(context, referenced->id, {});
  const std::string_view here = blocks(strongest_lock(context, subcommand.target.id, referencing).mode);
  const std::string_view there = blocks(context.effects.mode_on(referenced->id));
  return fmt::format("{}{} on {}", blocking(context, subcommand.target.id, referencing),
                     here == there ? " and" : fmt::format(", and {}", there), affected(context, referenced->id, {}));
}

std::string help_for(const Subcommand& subcommand, const Constraint& constraint) {
  if (subcommand.target.kind == RelationKind::partitioned_table &&
      subcommand.context.pg_version < kFirstWithPartitionedNotValid) {
    return fmt::format(
        "PostgreSQL {} refuses NOT VALID here: add the foreign key NOT VALID to each partition and validate it there, "
        "then add it to the parent, which takes over the valid ones without reading them.",
        subcommand.context.pg_version);
  }
  return not_valid_help(subcommand, constraint, "fkey");
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const Constraint* constraint = added_constraint(subcommand.command, CONSTR_FOREIGN);
  if (constraint == nullptr) return;
  const StatementContext& context = subcommand.context;
  const auto hit = subcommand.blocked_during(WorkKind::validate_fk);
  const auto referencing = referencing_side(subcommand, hit);
  // A new table has nothing to check, unless it was filled already.
  if (hit.empty() || (referencing.empty() && !subcommand.target.has_rows)) return;

  const Relation* referenced = find_relation(context, constraint->pktable);
  const bool both = referenced != nullptr && referenced->id != subcommand.target.id && context.is_live(referenced->id);
  const TakenLock lock = strongest_lock(context, subcommand.target.id, hit);
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, hit);
  finding.message = concat(
      {"Adding a foreign key ", blocking_both(subcommand, referencing, both ? referenced : nullptr), " while every row",
       referencing.empty() ? " of " + subcommand.table() : "", " is checked. ", lock_sentence(lock)});
  finding.help = help_for(subcommand, *constraint);
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AddConstraint, AT_AddColumn},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddForeignKeyValidated;
const Rule kAddForeignKeyValidated{"add-foreign-key-validated",
                                   "constraints",
                                   Severity::error,
                                   "Adding a foreign key without NOT VALID blocks writes on both tables while every "
                                   "row is checked.",
                                   kNodes,
                                   check};

}  // namespace pglatch
