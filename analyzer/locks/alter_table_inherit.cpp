// INHERIT and NO INHERIT, OF and NOT OF, and what a child has to have of its parent.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/locks/alter_table.h"
#include "analyzer/locks/by_version.h"

namespace pglatch::locks {
namespace {

// The message about a nullable column of a child names the child.
constexpr ByVersion kNamesChild{std::array{Since<bool>{10, false, "MergeAttributesIntoExisting() in tablecmds.c"},
                                           Since<bool>{18, true, "MergeAttributesIntoExisting() in tablecmds.c"}}};

bool refuse_columns(const Model& model, const Relation& child, const Relation& parent) {
  const auto refuse = [&](std::string message) {
    model.effects.fail(std::move(message));
    return true;
  };
  for (const Column& wanted : parent.columns) {
    const Column* own = child.column(wanted.name);
    if (own == nullptr) {
      if (!child.columns_known) continue;
      return refuse(fmt::format("child table is missing column \"{}\"", wanted.name));
    }
    if (!own->type.name.empty() && !wanted.type.name.empty()) {
      TypeRef own_type = own->type;
      own_type.serial = wanted.type.serial;
      if (own_type != wanted.type) {
        return refuse(fmt::format("child table \"{}\" has different type for column \"{}\"", child.name, wanted.name));
      }
    }
    if (wanted.not_null && !own->not_null && child.columns_known) {
      return refuse(
          kNamesChild.at(model.version())
              ? fmt::format("column \"{}\" in child table \"{}\" must be marked NOT NULL", wanted.name, child.name)
              : fmt::format("column \"{}\" in child table must be marked NOT NULL", wanted.name));
    }
  }
  return false;
}

bool refuse_checks(const Model& model, const Relation& child, const Relation& parent) {
  const auto refuse = [&](std::string message) {
    model.effects.fail(std::move(message));
    return true;
  };
  for (const TableConstraint& wanted : parent.constraints) {
    if (wanted.kind != ConstraintKind::check || wanted.no_inherit) continue;
    const TableConstraint* own = child.constraint(wanted.name);
    if (own == nullptr || own->kind != ConstraintKind::check) {
      if (!child.columns_known) continue;
      return refuse(fmt::format("child table is missing constraint \"{}\"", wanted.name));
    }
    if (own->columns != wanted.columns || own->proof != wanted.proof) {
      return refuse(fmt::format("child table \"{}\" has different definition for check constraint \"{}\"", child.name,
                                wanted.name));
    }
    if (own->no_inherit) {
      return refuse(fmt::format("constraint \"{}\" conflicts with non-inherited constraint on child table \"{}\"",
                                wanted.name, child.name));
    }
    if (!own->validated && own->enforced) {
      return refuse(fmt::format("constraint \"{}\" conflicts with NOT VALID constraint on child table \"{}\"",
                                wanted.name, child.name));
    }
  }
  return false;
}

bool contains(const std::vector<RelationId>& ids, RelationId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// The composite type that OF names, or kNoRelation.
RelationId composite_type(const Model& model, const TypeName* name) {
  return name == nullptr ? kNoRelation : model.find(name_of(name->names));
}

}  // namespace

bool refuse_merge(const Model& model, RelationId child, RelationId parent) {
  const Relation& below = model.relation(child);
  const Relation& above = model.relation(parent);
  if (below.origin == Origin::unknown || above.origin == Origin::unknown) return false;
  return refuse_columns(model, below, above) || refuse_checks(model, below, above);
}

// ATExecAddInherit(): ShareUpdateExclusiveLock on the parent. What is below the child is looked at, for circles.
void add_inherit(const Subcommand& sub) {
  const auto* name = as<RangeVar>(sub.command.def);
  if (name == nullptr) return;
  const Model& model = sub.model;
  const Relation& child = sub.relation();
  if (child.partition_of != kNoRelation) return model.effects.fail("cannot change inheritance of a partition");
  if (child.kind == RelationKind::partitioned_table) {
    return model.effects.fail("cannot change inheritance of partitioned table");
  }
  if (child.of_type != kNoRelation) return model.effects.fail("cannot change inheritance of typed table");
  const RelationId id = model.resolve(name);
  if (model.effects.refused() || refuse_relation_kind(model, id, AT_AddInherit)) return;
  const Relation& parent = model.relation(id);
  if (parent.partition_of != kNoRelation) return model.effects.fail("cannot inherit from a partition");
  if (parent.kind == RelationKind::partitioned_table) {
    return model.effects.fail(fmt::format("cannot inherit from partitioned table \"{}\"", parent.name));
  }
  if (contains(model.tree(sub.table, false), id)) return model.effects.fail("circular inheritance not allowed");
  if (contains(sub.relation().inherits, id)) {
    return model.effects.fail(fmt::format("relation \"{}\" would be inherited from more than once", parent.name));
  }
  if (refuse_merge(model, sub.table, id)) return;
  model.lock(id, LockMode::share_update_exclusive, LockReason::parent);
  sub.lock_descendants(LockMode::access_share);
}

// ATExecDropInherit()
void drop_inherit(const Subcommand& sub) {
  const auto* name = as<RangeVar>(sub.command.def);
  if (name == nullptr) return;
  const Model& model = sub.model;
  if (sub.relation().partition_of != kNoRelation) {
    return model.effects.fail("cannot change inheritance of a partition");
  }
  const RelationId parent = model.resolve(name);
  if (model.effects.refused()) return;
  const Relation& child = sub.relation();
  const bool known = child.origin != Origin::unknown && child.columns_known;
  if (known && !contains(child.inherits, parent)) {
    return model.effects.fail(
        fmt::format("relation \"{}\" is not a parent of relation \"{}\"", model.relation(parent).name, child.name));
  }
  model.lock(parent, LockMode::access_share, LockReason::parent);
}

// ATExecAddOf(): the columns must be those of the type.
void add_of(const Subcommand& sub) {
  const Model& model = sub.model;
  const auto* name = as<TypeName>(sub.command.def);
  const RelationId id = composite_type(model, name);
  if (id == kNoRelation) return;
  const Relation& type = model.relation(id);
  const Relation& table = sub.relation();
  if (type.kind != RelationKind::composite_type) {
    return model.effects.fail(fmt::format("type {} is not a composite type", type.name));
  }
  if (!table.inherits.empty()) return model.effects.fail("typed tables cannot inherit");
  if (type.columns_known && table.columns_known) {
    for (std::size_t i = 0; i < type.columns.size(); ++i) {
      const std::string& wanted = type.columns[i].name;
      if (i >= table.columns.size()) return model.effects.fail(fmt::format("table is missing column \"{}\"", wanted));
      const std::string& own = table.columns[i].name;
      if (own != wanted) {
        return model.effects.fail(fmt::format("table has column \"{}\" where type requires \"{}\"", own, wanted));
      }
      if (table.columns[i].type != type.columns[i].type) {
        return model.effects.fail(fmt::format("table \"{}\" has different type for column \"{}\"", table.name, wanted));
      }
    }
    if (table.columns.size() > type.columns.size()) {
      return model.effects.fail(fmt::format("table has extra column \"{}\"", table.columns[type.columns.size()].name));
    }
  }
  model.lock(id, LockMode::access_share, LockReason::dependent);
}

// ATExecDropOf()
void drop_of(const Subcommand& sub) {
  const Relation& table = sub.relation();
  if (table.origin == Origin::unknown || !table.columns_known || table.of_type != kNoRelation) return;
  sub.model.effects.fail(fmt::format("\"{}\" is not a typed table", table.name));
}

}  // namespace pglatch::locks
