// DROP: which objects a statement names, and what PostgreSQL says where there are none.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/catalog/dependencies.h"
#include "analyzer/locks/model.h"
#include "analyzer/locks/type_names.h"

namespace pglatch::locks {
namespace {

bool is_of_type(const Relation& relation, ObjectType type) noexcept {
  if (type == OBJECT_TABLE && relation.kind == RelationKind::partitioned_table) return true;
  if (type == OBJECT_INDEX && relation.kind == RelationKind::partitioned_index) return true;
  return relation.kind == relation_kind(type);
}

bool refuse_missing_schema(const Model& model, std::string_view schema) {
  if (schema.empty() || !model.catalog().complete || model.catalog().has_schema(schema)) return false;
  model.effects.fail(fmt::format("schema \"{}\" does not exist", schema));
  return true;
}

// The statement says no arguments, or those of this function.
bool has_arguments(const FunctionObject& function, const ObjectWithArgs& named) {
  if (named.args_unspecified) return true;
  std::vector<TypeRef> arguments;
  for (const TypeName* type : each<TypeName>(named.objargs)) arguments.push_back(type_ref(type));
  return std::equal(arguments.begin(), arguments.end(), function.arguments.begin(), function.arguments.end(),
                    [](const TypeRef& a, const TypeRef& b) { return a.name == b.name && a.array == b.array; });
}

// Their functions are not known.
bool has_extensions(const Catalog& catalog) {
  bool found = false;
  catalog.each_other(OBJECT_EXTENSION, [&](const OtherObject&) { found = true; });
  return found;
}

// The objects of one DROP statement.
class Targets {
 public:
  Targets(const Model& model, const DropStmt& statement) : model_(model), statement_(statement) {}

  std::vector<ObjectAddress> find() {
    for (const Node* object : each(statement_.objects)) {
      find_one(object);
      if (model_.effects.refused()) break;
    }
    return std::move(found_);
  }

 private:
  void find_one(const Node* object);
  void find_relation(const List* name);
  void find_on_table(const List* name, ExpressionKind kind);
  void find_type(const TypeName& name);
  void find_function(const ObjectWithArgs& function);
  void find_other(NameView name);

  // Not there for certain: what IF EXISTS is for.
  void miss(std::string message) {
    if (!statement_.missing_ok) model_.effects.fail(std::move(message));
  }

  const Model& model_;
  const DropStmt& statement_;
  std::vector<ObjectAddress> found_;
};

void Targets::find_one(const Node* object) {
  switch (statement_.removeType) {
    case OBJECT_TABLE:
    case OBJECT_FOREIGN_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_INDEX:
      return find_relation(as<List>(object));
    case OBJECT_TRIGGER:
      return find_on_table(as<List>(object), ExpressionKind::trigger);
    case OBJECT_POLICY:
      return find_on_table(as<List>(object), ExpressionKind::policy);
    case OBJECT_RULE:
      return find_on_table(as<List>(object), ExpressionKind::rule);
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
      if (const auto* name = as<TypeName>(object)) find_type(*name);
      return;
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
    case OBJECT_AGGREGATE:
      if (const auto* function = as<ObjectWithArgs>(object)) find_function(*function);
      return;
    case OBJECT_SCHEMA: {
      const std::string_view name = string_value(object);
      if (!model_.catalog().complete || model_.catalog().has_schema(name)) {
        found_.push_back(ObjectAddress::of_schema(name));
      } else {
        miss(fmt::format("schema \"{}\" does not exist", name));
      }
      return;
    }
    case OBJECT_STATISTIC_EXT:
      return find_other(name_of(as<List>(object)));
    case OBJECT_FOREIGN_SERVER:
    case OBJECT_FDW:
    case OBJECT_PUBLICATION:
      return find_other({{}, string_value(object)});
    default:
      return;
  }
}

// RemoveRelations() in tablecmds.c.
void Targets::find_relation(const List* names) {
  const NameView name = name_of(names);
  const ObjectType type = statement_.removeType;
  const RelationId id = model_.resolve(name, relation_kind(type), true);
  if (id == kNoRelation) {
    if (!statement_.missing_ok && refuse_missing_schema(model_, name.schema)) return;
    return miss(fmt::format("{} \"{}\" does not exist", kind_name(type), name.name));
  }
  const Relation& relation = model_.relation(id);
  if (relation.origin != Origin::unknown && !is_of_type(relation, type)) {
    const std::string_view article = type == OBJECT_INDEX ? "an" : "a";
    return model_.effects.fail(fmt::format("\"{}\" is not {} {}", relation.name, article, kind_name(type)));
  }
  if (type == OBJECT_INDEX && statement_.concurrent && relation.kind == RelationKind::partitioned_index) {
    return model_.effects.fail(fmt::format("cannot drop partitioned index \"{}\" concurrently", relation.name));
  }
  found_.push_back(ObjectAddress::of_relation(id));
}

// get_object_address_relobject() in objectaddress.c.
void Targets::find_on_table(const List* names, ExpressionKind kind) {
  const NameView table = table_of(names);
  if (table.name.empty()) return;
  const RelationId id = model_.resolve(table, RelationKind::table, statement_.missing_ok);
  if (id == kNoRelation) return;
  const std::string_view name = name_of(names).name;
  const Relation& relation = model_.relation(id);
  bool known = false;
  for (const std::string& trigger : relation.triggers)
    known = known || (kind == ExpressionKind::trigger && trigger == name);
  for (const DependentExpression& expression : relation.expressions) {
    known = known || (expression.kind == kind && expression.name == name);
  }
  if (!known && model_.catalog().complete && relation.origin != Origin::unknown) {
    const std::string_view what = kind == ExpressionKind::trigger  ? "trigger"
                                  : kind == ExpressionKind::policy ? "policy"
                                                                   : "rule";
    return miss(fmt::format("{} \"{}\" for {} \"{}\" does not exist", what, name,
                            kind == ExpressionKind::rule ? "relation" : "table", relation.name));
  }
  found_.push_back(ObjectAddress::of_expression(id, kind, name));
}

void Targets::find_type(const TypeName& type) {
  const NameView name = name_of(type.names);
  const std::string schema = model_.catalog().schema_of_type(name, model_.path());
  if (!schema.empty()) {
    const TypeObject* object = model_.catalog().find_type(name, model_.path());
    if (statement_.removeType == OBJECT_DOMAIN && object->kind != TypeKind::domain) {
      return model_.effects.fail(fmt::format("\"{}\" is not a domain", name.name));
    }
    found_.push_back(ObjectAddress::of_type({schema, name.name}));
  } else if (!statement_.missing_ok && !refuse_missing_schema(model_, name.schema)) {
    refuse_missing_type(model_, &type);
  }
}

void Targets::find_function(const ObjectWithArgs& function) {
  const NameView name = name_of(function.objname);
  const std::string schema = model_.catalog().schema_of_function(name, model_.path());
  const FunctionObject* known = model_.catalog().find_function(name, model_.path());
  if (known != nullptr && (known->overloaded || has_arguments(*known, function))) {
    found_.push_back(ObjectAddress::of_function({schema, name.name}));
    return;
  }
  if (!model_.catalog().complete || name.schema == "pg_catalog" || has_extensions(model_.catalog())) return;
  if (!statement_.missing_ok && refuse_missing_schema(model_, name.schema)) return;
  const std::string_view what = kind_name(statement_.removeType);
  const std::string written =
      name.schema.empty() ? std::string(name.name) : fmt::format("{}.{}", name.schema, name.name);
  if (function.args_unspecified) return miss(fmt::format("could not find a {} named \"{}\"", what, written));
  std::string arguments;
  for (const TypeName* argument : each<TypeName>(function.objargs)) {
    if (!arguments.empty()) arguments += ", ";
    arguments += format_type(type_ref(argument));
  }
  miss(fmt::format("{} {}({}) does not exist", what == "routine" ? "function" : what, written, arguments));
}

void Targets::find_other(NameView name) {
  const ObjectType type = statement_.removeType;
  if (model_.catalog().find_other(type, name, model_.path()) == nullptr && model_.catalog().complete) {
    return miss(fmt::format("{} \"{}\" does not exist", kind_name(type), name.name));
  }
  found_.push_back(ObjectAddress::of_other(type, name));
}

// RemoveRelations() in tablecmds.c, index_drop() in index.c: the index is taken away by the last of its
// transactions, when nobody uses it any more.
void drop_concurrently(const Model& model, const DropStmt& statement) {
  if (model.refuse_in_transaction("DROP INDEX CONCURRENTLY")) return;
  if (each(statement.objects).size() != 1) {
    return model.effects.fail("DROP INDEX CONCURRENTLY does not support dropping multiple objects");
  }
  if (statement.behavior == DROP_CASCADE) {
    return model.effects.fail("DROP INDEX CONCURRENTLY does not support CASCADE");
  }
  const std::vector<ObjectAddress> targets = Targets(model, statement).find();
  if (targets.empty() || refuse_deletion(model, targets, dependents_of(model, targets), DROP_RESTRICT)) {
    return;
  }
  const RelationId index = targets.front().relation;
  // Of a temporary table nobody else can use the index.
  const bool temporary = model.relation(index).temporary;
  const HeldUntil until = temporary ? HeldUntil::transaction : HeldUntil::statement;
  const LockMode table_mode = temporary ? LockMode::access_exclusive : LockMode::share_update_exclusive;
  model.effects.lock(index, LockMode::access_exclusive, LockReason::target, until);
  model.effects.lock(model.relation(index).index->table, table_mode, LockReason::parent, until);
}

}  // namespace

void drop(const Model& model, const DropStmt& statement) {
  if (statement.concurrent) return drop_concurrently(model, statement);
  const std::vector<ObjectAddress> targets = Targets(model, statement).find();
  delete_objects(model, targets, statement.behavior);
}

// shdepDropOwned() in pg_shdepend.c, as far as owners were set by statements: who ran the others is not known.
void drop_owned(const Model& model, const DropOwnedStmt& statement) {
  std::vector<ObjectAddress> targets;
  for (const RoleSpec* role : each<RoleSpec>(statement.roles)) {
    const std::string_view owner = text(role->rolename);
    if (owner.empty()) continue;  // CURRENT_USER and the like
    for (const Relation* relation : model.catalog().relations()) {
      if (*relation->owner == owner) targets.push_back(ObjectAddress::of_relation(relation->id));
    }
  }
  delete_objects(model, targets, statement.behavior);
}

}  // namespace pglatch::locks
