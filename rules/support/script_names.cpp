#include "rules/support/script_names.h"

#include <algorithm>
#include <span>

#include "rules/support/expressions.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

bool is_from_here(const StatementContext& context, std::uint32_t script) {
  return script != 0 && script == context.catalog.script;
}

// The name of an object as RENAME, SET SCHEMA and DROP have it.
NameView name_in(const RangeVar* relation, const Node* object) {
  if (relation != nullptr) return name_of(relation);
  if (const auto* type = as<TypeName>(object)) return name_of(type->names);
  if (const auto* function = as<ObjectWithArgs>(object)) return name_of(function->objname);
  if (const auto* list = as<List>(object)) return name_of(list);
  return {{}, string_value(object)};
}

bool is_about_names(ObjectType type) {
  switch (type) {
    case OBJECT_TABLE:
    case OBJECT_FOREIGN_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
    case OBJECT_AGGREGATE:
    case OBJECT_SCHEMA:
      return true;
    default:
      return false;
  }
}

// Calls `visit(space, name)` for a name that the statement gives to an object.
template <class Visitor>
void visit_given(const Node* node, Visitor&& visit) {
  const auto relation = [&](const RangeVar* name) { visit(NameSpace::relation, name_of(name)); };
  const auto type = [&](const List* names) { visit(NameSpace::type, name_of(names)); };
  if (const auto* table = as<CreateStmt>(node)) return relation(table->relation);
  if (const auto* table = as<CreateForeignTableStmt>(node)) return relation(table->base.relation);
  if (const auto* table = as<CreateTableAsStmt>(node)) return relation(table->into->rel);
  if (const auto* view = as<ViewStmt>(node)) return relation(view->view);
  if (const auto* sequence = as<CreateSeqStmt>(node)) return relation(sequence->sequence);
  if (const auto* composite = as<CompositeTypeStmt>(node)) return visit(NameSpace::type, name_of(composite->typevar));
  if (const auto* enumeration = as<CreateEnumStmt>(node)) return type(enumeration->typeName);
  if (const auto* range = as<CreateRangeStmt>(node)) return type(range->typeName);
  if (const auto* domain = as<CreateDomainStmt>(node)) return type(domain->domainname);
  if (const auto* define = as<DefineStmt>(node)) return visit(name_space(define->kind), name_of(define->defnames));
  if (const auto* function = as<CreateFunctionStmt>(node)) {
    return visit(NameSpace::function, name_of(function->funcname));
  }
  if (const auto* schema = as<CreateSchemaStmt>(node)) return visit(NameSpace::schema, {{}, text(schema->schemaname)});
  if (const auto* select = as<SelectStmt>(node); select != nullptr && select->intoClause != nullptr) {
    return relation(select->intoClause->rel);
  }
  if (const auto* rename = as<RenameStmt>(node); rename != nullptr && is_about_names(rename->renameType)) {
    const NameView old = name_in(rename->relation, rename->object);
    return visit(name_space(rename->renameType), NameView{old.schema, text(rename->newname)});
  }
  if (const auto* move = as<AlterObjectSchemaStmt>(node); move != nullptr && is_about_names(move->objectType)) {
    const NameView old = name_in(move->relation, move->object);
    return visit(name_space(move->objectType), NameView{text(move->newschema), old.name});
  }
}

// The same for the names that it takes from objects.
template <class Visitor>
void visit_taken(const Node* node, Visitor&& visit) {
  if (const auto* drop = as<DropStmt>(node); drop != nullptr && is_about_names(drop->removeType)) {
    for (const Node* object : each(drop->objects)) visit(name_space(drop->removeType), name_in(nullptr, object));
  } else if (const auto* rename = as<RenameStmt>(node); rename != nullptr && is_about_names(rename->renameType)) {
    const bool is_schema = rename->renameType == OBJECT_SCHEMA;
    visit(name_space(rename->renameType),
          is_schema ? NameView{{}, text(rename->subname)} : name_in(rename->relation, rename->object));
  } else if (const auto* move = as<AlterObjectSchemaStmt>(node); move != nullptr && is_about_names(move->objectType)) {
    visit(name_space(move->objectType), name_in(move->relation, move->object));
  }
}

bool is_same(const StatementContext& context, const ObjectName& name, NameSpace space, NameView other) {
  if (space != name.space || other.name != name.name) return false;
  if (!other.schema.empty() || name.schema.empty()) return other.schema == name.schema;
  const SearchPath& path = context.session.search_path();
  return creation_schema(path) == name.schema || std::find(path.begin(), path.end(), name.schema) != path.end();
}

bool ends_transaction(const Statement& statement) {
  const auto* control = as<TransactionStmt>(statement.node);
  return control != nullptr && (control->kind == TRANS_STMT_COMMIT || control->kind == TRANS_STMT_ROLLBACK);
}

// The statements that follow, as far as nobody else sees what is between them.
std::span<const Statement> rest_of(const StatementContext& context, Reach reach) {
  if (reach == Reach::script) return context.following;
  if (context.session.in_transaction() == InTransaction::no) return {};
  const auto end = std::find_if(context.following.begin(), context.following.end(), ends_transaction);
  return context.following.first(static_cast<std::size_t>(end - context.following.begin()));
}

bool given_by(const StatementContext& context, const ObjectName& name, std::span<const Statement> statements) {
  bool found = false;
  for (const Statement& statement : statements) {
    visit_given(statement.node,
                [&](NameSpace space, NameView given) { found = found || is_same(context, name, space, given); });
    if (found) return true;
  }
  return false;
}

bool is_column_rename(const StatementContext& context, const Statement& statement, RelationId table,
                      char* RenameStmt::*name, std::string_view column) {
  const auto* rename = as<RenameStmt>(statement.node);
  if (rename == nullptr || rename->renameType != OBJECT_COLUMN || text(rename->*name) != column) return false;
  const Relation* relation = find_relation(context, rename->relation);
  return relation != nullptr && relation->id == table;
}

bool has_subcommand(const StatementContext& context, const Statement& statement, RelationId table,
                    AlterTableType subtype, std::string_view column) {
  const auto* alter = as<AlterTableStmt>(statement.node);
  if (alter == nullptr) return false;
  const Relation* relation = find_relation(context, alter->relation);
  if (relation == nullptr || relation->id != table) return false;
  for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
    if (command->subtype != subtype) continue;
    const auto* definition = as<ColumnDef>(command->def);
    if ((definition == nullptr ? text(command->name) : text(definition->colname)) == column) return true;
  }
  return false;
}

bool writes_column(const StatementContext& context, const Statement& statement, RelationId table,
                   std::string_view column) {
  const auto* update = as<UpdateStmt>(statement.node);
  const Relation* relation = update == nullptr ? nullptr : find_relation(context, update->relation);
  if (relation == nullptr || relation->id != table) return false;
  const auto assignments = each<ResTarget>(update->targetList);
  return std::any_of(assignments.begin(), assignments.end(),
                     [&](const ResTarget* assignment) { return text(assignment->name) == column; });
}

bool mentions_column(const Statement& statement, std::string_view column) {
  bool found = false;
  walk_statement(statement.node, [&](const Node* node) {
    const auto* reference = as<ColumnRef>(node);
    found = found || (reference != nullptr && string_value(each(reference->fields).back()) == column);
    return found ? Walk::stop : Walk::into;
  });
  return found;
}

}  // namespace

bool made_by_script(const StatementContext& context, const Relation& relation) noexcept {
  return relation.origin != Origin::unknown && is_from_here(context, relation.script);
}

bool made_by_script(const StatementContext& context, const Column& column) noexcept {
  return is_from_here(context, column.script);
}

NameSpace name_space(ObjectType type) noexcept {
  switch (type) {
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
      return NameSpace::type;
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
    case OBJECT_AGGREGATE:
      return NameSpace::function;
    case OBJECT_SCHEMA:
      return NameSpace::schema;
    default:
      return NameSpace::relation;
  }
}

bool is_given_later(const StatementContext& context, const ObjectName& name, Reach reach) {
  return given_by(context, name, rest_of(context, reach));
}

bool is_given_after(const StatementContext& context, std::uint32_t statement, const ObjectName& name) {
  return given_by(context, name, context.preceding.subspan(statement + std::size_t{1})) ||
         given_by(context, name, {&context.statement, 1}) || given_by(context, name, context.following);
}

bool was_given_before(const StatementContext& context, const ObjectName& name) {
  return given_by(context, name, context.preceding);
}

bool was_free_before(const StatementContext& context, const ObjectName& name) {
  bool found = false;
  for (const Statement& statement : context.preceding) {
    visit_taken(statement.node,
                [&](NameSpace space, NameView taken) { found = found || is_same(context, name, space, taken); });
  }
  return found;
}

bool is_column_given_later(const StatementContext& context, RelationId table, std::string_view column) {
  const auto rest = rest_of(context, Reach::transaction);
  return std::any_of(rest.begin(), rest.end(), [&](const Statement& statement) {
    return is_column_rename(context, statement, table, &RenameStmt::newname, column) ||
           has_subcommand(context, statement, table, AT_AddColumn, column);
  });
}

bool was_column_free_before(const StatementContext& context, RelationId table, std::string_view column) {
  return std::any_of(context.preceding.begin(), context.preceding.end(), [&](const Statement& statement) {
    return is_column_rename(context, statement, table, &RenameStmt::subname, column) ||
           has_subcommand(context, statement, table, AT_DropColumn, column);
  });
}

bool was_column_written_before(const StatementContext& context, RelationId table, std::string_view column) {
  return std::any_of(context.preceding.begin(), context.preceding.end(),
                     [&](const Statement& statement) { return writes_column(context, statement, table, column); });
}

bool is_column_replaced(const StatementContext& context, const Relation& table, std::string_view column) {
  const auto is_copy = [&](std::string_view name) {
    const Column* other = table.column(name);
    if (other == nullptr || !made_by_script(context, *other)) return false;
    return std::any_of(context.preceding.begin(), context.preceding.end(), [&](const Statement& statement) {
      return writes_column(context, statement, table.id, name) && mentions_column(statement, column);
    });
  };
  const auto gives_its_name = [&](const Statement& statement) {
    return is_column_rename(context, statement, table.id, &RenameStmt::newname, column) &&
           is_copy(text(as<RenameStmt>(statement.node)->subname));
  };
  const auto rest = rest_of(context, Reach::transaction);
  return std::any_of(rest.begin(), rest.end(), gives_its_name) ||
         std::any_of(context.preceding.begin(), context.preceding.end(), gives_its_name);
}

void settle_in_code(const StatementContext& context, const ObjectName& name, Finding& finding) {
  if (context.code == nullptr) return;
  finding.holds_at_end = [name](const Catalog& catalog) {
    const NameView view{name.schema, name.name};
    switch (name.space) {
      case NameSpace::relation:
        return catalog.find(view, {}) == nullptr;
      case NameSpace::type:
        return catalog.find_type(view, {}) == nullptr;
      case NameSpace::function:
        return catalog.find_function(view, {}) == nullptr;
      case NameSpace::schema:
        return !catalog.has_schema(name.name);
    }
    return true;
  };
}

}  // namespace pglatch
