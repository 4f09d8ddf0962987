#include "analyzer/locks/foreign_key_refusals.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace pglatch::locks {
namespace {

std::vector<std::string> names_of(const List* list) {
  std::vector<std::string> names;
  for (const Node* node : each(list)) names.emplace_back(string_value(node));
  return names;
}

bool same_set(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

// What a foreign key may compare. Each family has one operator class that all its types share, or casts into
// it that are implicit; an integer can also reference what a number can be cast to.
enum class Family : std::uint8_t { unknown, integer, numeric, floating, text, date_time, uuid, boolean, bytea, jsonb };

Family family_of(const TypeRef& type) {
  if (!type.schema.empty() || type.array) return Family::unknown;
  const std::string_view name = type.name;
  if (name == "int2" || name == "int4" || name == "int8") return Family::integer;
  if (name == "numeric") return Family::numeric;
  if (name == "float4" || name == "float8") return Family::floating;
  if (name == "text" || name == "varchar" || name == "bpchar") return Family::text;
  if (name == "date" || name == "timestamp" || name == "timestamptz") return Family::date_time;
  if (name == "uuid") return Family::uuid;
  if (name == "bool") return Family::boolean;
  if (name == "bytea") return Family::bytea;
  if (name == "jsonb") return Family::jsonb;
  return Family::unknown;
}

// False only where no equality operator is found for certain.
bool can_reference(const TypeRef& from, const TypeRef& to) {
  const Family a = family_of(from);
  const Family b = family_of(to);
  if (a == Family::unknown || b == Family::unknown || a == b) return true;
  if (b == Family::numeric) return a == Family::integer;
  if (b == Family::floating) return a == Family::integer || a == Family::numeric;
  return false;
}

// A unique index that can be referenced: transformFkeyCheckAttrs().
enum class Key : std::uint8_t { missing, deferrable, found };

Key referenced_key(const Model& model, const Relation& table, const std::vector<std::string>& columns) {
  Key best = Key::missing;
  for (const RelationId id : table.indexes) {
    const IndexDetails& index = *model.relation(id).index;
    if (!index.unique || !index.valid || index.partial || !same_set(index.columns, columns)) continue;
    const bool deferrable =
        std::any_of(table.constraints.begin(), table.constraints.end(),
                    [&](const TableConstraint& constraint) { return constraint.index == id && constraint.deferrable; });
    if (!deferrable) return Key::found;
    best = Key::deferrable;
  }
  return best;
}

// The tables' persistence must go together.
bool refuse_persistence(const Model& model, const Relation& table, const Relation& referenced) {
  if (table.origin == Origin::unknown || referenced.origin == Origin::unknown) return false;
  const char* words = nullptr;
  if (table.temporary) {
    if (!referenced.temporary) words = "temporary tables may reference only temporary tables";
  } else if (table.unlogged) {
    if (referenced.temporary) words = "unlogged tables may reference only permanent or unlogged tables";
  } else if (referenced.temporary || referenced.unlogged) {
    words = "permanent tables may reference only permanent tables";
  }
  if (words == nullptr) return false;
  model.effects.fail(fmt::format("constraints on {}", words));
  return true;
}

bool refuse_missing(const Model& model, const Relation& table, const std::vector<std::string>& columns) {
  if (!table.columns_known) return false;
  for (const std::string& column : columns) {
    if (table.column(column) != nullptr) continue;
    model.effects.fail(fmt::format("column \"{}\" referenced in foreign key constraint does not exist", column));
    return true;
  }
  return false;
}

bool refuse_types(const Model& model, const Relation& table, const Relation& referenced, const Constraint& constraint,
                  const TableConstraint& key) {
  for (std::size_t i = 0; i < key.columns.size() && i < key.referenced_columns.size(); ++i) {
    const Column* from = table.column(key.columns[i]);
    const Column* to = referenced.column(key.referenced_columns[i]);
    if (from == nullptr || to == nullptr || can_reference(from->type, to->type)) continue;
    const std::string name = constraint.conname != nullptr
                                 ? std::string(text(constraint.conname))
                                 : fmt::format("{}_{}_fkey", table.name, fmt::join(key.columns, "_"));
    model.effects.fail(fmt::format("foreign key constraint \"{}\" cannot be implemented", name));
    return true;
  }
  return false;
}

bool is_table(const Relation& relation) {
  return relation.kind == RelationKind::table || relation.kind == RelationKind::partitioned_table;
}

}  // namespace

TableConstraint described_foreign_key(const Model& model, RelationId referenced, const Constraint& constraint) {
  TableConstraint key;
  key.kind = ConstraintKind::foreign_key;
  key.columns = names_of(constraint.fk_attrs);
  key.referenced = referenced;
  key.referenced_columns = names_of(constraint.pk_attrs);
  if (key.referenced_columns.empty()) {
    if (const TableConstraint* primary = model.relation(referenced).primary_key()) {
      key.referenced_columns = primary->columns;
    }
  }
  key.enforced = is_enforced(constraint);
  key.validated = key.enforced && !constraint.skip_validation;
  key.deferrable = constraint.deferrable;
  key.initially_deferred = constraint.initdeferred;
  if (constraint.fk_upd_action != 0) key.on_update = constraint.fk_upd_action;
  if (constraint.fk_del_action != 0) key.on_delete = constraint.fk_del_action;
  return key;
}

bool refuse_foreign_key(const Model& model, RelationId table, RelationId referenced, const Constraint& constraint) {
  if (model.effects.refused()) return true;
  const Relation& target = model.relation(referenced);
  const Relation& source = model.relation(table);
  if (target.origin == Origin::unknown) return false;
  if (!is_table(target)) {
    model.effects.fail(fmt::format("referenced relation \"{}\" is not a table", target.name));
    return true;
  }
  if (table != kNoRelation && refuse_persistence(model, source, target)) return true;
  const TableConstraint key = described_foreign_key(model, referenced, constraint);
  if (refuse_missing(model, target, key.referenced_columns)) return true;
  // Only where nothing can have been added unseen.
  if (model.catalog().complete && target.columns_known) {
    if (key.referenced_columns.empty()) {
      model.effects.fail(fmt::format("there is no primary key for referenced table \"{}\"", target.name));
      return true;
    }
    switch (referenced_key(model, target, key.referenced_columns)) {
      case Key::missing:
        model.effects.fail(
            fmt::format("there is no unique constraint matching given keys for referenced table \"{}\"", target.name));
        return true;
      case Key::deferrable:
        model.effects.fail(
            fmt::format("cannot use a deferrable unique constraint for referenced table \"{}\"", target.name));
        return true;
      case Key::found:
        break;
    }
  }
  if (!key.columns.empty() && !key.referenced_columns.empty() && key.columns.size() != key.referenced_columns.size()) {
    model.effects.fail("number of referencing and referenced columns for foreign key disagree");
    return true;
  }
  return table != kNoRelation && refuse_types(model, source, target, constraint, key);
}

}  // namespace pglatch::locks
