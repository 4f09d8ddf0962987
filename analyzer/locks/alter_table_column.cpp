// ALTER TABLE … DROP COLUMN, and ALTER COLUMN but for types.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/locks/alter_table.h"
#include "analyzer/locks/by_version.h"
#include "analyzer/locks/type_names.h"

namespace pglatch::locks {
namespace {

// Wording of DROP EXPRESSION's refusal.
constexpr ByVersion kNotGenerated{std::array{
    Since<std::string_view>{10, "column \"{}\" of relation \"{}\" is not a stored generated column", "tablecmds.c"},
    Since<std::string_view>{18, "column \"{}\" of relation \"{}\" is not a generated column", "tablecmds.c"}}};

// The columns generated from a column go with it, without CASCADE.
constexpr ByVersion kDropsGenerated{
    std::array{Since<bool>{10, true, "StoreAttrDefault() in heap.c"},
               Since<bool>{15, false, "PostgreSQL 15: \"Fix bogus dependency handling for GENERATED expressions\""}}};

// SET NOT NULL of ONLY a partitioned table asks its partitions whether they are not null themselves.
constexpr ByVersion kLooksAtPartitions{
    std::array{Since<bool>{10, true, "ATPrepSetNotNull() in tablecmds.c, AT_CheckNotNull"},
               Since<bool>{18, false, "ATExecSetNotNull() in tablecmds.c"}}};

bool mentions(const std::vector<std::string>& columns, std::string_view column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

bool has_children(const Relation& table) { return !table.partitions.empty() || !table.inherited_by.empty(); }

// One ALTER COLUMN on one table, with what the catalog knows of the column.
struct AlteredColumn {
  const Subcommand& sub;
  std::string_view name;
  const Column* column;  // null where it is not known

  bool fail(std::string_view what) const {
    sub.model.effects.fail(fmt::format("column \"{}\" of relation \"{}\" {}", name, sub.relation().name, what));
    return true;
  }
  void lock_sequences(LockMode mode) const {
    for (const RelationId id : sub.relation().owned_sequences) {
      if (sub.model.relation(id).owned_by_column == name) sub.model.lock(id, mode, LockReason::dependent);
    }
  }

  void set_default() const;
  void add_identity() const;
  void set_identity() const;
  void drop_identity() const;
  void set_expression() const;
  void drop_expression() const;
  void drop_not_null() const;
};

// ATExecColumnDefault().
void AlteredColumn::set_default() const {
  if (column == nullptr) return;
  if (column->identity != 0) {
    fail("is an identity column");
  } else if (column->generated != 0) {
    fail("is a generated column");
  }
}

// ATExecAddIdentity().
void AlteredColumn::add_identity() const {
  if (column == nullptr || sub.table != sub.root || refuse_identity_type(sub.model, column->type)) return;
  if (!column->not_null) {
    fail("must be declared NOT NULL before identity can be added");
  } else if (column->identity != 0) {
    fail("is already an identity column");
  } else if (column->has_default) {
    fail("already has a default value");
  }
}

// ATExecSetIdentity(); the sequence is altered by an ALTER SEQUENCE of its own.
void AlteredColumn::set_identity() const {
  if (column != nullptr && column->identity == 0) {
    if (sub.table == sub.root) fail("is not an identity column");
    return;
  }
  lock_sequences(LockMode::share_row_exclusive);
}

// ATExecDropIdentity().
void AlteredColumn::drop_identity() const {
  if (column != nullptr && column->identity == 0) {
    if (sub.table == sub.root && !sub.command.missing_ok) fail("is not an identity column");
    return;
  }
  lock_sequences(LockMode::access_exclusive);
}

// ATExecSetExpression(): virtual values are in no row.
void AlteredColumn::set_expression() const {
  const Relation& table = sub.relation();
  if (column == nullptr || column->generated == 's') return sub.model.rewrite(sub.table, sub.index);
  if (column->generated == 0) {
    fail("is not a generated column");
    return;
  }
  for (const TableConstraint& constraint : table.constraints) {
    if (constraint.kind != ConstraintKind::check) continue;
    sub.model.effects.fail(
        "ALTER TABLE / SET EXPRESSION is not supported for virtual generated columns in tables with check constraints");
    return;
  }
  if (column->not_null) sub.scan();
}

// ATPrepDropExpression() and ATExecDropExpression().
void AlteredColumn::drop_expression() const {
  if (column == nullptr || sub.table != sub.root) return;
  if (!sub.recurse() && has_children(sub.relation())) {
    sub.model.effects.fail("ALTER TABLE / DROP EXPRESSION must be applied to child tables too");
  } else if (column->inherited) {
    sub.model.effects.fail("cannot drop generation expression from inherited column");
  } else if (column->generated == 'v') {
    sub.model.effects.fail("ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns");
  } else if (column->generated == 0 && !sub.command.missing_ok) {
    sub.model.effects.fail(fmt::format(fmt::runtime(kNotGenerated.at(sub.model.version())), name, sub.relation().name));
  }
}

// ATExecDropNotNull().
void AlteredColumn::drop_not_null() const {
  const Relation& table = sub.relation();
  if (column == nullptr || !column->not_null || sub.table != sub.root) return;
  const TableConstraint* key = table.primary_key();
  const Relation* parent = sub.model.catalog().find(table.partition_of);
  const Column* above = parent == nullptr ? nullptr : parent->column(name);
  if (column->identity != 0) {
    fail("is an identity column");
  } else if (key != nullptr && mentions(key->columns, name)) {
    sub.model.effects.fail(fmt::format("column \"{}\" is in a primary key", name));
  } else if (above != nullptr && above->not_null) {
    sub.model.effects.fail(fmt::format("column \"{}\" is marked NOT NULL in parent table", name));
  }
}

// ATExecDropColumn(), what it asks of the table that the statement names. Returns true where it refuses.
bool refuse_drop(const Subcommand& sub, std::string_view name) {
  const Relation& table = sub.relation();
  const Column* column = table.column(name);
  Effects& effects = sub.model.effects;
  if (table.of_type != kNoRelation) {
    effects.fail("cannot drop column from typed table");
  } else if (column == nullptr) {
    return sub.model.refuse_missing_column(sub.table, name);
  } else if (column->inherited) {
    effects.fail(fmt::format("cannot drop inherited column \"{}\"", name));
  } else if (mentions(table.partition_key.columns, name)) {
    effects.fail(fmt::format("cannot drop column \"{}\" because it is part of the partition key of relation \"{}\"",
                             name, table.name));
  } else if (!sub.recurse() && sub.is_partitioned() && !table.partitions.empty()) {
    effects.fail("cannot drop column from only the partitioned table when partitions exist");
  } else {
    return false;
  }
  return true;
}

// SET NOT NULL of ONLY a table with partitions.
void set_not_null_only(const Subcommand& sub, std::string_view name) {
  const Model& model = sub.model;
  const Column* own = sub.relation().column(name);
  if (own == nullptr || own->not_null) return;
  const bool looks = kLooksAtPartitions.at(model.version());
  for (const RelationId id : model.tree(sub.table, false)) {
    if (id == sub.table) continue;
    const Column* column = model.relation(id).column(name);
    if (!looks || (column != nullptr && !column->not_null)) {
      return model.effects.fail("constraint must be added to child tables too");
    }
    sub.lock_child(id, sub.mode);
  }
}

void delete_column(const Subcommand& sub, std::string_view name) {
  std::vector<ObjectAddress> targets{ObjectAddress::of_column(sub.table, name)};
  if (kDropsGenerated.at(sub.model.version())) {
    for (const DependentExpression& expression : sub.relation().expressions) {
      if (expression.kind != ExpressionKind::generated || !mentions(expression.columns, name)) continue;
      targets.push_back(ObjectAddress::of_column(sub.table, expression.name));
    }
  }
  delete_objects(sub.model, targets, sub.command.behavior);
}

}  // namespace

// ATExecDropColumn(). What hangs on the column goes with it.
void drop_column(const Subcommand& sub) {
  const std::string_view name = text(sub.command.name);
  const Column* column = sub.relation().column(name);
  if (sub.table == sub.root) {
    if (sub.command.missing_ok && column == nullptr && sub.relation().columns_known) return;
    if (refuse_drop(sub, name)) return;
  } else if (column != nullptr && column->local) {
    return;  // it stays, and is the child's alone
  }
  if (sub.relation().kind == RelationKind::composite_type) {
    const auto tables = lock_typed_tables(sub.model, sub.table, sub.command.behavior == DROP_CASCADE);
    for (const RelationId table : tables) delete_column(sub.on(table), name);
    return;
  }
  delete_column(sub, name);
}

void alter_column(const Subcommand& sub) {
  const std::string_view name = text(sub.command.name);
  if (name.empty()) return;  // of an index, by number
  if (sub.table == sub.root && !column_added_by_same_statement(sub.statement, name) &&
      sub.model.refuse_missing_column(sub.table, name)) {
    return;
  }
  const AlteredColumn altered{sub, name, sub.relation().column(name)};
  switch (sub.command.subtype) {
    case AT_ColumnDefault:
      return altered.set_default();
    case AT_AddIdentity:
      return altered.add_identity();
    case AT_SetIdentity:
      return altered.set_identity();
    case AT_DropIdentity:
      return altered.drop_identity();
    case AT_SetExpression:
      return altered.set_expression();
    case AT_DropExpression:
      return altered.drop_expression();
    case AT_DropNotNull:
      return altered.drop_not_null();
    default:
      return;  // statistics, storage, compression and options change pg_attribute alone
  }
}

// tablecmds.c, ATExecSetNotNull: no scan where the column is not null already, or where a validated
// CHECK proves it (12 and later).
void set_not_null(const Subcommand& sub) {
  const std::string_view name = text(sub.command.name);
  const Model& model = sub.model;
  if (sub.table == sub.root) {
    if (!column_added_by_same_statement(sub.statement, name) && model.refuse_missing_column(sub.table, name)) return;
    if (!sub.recurse() && sub.is_partitioned()) set_not_null_only(sub, name);
  }
  const Column* column = sub.relation().column(name);
  if (column != nullptr && column->not_null) return;
  if (not_null_proved(sub, name)) return;
  sub.scan();
}

}  // namespace pglatch::locks
