// COMMENT and SECURITY LABEL: get_object_address() in objectaddress.c finds and locks the object.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

// A plain NOT NULL has a name, which the catalog does not keep.
constexpr ByVersion kNamesNotNull{std::array{
    Since<bool>{10, false, "pg_attribute.attnotnull alone"},
    Since<bool>{18, true, "release notes: NOT NULL constraints in pg_constraint"},
}};

bool all_known(const Model& model, const Relation& relation) {
  return model.catalog().complete && relation.origin != Origin::unknown;
}

bool has_expression(const Relation& relation, ExpressionKind kind, std::string_view name) {
  return std::any_of(relation.expressions.begin(), relation.expressions.end(),
                     [&](const DependentExpression& one) { return one.kind == kind && one.name == name; });
}

// get_relation_by_qualified_name().
bool refuse_kind(const Model& model, const Relation& relation, ObjectType type) {
  if (relation.origin == Origin::unknown) return false;
  const RelationKind wanted = relation_kind(type);
  const bool fits = relation.kind == wanted ||
                    (wanted == RelationKind::table && relation.kind == RelationKind::partitioned_table) ||
                    (wanted == RelationKind::index && relation.kind == RelationKind::partitioned_index);
  if (fits) return false;
  const std::string_view article = wanted == RelationKind::index ? "an" : "a";
  model.effects.fail(fmt::format("\"{}\" is not {} {}", relation.name, article, to_string(wanted)));
  return true;
}

// get_object_address_relobject(): the table of a trigger, policy, rule or constraint.
void on_object_of_table(const Model& model, ObjectType type, const List* names) {
  const NameView table = table_of(names);
  if (table.name.empty()) return;
  const RelationId id = model.resolve(table);
  const Relation& relation = model.relation(id);
  const std::string_view name = name_of(names).name;
  bool exists = true;
  std::string_view kind;
  switch (type) {
    case OBJECT_TRIGGER:
      kind = "trigger";
      exists = std::find(relation.triggers.begin(), relation.triggers.end(), name) != relation.triggers.end();
      break;
    case OBJECT_POLICY:
      kind = "policy";
      exists = has_expression(relation, ExpressionKind::policy, name);
      break;
    case OBJECT_RULE:
      kind = "rule";
      exists = has_expression(relation, ExpressionKind::rule, name);
      break;
    default:
      kind = "constraint";
      exists = !relation.columns_known || relation.constraint(name) != nullptr || kNamesNotNull.at(model.version());
      break;
  }
  if (!exists && all_known(model, relation)) {
    const std::string_view of = type == OBJECT_RULE ? "relation" : "table";
    return model.effects.fail(fmt::format("{} \"{}\" for {} \"{}\" does not exist", kind, name, of, relation.name));
  }
  model.lock(id, LockMode::access_share);
}

void on_object(const Model& model, ObjectType type, const Node* object) {
  const auto* names = reinterpret_cast<const List*>(object);
  switch (type) {
    case OBJECT_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_FOREIGN_TABLE:
    case OBJECT_INDEX: {
      const RelationId id = model.resolve(names, relation_kind(type));
      if (refuse_kind(model, model.relation(id), type)) return;
      return model.lock(id, LockMode::share_update_exclusive);
    }
    case OBJECT_COLUMN: {
      const NameView table = table_of(names);
      if (table.name.empty()) return;
      const RelationId id = model.resolve(table);
      if (model.refuse_missing_column(id, name_of(names).name)) return;
      return model.lock(id, LockMode::share_update_exclusive);
    }
    case OBJECT_TABCONSTRAINT:
    case OBJECT_TRIGGER:
    case OBJECT_POLICY:
    case OBJECT_RULE:
      return on_object_of_table(model, type, names);
    case OBJECT_SCHEMA:
      if (model.catalog().complete && !model.catalog().has_schema(string_value(object))) {
        model.effects.fail(fmt::format("schema \"{}\" does not exist", string_value(object)));
      }
      return;
    default:
      return;
  }
}

}  // namespace

void comment(const Model& model, const CommentStmt& statement) {
  on_object(model, statement.objtype, statement.object);
}

// ExecSecLabelStmt() in seclabel.c asks for a provider first; extensions are loaded where nobody sees.
void security_label(const Model& model, const SecLabelStmt& statement) {
  on_object(model, statement.objtype, statement.object);
  model.effects.may_fail("no security label providers have been loaded (if the server loads none)");
}

}  // namespace pglatch::locks
