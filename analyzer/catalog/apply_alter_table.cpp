// ALTER TABLE and its like for indexes, views, sequences and composite types.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/type_users.h"

namespace pglatch::applying {
namespace {

// The pass in which PostgreSQL runs a subcommand, whatever its place in the statement (AlterTablePass
// in tablecmds.c), as far as it matters for the result.
int pass_of(AlterTableType type) {
  switch (type) {
    case AT_DropColumn:
    case AT_DropConstraint:
    case AT_DropNotNull:
    case AT_DropExpression:
    case AT_DropIdentity:
      return 0;
    case AT_AlterColumnType:
      return 1;
    case AT_AddColumn:
      return 2;
    default:
      return 3;
  }
}
constexpr int kPasses = 4;

void add_constraint(const Context& context, RelationId table, const Constraint& node, bool recurse) {
  const ConstraintClause clause = table_constraint(node);
  switch (node.contype) {
    case CONSTR_CHECK: {
      const TableConstraint check = check_from(context, context.relation(table), clause, false);
      if (context.relation(table).constraint(check.name) != nullptr) return;
      context.catalog.add_constraint(table, check);
      if (check.no_inherit) return;
      for (const RelationId id : context.tree(table, recurse)) {
        if (id != table) inherit_constraint(context, id, check);
      }
      return;
    }
    case CONSTR_NOTNULL: {
      const TableConstraint constraint = not_null_from(context, context.relation(table), clause, false);
      if (context.relation(table).constraint(constraint.name) != nullptr) return;
      context.catalog.add_constraint(table, constraint);
      for (const RelationId id : context.tree(table, recurse && !constraint.no_inherit)) {
        if (id != table) inherit_constraint(context, id, constraint);
        if (!constraint.validated) continue;
        Column* column = column_for(context.catalog.change(id), constraint.columns.front());
        if (column != nullptr) column->not_null = true;
      }
      return;
    }
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
    case CONSTR_EXCLUSION:
      if (node.conname != nullptr && context.relation(table).constraint(text(node.conname)) != nullptr) return;
      return add_index_constraint(context, table, clause, recurse);
    case CONSTR_FOREIGN:
      return add_foreign_key(context, table, clause, false);
    default:
      return;
  }
}

// Calls `change` for the constraint of that name, and for those that came from it to tables below.
template <class Change>
void change_constraint(const Context& context, RelationId table, std::string_view name, bool recurse,
                       const Change& change) {
  const TableConstraint* found = context.relation(table).constraint(name);
  if (found == nullptr) return;
  const TableConstraint original = *found;
  for (const RelationId id : context.tree(table, recurse)) {
    Relation& relation = context.catalog.change(id);
    for (TableConstraint& constraint : relation.constraints) {
      if (id == table ? constraint.name == name : comes_from(constraint, original)) change(relation, constraint);
    }
  }
}

void validate_constraint(const Context& context, RelationId table, std::string_view name, bool recurse) {
  change_constraint(context, table, name, recurse, [](Relation& relation, TableConstraint& constraint) {
    if (!constraint.enforced) return;
    constraint.validated = true;
    if (constraint.kind != ConstraintKind::not_null) return;
    if (Column* column = column_for(relation, constraint.columns.front())) column->not_null = true;
  });
}

void alter_constraint(const Context& context, RelationId table, const Node* definition) {
#if PG_VERSION_NUM >= 180000
  const auto* change = as<ATAlterConstraint>(definition);
  if (change == nullptr) return;
  change_constraint(context, table, text(change->conname), true, [&](Relation&, TableConstraint& constraint) {
    if (change->alterDeferrability) {
      constraint.deferrable = change->deferrable;
      constraint.initially_deferred = change->initdeferred;
    }
    if (change->alterInheritability) constraint.no_inherit = change->noinherit;
    if (!change->alterEnforceability) return;
    // ENFORCED checks the rows there are, so that the constraint is valid afterwards.
    constraint.enforced = change->is_enforced;
    constraint.validated = change->is_enforced;
  });
#else
  const auto* change = as<Constraint>(definition);
  if (change == nullptr) return;
  change_constraint(context, table, text(change->conname), true, [&](Relation&, TableConstraint& constraint) {
    constraint.deferrable = change->deferrable;
    constraint.initially_deferred = change->initdeferred;
  });
#endif
}

void attach(const Context& context, RelationId target, const PartitionCmd& command) {
  if (!context.relation(target).is_index()) return attach_partition(context, target, command);
  attach_index(context, target, context.resolve(command.name, RelationKind::index));
}

void alter(const Context& context, RelationId target, const AlterTableCmd& command, bool recurse) {
  switch (command.subtype) {
    case AT_AddColumn:
      return add_column(context, target, command, recurse);
    case AT_DropColumn:
      return drop_column(context, target, text(command.name), command.behavior == DROP_CASCADE, recurse);
    case AT_ColumnDefault:
    case AT_DropNotNull:
    case AT_SetNotNull:
    case AT_SetExpression:
    case AT_DropExpression:
    case AT_AlterColumnType:
    case AT_AddIdentity:
    case AT_SetIdentity:
    case AT_DropIdentity:
      return alter_column(context, target, command, recurse);
    case AT_AddConstraint:
      return add_constraint(context, target, *as<Constraint>(command.def), recurse);
    case AT_DropConstraint:
      return drop_constraint(context, target, text(command.name), command.behavior == DROP_CASCADE, recurse);
    case AT_ValidateConstraint:
      return validate_constraint(context, target, text(command.name), recurse);
    case AT_AlterConstraint:
      return alter_constraint(context, target, command.def);
    case AT_SetLogged:
    case AT_SetUnLogged:
      context.catalog.change(target).unlogged = command.subtype == AT_SetUnLogged;
      return;
    case AT_ClusterOn:
      return set_clustered_index(context, target, text(command.name));
    case AT_DropCluster:
      return set_clustered_index(context, target, {});
    case AT_ChangeOwner:
      // CURRENT_USER and the like are nobody that the script names.
      context.catalog.change(target).owner = std::string(text(command.newowner->rolename));
      return;
    case AT_SetAccessMethod:
      return set_access_method(context.catalog.change(target), text(command.name));
    case AT_SetTableSpace:
      return set_tablespace(context.catalog.change(target), text(command.name));
    case AT_AddOf: {
      const auto* type = as<TypeName>(command.def);
      const Relation* composite = type == nullptr ? nullptr : context.find(type->names);
      context.catalog.change(target).of_type = composite == nullptr ? kNoRelation : composite->id;
      return;
    }
    case AT_DropOf:
      context.catalog.change(target).of_type = kNoRelation;
      return;
    case AT_AttachPartition:
      return attach(context, target, *as<PartitionCmd>(command.def));
    case AT_DetachPartition:
    case AT_DetachPartitionFinalize:
      return detach_partition(context, target, *as<PartitionCmd>(command.def));
    case AT_AddInherit:
      return add_inheritance(context, target, context.resolve(as<RangeVar>(command.def)));
    case AT_DropInherit:
      return remove_inheritance(context, target, context.resolve(as<RangeVar>(command.def)));
    default:
      return;
  }
}

void alter_all(const Context& context, RelationId target, const AlterTableStmt& statement) {
  const auto commands = each<AlterTableCmd>(statement.cmds);
  const bool recurse = statement.relation->inh;
  if (commands.size() == 1) return alter(context, target, *commands[0], recurse);
  for (int pass = 0; pass < kPasses; ++pass) {
    for (const AlterTableCmd* command : commands) {
      if (pass_of(command->subtype) == pass) alter(context, target, *command, recurse);
    }
  }
}

}  // namespace

void alter_table(const Context& context, const AlterTableStmt& statement) {
  const RelationId target = context.resolve(statement.relation, relation_kind(statement.objtype));
  alter_all(context, target, statement);
  // ALTER TYPE … CASCADE: the tables of a composite type have its columns.
  if (context.relation(target).kind != RelationKind::composite_type) return;
  for (const RelationId table : typed_tables(context.catalog, target)) alter_all(context, table, statement);
}

}  // namespace pglatch::applying
