// ALTER TABLE … ALTER COLUMN … TYPE, and ALTER TYPE … ALTER ATTRIBUTE.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/catalog/column_expressions.h"
#include "analyzer/locks/alter_table.h"
#include "analyzer/locks/casts.h"
#include "analyzer/locks/type_change.h"
#include "analyzer/locks/type_names.h"

namespace pglatch::locks {
namespace {

bool mentions(const std::vector<std::string>& columns, std::string_view column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

// As messages have it: without the modifiers (format_type_be()).
std::string display(TypeRef type) {
  type.modifiers.clear();
  return format_type(type);
}

// One ALTER COLUMN … TYPE on one table.
struct Change {
  const Subcommand& sub;
  const ColumnDef& definition;
  std::string_view name;
  TypeRef to;

  [[nodiscard]] const Column* column() const { return sub.relation().column(name); }
  [[nodiscard]] bool has_cast(const TypeRef& from, const TypeRef& target, CastContext context) const {
    const Model& model = sub.model;
    return cast_exists(from, target, context, model.catalog(), model.path(), model.version()) != CastExists::no;
  }
  bool fail(std::string message) const {
    sub.model.effects.fail(std::move(message));
    return true;
  }

  [[nodiscard]] bool refuse_column() const;
  [[nodiscard]] bool refuse_cast() const;
  [[nodiscard]] bool refuse_default() const;
  [[nodiscard]] bool drops_default() const;
  [[nodiscard]] bool refuse_dependents() const;
  [[nodiscard]] TypeRef type_of(const Node* expression) const;
  [[nodiscard]] bool is_plain_cast() const;
  [[nodiscard]] TypeChange kind() const;
};

// ATPrepAlterColumnType(), what it asks of the table that the statement names.
bool Change::refuse_column() const {
  const Relation& table = sub.relation();
  const Column* altered = column();
  if (table.of_type != kNoRelation) return fail("cannot alter column type of typed table");
  if (sub.model.refuse_missing_column(sub.table, name)) return true;
  if (altered != nullptr && altered->inherited) return fail(fmt::format("cannot alter inherited column \"{}\"", name));
  if (refuse_missing_type(sub.model, definition.typeName)) return true;
  return altered != nullptr && altered->identity != 0 && refuse_identity_type(sub.model, to);
}

// The type of an expression, as far as it is plain to see; an empty name where it is not.
TypeRef Change::type_of(const Node* expression) const {
  if (const auto* cast = as<TypeCast>(expression)) return type_ref(cast->typeName);
  if (const auto* reference = as<ColumnRef>(expression)) {
    const Column* read = sub.relation().column(string_value(each(reference->fields).back()));
    return read == nullptr ? TypeRef() : read->type;
  }
  TypeRef type;
  type.name = default_type(expression, {});
  return type;
}

// Without USING there must be a cast by assignment; with it, the expression's own casts must exist, and one
// from what it gives.
bool Change::refuse_cast() const {
  const RelationKind relation_kind = sub.relation().kind;
  if (relation_kind != RelationKind::table && relation_kind != RelationKind::partitioned_table) return false;
  const Node* expression = definition.raw_default;
  if (expression == nullptr) {
    const Column* altered = column();
    if (altered == nullptr || has_cast(altered->type, to, CastContext::assignment)) return false;
    return fail(fmt::format("column \"{}\" cannot be cast automatically to type {}", name, display(to)));
  }
  if (const auto* cast = as<TypeCast>(expression)) {
    const TypeRef inner = type_of(cast->arg);
    const TypeRef outer = type_ref(cast->typeName);
    if (!inner.name.empty() && !has_cast(inner, outer, CastContext::explicit_)) {
      return fail(fmt::format("cannot cast type {} to {}", display(inner), display(outer)));
    }
  }
  const TypeRef result = type_of(expression);
  if (result.name.empty() || has_cast(result, to, CastContext::assignment)) return false;
  return fail(fmt::format("result of USING clause for column \"{}\" cannot be cast automatically to type {}", name,
                          display(to)));
}

// The same statement says DROP DEFAULT, which comes first (AT_PASS_DROP).
bool Change::drops_default() const {
  for (const AlterTableCmd* command : each<AlterTableCmd>(sub.statement.cmds)) {
    if (command->subtype == AT_ColumnDefault && command->def == nullptr && text(command->name) == name) return true;
  }
  return false;
}

// A default is converted whatever USING says.
bool Change::refuse_default() const {
  const Column* altered = column();
  if (altered == nullptr || !altered->has_default || altered->generated != 0 || drops_default()) return false;
  TypeRef type;
  type.name = altered->default_type;
  constexpr std::string_view kBrackets = "[]";
  if (type.name.size() > kBrackets.size() && type.name.substr(type.name.size() - kBrackets.size()) == kBrackets) {
    type.name.resize(type.name.size() - kBrackets.size());
    type.array = true;
  }
  if (type.name.empty() && altered->type.serial) type.name = "int8";  // of nextval()
  if (type.name.empty() || has_cast(type, to, CastContext::assignment)) return false;
  return fail(fmt::format("default for column \"{}\" cannot be cast automatically to type {}", name, display(to)));
}

// What pins the type of the columns that it reads (RememberAllDependentForRebuilding()).
bool Change::refuse_dependents() const {
  const Relation& table = sub.relation();
  for (const RelationId view : table.used_by) {
    const Relation* user = sub.model.catalog().find(view);
    if (user == nullptr) continue;
    for (const ColumnUse& use : user->uses) {
      if (use.relation == table.id && use.column == name) {
        return fail("cannot alter type of a column used by a view or rule");
      }
    }
  }
  for (const DependentExpression& expression : table.expressions) {
    if (!mentions(expression.columns, name)) continue;
    switch (expression.kind) {
      case ExpressionKind::rule:
        return fail("cannot alter type of a column used by a view or rule");
      case ExpressionKind::trigger:
        return fail("cannot alter type of a column used in a trigger definition");
      case ExpressionKind::policy:
        return fail("cannot alter type of a column used in a policy definition");
      case ExpressionKind::generated:
        if (expression.name != name) return fail("cannot alter type of a column used by a generated column");
        break;
      default:
        break;
    }
  }
  return false;
}

// USING that is the column itself, or the column cast to the new type, is what no USING does.
bool Change::is_plain_cast() const {
  const Node* expression = definition.raw_default;
  if (expression == nullptr) return true;
  if (const auto* cast = as<TypeCast>(expression)) {
    if (type_ref(cast->typeName) != to) return false;
    expression = cast->arg;
  }
  const auto* reference = as<ColumnRef>(expression);
  return reference != nullptr && string_value(each(reference->fields).back()) == name;
}

TypeChange Change::kind() const {
  const Model& model = sub.model;
  const Column* altered = column();
  if (altered == nullptr || !is_plain_cast()) return TypeChange::rewrite;
  const TypeChange change = compare_types(altered->type, to, model.catalog(), model.path(), model.version(),
                                          model.context.session.settings().utc());
  std::string_view collation =
      definition.collClause == nullptr ? std::string_view() : name_of(definition.collClause->collname).name;
  if (collation == "default") collation = {};
  const std::string_view old_collation = altered->collation == "default" ? std::string_view() : altered->collation;
  return change == TypeChange::metadata && collation != old_collation ? TypeChange::index_rebuild : change;
}

// ATPostAlterTypeCleanup(): an index on the column is made again, from what is there where nothing but the
// catalog changed.
void rebuild_indexes(const Subcommand& sub, std::string_view name, TypeChange change) {
  const bool is_partition = sub.relation().partition_of != kNoRelation;
  const std::vector<RelationId> indexes = sub.relation().indexes;
  for (const RelationId id : indexes) {
    const IndexDetails& index = *sub.model.relation(id).index;
    const bool in_expression = mentions(index.mentioned, name);
    if (!in_expression && !mentions(index.columns, name) && !mentions(index.included, name)) continue;
    sub.model.lock(id, LockMode::access_exclusive, LockReason::index);
    const bool builds = change == TypeChange::index_rebuild || in_expression || is_partition;
    if (builds && change != TypeChange::rewrite && sub.relation().has_storage()) {
      sub.work(sub.table, WorkKind::index_build);
    }
  }
}

// Constraints on the column are made again too; a foreign key is checked only where its values are new, on
// the table that is not being rewritten anyway.
void rebuild_constraints(const Subcommand& sub, std::string_view name, TypeChange change) {
  const Model& model = sub.model;
  const std::vector<TableConstraint> constraints = sub.relation().constraints;
  for (const TableConstraint& constraint : constraints) {
    if (!mentions(constraint.columns, name) || dropped_by_same_statement(sub.statement, constraint.name)) continue;
    if (constraint.kind == ConstraintKind::check) {
      if (constraint.validated && constraint.enforced && change != TypeChange::rewrite) sub.scan();
    } else if (constraint.kind == ConstraintKind::foreign_key) {
      model.lock(constraint.referenced, LockMode::access_exclusive, LockReason::referenced);
      if (change != TypeChange::rewrite || !constraint.validated || constraint.referenced == sub.table) continue;
      sub.work(constraint.referenced, WorkKind::validate_fk);
      model.lock_indexes(constraint.referenced, LockMode::access_share);
    }
  }
  const std::vector<RelationId> referencing_tables = sub.relation().referenced_by;
  for (const RelationId referencing : referencing_tables) {
    for (const TableConstraint& constraint : model.relation(referencing).constraints) {
      if (constraint.referenced != sub.table || !mentions(constraint.referenced_columns, name)) continue;
      model.lock(referencing, LockMode::access_exclusive, LockReason::referencing);
      if (change == TypeChange::rewrite && constraint.validated && referencing != sub.table) {
        sub.work(referencing, WorkKind::validate_fk);
      }
    }
  }
}

// The sequence of an identity column gets the type as well (transformAlterTableStmt() in parse_utilcmd.c).
void alter_identity_sequence(const Subcommand& sub, const Column& column) {
  if (column.identity == 0) return;
  for (const RelationId sequence : sub.relation().owned_sequences) {
    if (sub.model.relation(sequence).owned_by_column != column.name) continue;
    sub.model.lock(sequence, LockMode::share_row_exclusive, LockReason::dependent);
  }
}

void alter_attribute_type(const Subcommand& sub) {
  if (refuse_row_type_use(sub.model, sub.table)) return;
  const auto tables = lock_typed_tables(sub.model, sub.table, sub.command.behavior == DROP_CASCADE);
  for (const RelationId table : tables) alter_column_type(sub.on(table));
}

}  // namespace

// tablecmds.c, ATPrepAlterColumnType() and ATExecAlterColumnType().
void alter_column_type(const Subcommand& sub) {
  const auto* definition = as<ColumnDef>(sub.command.def);
  if (definition == nullptr) return;
  const Model& model = sub.model;
  const Change change{sub, *definition, text(sub.command.name), type_ref(definition->typeName)};
  if (sub.table == sub.root && change.refuse_column()) return;
  if (mentions(sub.relation().partition_key.columns, change.name)) {
    model.effects.fail(
        fmt::format("cannot alter column \"{}\" because it is part of the partition key of relation \"{}\"",
                    change.name, sub.relation().name));
    return;
  }
  if (change.refuse_cast()) return;
  const bool has_children = !sub.relation().partitions.empty() || !sub.relation().inherited_by.empty();
  if (!sub.recurse() && has_children) {
    model.effects.fail(fmt::format("type of inherited column \"{}\" must be changed in child tables too", change.name));
    return;
  }
  if (sub.relation().kind == RelationKind::composite_type) return alter_attribute_type(sub);
  if (change.refuse_default() || change.refuse_dependents()) return;

  const TypeChange kind = change.kind();
  // ATRewriteTables() does not care whether the values change.
  if (sub.relation().has_storage() && refuse_row_type_use(model, sub.table)) return;
  if (kind == TypeChange::rewrite) model.rewrite(sub.table, sub.index);
  if (const Column* column = change.column()) alter_identity_sequence(sub, *column);
  rebuild_indexes(sub, change.name, kind);
  rebuild_constraints(sub, change.name, kind);
}

}  // namespace pglatch::locks
