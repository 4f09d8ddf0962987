// Types, functions and schemas.
#include <algorithm>
#include <array>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/walk.h"

namespace pglatch::applying {
namespace {

// Functions outside of the catalog that defaults are made of and that give another value each time.
// The lock model knows all of PostgreSQL's; a domain's default is kept as this one answer.
constexpr std::array<std::string_view, 12> kVolatileFunctions = {
    "random",           "gen_random_uuid",    "uuidv4",           "uuidv7",  "clock_timestamp", "timeofday", "nextval",
    "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "currval", "gen_random_bytes"};

bool is_volatile(const Context& context, const Node* expression) {
  return !walk(expression, [&](const Node* node) {
    const auto* call = as<FuncCall>(node);
    if (call == nullptr) return Walk::into;
    const NameView name = name_of(call->funcname);
    const FunctionObject* function = context.catalog.find_function(name, context.path);
    const bool found = function != nullptr ? function->volatility == Volatility::volatile_
                                           : std::find(kVolatileFunctions.begin(), kVolatileFunctions.end(),
                                                       name.name) != kVolatileFunctions.end();
    return found ? Walk::stop : Walk::into;
  });
}

void set_default(const Context& context, TypeObject& domain, const Node* expression) {
  const auto* literal = as<A_Const>(expression);
  domain.has_default = expression != nullptr && (literal == nullptr || !literal->isnull);
  domain.volatile_default = domain.has_default && is_volatile(context, expression);
}

void add_check(TypeObject& domain, std::string_view domain_name, std::string_view name) {
  std::string chosen(name);
  for (int pass = 0; chosen.empty() || (name.empty() && contains(domain.checks, chosen)); ++pass) {
    chosen = make_object_name(domain_name, {}, pass == 0 ? "check" : "check" + std::to_string(pass));
  }
  domain.checks.push_back(std::move(chosen));
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
    const auto old = std::find(labels.begin(), labels.end(), text(statement.oldVal));
    if (old != labels.end()) *old = text(statement.newVal);
    return;
  }
  if (contains(labels, text(statement.newVal))) return;
  auto place = labels.end();
  if (statement.newValNeighbor != nullptr) {
    place = std::find(labels.begin(), labels.end(), text(statement.newValNeighbor));
    if (place != labels.end() && statement.newValIsAfter) ++place;
  }
  labels.insert(place, std::string(text(statement.newVal)));
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
}

// Functions --------------------------------------------------------------------------------------

namespace {

void set_options(FunctionObject& function, const List* options) {
  for (const DefElem* option : each<DefElem>(options)) {
    const std::string_view name = text(option->defname);
    const std::string_view value = string_value(option->arg);
    if (name == "language") function.language = value;
    if (name != "volatility") continue;
    function.volatility = Volatility::volatile_;
    if (value == "immutable") function.volatility = Volatility::immutable;
    if (value == "stable") function.volatility = Volatility::stable;
  }
}

}  // namespace

void create_function(const Context& context, const CreateFunctionStmt& statement) {
  const NameView name = name_of(statement.funcname);
  FunctionObject function;
  // A body written as SQL, without AS, needs no LANGUAGE.
  if (statement.sql_body != nullptr) function.language = "sql";
  set_options(function, statement.options);
  if (statement.returnType != nullptr) {
    function.returns_trigger = name_of(statement.returnType->names).name == "trigger";
  }
  context.catalog.put_function(context.target_schema(name), name.name, std::move(function));
}

void alter_function(const Context& context, const AlterFunctionStmt& statement) {
  if (statement.func == nullptr) return;
  const NameView name = name_of(statement.func->objname);
  if (FunctionObject* function = context.catalog.change_function(name, context.path)) {
    set_options(*function, statement.actions);
  }
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
  const Context inside{context.statement, context.sql, context.catalog, path};
  for (const Node* element : each(statement.schemaElts)) dispatch(inside, element);
}

}  // namespace pglatch::applying
