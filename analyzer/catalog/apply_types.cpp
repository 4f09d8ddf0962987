// Types and schemas.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/column_expressions.h"
#include "analyzer/catalog/extension.h"
#include "analyzer/catalog/object_names.h"
#include "analyzer/catalog/type_users.h"
#include "analyzer/catalog/volatility.h"

namespace pglatch::applying {
namespace {

void set_default(const Context& context, TypeObject& domain, const Node* expression) {
  domain.has_default = expression != nullptr && !is_null_constant(expression);
  domain.volatile_default = domain.has_default && is_volatile(expression, context.catalog, context.path);
}

void add_check(TypeObject& domain, std::string_view domain_name, std::string_view name) {
  std::string chosen(name);
  for (int pass = 0; chosen.empty() || (name.empty() && contains(domain.checks, chosen)); ++pass) {
    chosen = make_object_name(domain_name, {}, pass == 0 ? "check" : "check" + std::to_string(pass));
  }
  domain.checks.push_back(std::move(chosen));
}

// Of an enum that the same transaction created every label can be used (EnumUncommitted() in pg_enum.c).
void note_added_label(const Context& context, TypeObject& type, std::string_view label) {
  if (type.origin != Origin::unknown && type.transaction == context.catalog.transaction) return;
  if (type.labels_added_in != context.catalog.transaction) type.added_labels.clear();
  type.labels_added_in = context.catalog.labels_added_in = context.catalog.transaction;
  type.added_labels.emplace_back(label);
}

}  // namespace

// Types ------------------------------------------------------------------------------------------

void create_enum(const Context& context, const CreateEnumStmt& statement) {
  const NameView name = name_of(statement.typeName);
  TypeObject type;
  type.kind = TypeKind::enumeration;
  type.labels = names_in(statement.vals);
  context.catalog.put_type(context.target_schema(name), name.name, std::move(type));
}

void alter_enum(const Context& context, const AlterEnumStmt& statement) {
  TypeObject* type = context.catalog.change_type(name_of(statement.typeName), context.path);
  if (type == nullptr) return;
  auto& labels = type->labels;
  if (statement.oldVal != nullptr) {
    for (auto* names : {&labels, &type->added_labels}) {
      const auto old = std::find(names->begin(), names->end(), text(statement.oldVal));
      if (old != names->end()) *old = text(statement.newVal);
    }
    return;
  }
  if (contains(labels, text(statement.newVal))) return;
  auto place = labels.end();
  if (statement.newValNeighbor != nullptr) {
    place = std::find(labels.begin(), labels.end(), text(statement.newValNeighbor));
    if (place != labels.end() && statement.newValIsAfter) ++place;
  }
  labels.insert(place, std::string(text(statement.newVal)));
  note_added_label(context, *type, text(statement.newVal));
}

void create_domain(const Context& context, const CreateDomainStmt& statement) {
  const NameView name = name_of(statement.domainname);
  TypeObject domain;
  domain.kind = TypeKind::domain;
  domain.base = type_ref(statement.typeName);
  for (const Constraint* constraint : each<Constraint>(statement.constraints)) {
    if (constraint->contype == CONSTR_NOTNULL) domain.not_null = true;
    if (constraint->contype == CONSTR_DEFAULT) set_default(context, domain, constraint->raw_expr);
    if (constraint->contype == CONSTR_CHECK) add_check(domain, name.name, text(constraint->conname));
  }
  context.catalog.put_type(context.target_schema(name), name.name, std::move(domain));
}

void alter_domain(const Context& context, const AlterDomainStmt& statement) {
  const NameView name = name_of(statement.typeName);
  TypeObject* domain = context.catalog.change_type(name, context.path);
  if (domain == nullptr) return;
  // The letters are those of the grammar (AlterDomainStmt in parsenodes.h).
  switch (statement.subtype) {
    case 'T':
      set_default(context, *domain, statement.def);
      return;
    case 'N':
      domain->not_null = false;
      return;
    case 'O':
      domain->not_null = true;
      return;
    case 'C': {
      const auto* constraint = as<Constraint>(statement.def);
      if (constraint == nullptr) return;
      if (constraint->contype == CONSTR_NOTNULL) domain->not_null = true;
      if (constraint->contype == CONSTR_CHECK) add_check(*domain, name.name, text(constraint->conname));
      return;
    }
    case 'X': {
      auto& checks = domain->checks;
      checks.erase(std::remove(checks.begin(), checks.end(), text(statement.name)), checks.end());
      return;
    }
    default:
      return;
  }
}

void create_composite_type(const Context& context, const CompositeTypeStmt& statement) {
  Relation relation = new_relation(context, statement.typevar, RelationKind::composite_type);
  if (!context.may_create(relation.schema, relation.name, false)) return;
  relation.columns_known = true;
  std::vector<ConstraintClause> none;
  for (const ColumnDef* column : each<ColumnDef>(statement.coldeflist)) {
    relation.columns.push_back(column_from(*column, none));
  }
  TypeObject type;
  type.kind = TypeKind::composite;
  context.catalog.put_type(relation.schema, relation.name, std::move(type));
  context.catalog.create(std::move(relation));
}

void create_range_type(const Context& context, const CreateRangeStmt& statement) {
  const NameView name = name_of(statement.typeName);
  TypeObject type;
  type.kind = TypeKind::range;
  context.catalog.put_type(context.target_schema(name), name.name, std::move(type));
  // Its multirange type (makeMultirangeTypeName() in pg_type.c, but for what is longer than 63 bytes).
  TypeObject multirange;
  multirange.kind = TypeKind::other;
  std::string given;
  for (const DefElem* option : each<DefElem>(statement.params)) {
    if (text(option->defname) != "multirange_type_name") continue;
    const auto* type_name = as<TypeName>(option->arg);
    if (type_name != nullptr) given = name_of(type_name->names).name;
  }
  if (given.empty()) {
    given = name.name;
    const auto range = given.find("range");
    given = range == std::string::npos ? given + "_multirange" : given.replace(range, 0, "multi");
  }
  context.catalog.put_type(context.target_schema(name), given, std::move(multirange));
}

void create_base_type(const Context& context, const DefineStmt& statement) {
  const NameView name = name_of(statement.defnames);
  context.catalog.put_type(context.target_schema(name), name.name, {});
}

void create_cast(const Context& context, const CreateCastStmt& statement) {
  context.catalog.put_other(OBJECT_CAST, {}, cast_name(type_ref(statement.sourcetype), type_ref(statement.targettype)),
                            {});
}

void create_extension(const Context& context, const CreateExtensionStmt& statement) {
  context.catalog.put_other(OBJECT_EXTENSION, {}, text(statement.extname), {});
  if (may_bring_relations(text(statement.extname))) context.catalog.complete = false;
}

// Schemas ----------------------------------------------------------------------------------------

void create_schema(const Context& context, const CreateSchemaStmt& statement) {
  std::string name(text(statement.schemaname));
  if (name.empty() && statement.authrole != nullptr) name = text(statement.authrole->rolename);
  if (name.empty()) return;
  context.catalog.create_schema(name);
  if (each(statement.schemaElts).empty()) return;
  // Its elements are made as if the schema were first in the search path.
  SearchPath path{name};
  path.insert(path.end(), context.path.begin(), context.path.end());
  const Context inside{context.statement, context.sql, context.catalog, path, context.code};
  for (const Node* element : each(statement.schemaElts)) dispatch(inside, element);
}

}  // namespace pglatch::applying
