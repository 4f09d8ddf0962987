// Statements that write rows: INSERT, UPDATE, DELETE, MERGE and COPY FROM.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/locks/foreign_key_rows.h"
#include "analyzer/locks/partition_choice.h"
#include "analyzer/locks/query_reader.h"

namespace pglatch::locks {
namespace {

// Views on views: as many as there are in practice.
constexpr int kMaxViewDepth = 50;

bool has_constant(const Node* value, Constant& constant) { return value != nullptr && constant_of(value, constant); }

bool is_default(const Node* value) { return value != nullptr && value->type == T_SetToDefault; }

// Cells that have nothing in them to look into, which most have: VALUES can be long.
bool is_plain(const Node* value) {
  if (const auto* cast = as<TypeCast>(value)) value = cast->arg;
  return value == nullptr || value->type == T_A_Const || value->type == T_SetToDefault ||
         value->type == T_SQLValueFunction;
}

bool is_key_column(const Model& model, const std::vector<RelationId>& tree, std::string_view column) {
  return std::any_of(tree.begin(), tree.end(), [&](RelationId id) {
    const std::vector<std::string>& key = model.relation(id).partition_key.columns;
    return std::find(key.begin(), key.end(), column) != key.end();
  });
}

bool is_leaf(const Relation& relation) {
  return relation.has_storage() || relation.kind == RelationKind::foreign_table;
}

template <class Statement>
const List* returning_of(const Statement& statement) {
#if PG_VERSION_NUM >= 180000
  return statement.returningClause == nullptr ? nullptr : statement.returningClause->exprs;
#else
  return statement.returningList;
#endif
}

bool is_column(const Node* value, std::string_view name) {
  const auto* column = as<ColumnRef>(value);
  const auto fields = each(column == nullptr ? nullptr : column->fields);
  return fields.size() == 1 && string_value(fields[0]) == name;
}

std::vector<std::string_view> target_columns(const List* targets) {
  std::vector<std::string_view> columns;
  for (const Node* node : each(targets)) {
    const auto* target = as<ResTarget>(node);
    columns.push_back(target == nullptr ? string_value(node) : text(target->name));
  }
  return columns;
}

}  // namespace

// The rows that go into a table, as far as they are written down.
struct QueryReader::NewRows {
  std::vector<std::string_view> columns;  // that get a value; those after them the default
  std::vector<const List*> values;        // rows of VALUES; empty where the rows come from elsewhere
  bool known_columns = false;             // `columns` is true
  bool defaults = false;                  // DEFAULT VALUES: no column gets a value
  bool has_default_cells = false;         // some value is DEFAULT

  [[nodiscard]] bool is_given(std::string_view column) const {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  }
  [[nodiscard]] const Node* value(const List* row, std::string_view column) const {
    const auto cells = each(row);
    const auto place = static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column) - columns.begin());
    return place < columns.size() && place < cells.size() ? cells[place] : nullptr;
  }
  // Some row takes the default of the column.
  [[nodiscard]] bool takes_default(std::string_view column) const {
    if (defaults) return true;
    if (!known_columns) return false;
    if (!is_given(column)) return true;
    return has_default_cells &&
           std::any_of(values.begin(), values.end(), [&](const List* row) { return is_default(value(row, column)); });
  }
  [[nodiscard]] bool is_null(const Column& column) const {
    if (!defaults && (!known_columns || is_given(column.name))) {
      return !values.empty() && std::all_of(values.begin(), values.end(), [&](const List* row) {
        const Node* cell = value(row, column.name);
        Constant constant;
        return is_default(cell) ? has_null_default(column) : has_constant(cell, constant) && constant.null;
      });
    }
    return (defaults || known_columns) && has_null_default(column);
  }

 private:
  [[nodiscard]] static bool has_null_default(const Column& column) {
    return !column.has_default && column.identity == 0 && column.generated == 0 && !column.type.serial;
  }
};

// Where writing to a relation writes: the one table behind a view that PostgreSQL updates through. kNoRelation
// where triggers of the view do the writing, or rules.
RelationId QueryReader::written_table(RelationId target, bool finds_rows) {
  model_.lock(target, LockMode::row_exclusive);
  for (int depth = 0; depth < kMaxViewDepth && model_.relation(target).kind == RelationKind::view; ++depth) {
    const Relation& view = model_.relation(target);
    const bool has_rules = std::any_of(view.expressions.begin(), view.expressions.end(), [](const auto& one) {
      return one.kind == ExpressionKind::rule && one.name != "_RETURN";
    });
    if (!view.triggers.empty() || has_rules || view.uses.empty()) {
      if (finds_rows && stage_ != QueryStage::analysed) relation(target, LockMode::access_share);
      return kNoRelation;
    }
    target = view.uses.front().relation;
    if (model_.catalog().find(target) == nullptr || stage_ == QueryStage::analysed) return kNoRelation;
    model_.lock(target, LockMode::row_exclusive, LockReason::dependent);
  }
  return target;
}

RelationId QueryReader::add_target(Building& building, const RangeVar& name) {
  const RelationId target = model_.resolve(&name);
  if (target == kNoRelation) return kNoRelation;
  const RelationId table = written_table(target, true);
  if (table == kNoRelation) return kNoRelation;
  Source source;
  source.relation = table;
  source.mode = LockMode::row_exclusive;
  source.only = !name.inh;
  RangeName range;
  range.alias = name.alias == nullptr ? text(name.relname) : text(name.alias->aliasname);
  range.source = 0;
  building.level.sources.push_back(std::move(source));
  building.level.names.push_back(std::move(range));
  return table;
}

// A row that is put into a partition by its own name is checked against the bounds of all that it is inside of
// (generate_partition_qual() in partcache.c).
void QueryReader::lock_partition_parents(RelationId partition) {
  for (RelationId id = model_.relation(partition).partition_of; id != kNoRelation;
       id = model_.relation(id).partition_of) {
    model_.lock(id, LockMode::access_share, LockReason::parent);
  }
}

void QueryReader::add_row_writes(const std::vector<RelationId>& parts) {
  if (stage_ != QueryStage::run) return;
  for (const RelationId id : parts) {
    if (is_leaf(model_.relation(id))) model_.effects.add_work(id, WorkKind::row_write);
  }
}

// INSERT and COPY FROM ----------------------------------------------------------------------------

void QueryReader::insert_rows(RelationId table, const NewRows& rows) {
  if (table == kNoRelation || stage_ != QueryStage::run) return;
  for (const Column& column : model_.relation(table).columns) {
    if (!rows.takes_default(column.name)) continue;
    for (const RelationId sequence : default_sequences(model_, table, column)) {
      model_.lock(sequence, LockMode::row_exclusive, LockReason::dependent);
    }
  }
  const std::vector<RelationId> parts = partitions_for(table, rows);
  lock_partition_parents(table);
  RowChange change;
  const std::vector<TableConstraint>& constraints = model_.relation(table).constraints;
  const bool has_keys = std::any_of(constraints.begin(), constraints.end(),
                                    [](const auto& one) { return one.kind == ConstraintKind::foreign_key; });
  if (has_keys || parts.size() > 1) {
    for (const Column& column : model_.relation(table).columns) {
      if (rows.is_null(column)) change.nulls.push_back(column.name);
    }
    if (rows.values.size() == 1) {
      for (const std::string_view column : rows.columns) {
        NewValue value{column, {}};
        if (has_constant(rows.value(rows.values.front(), column), value.constant)) {
          change.values.push_back(std::move(value));
        }
      }
    }
  }
  for (const RelationId id : parts) {
    if (id != table) model_.lock(id, LockMode::row_exclusive, LockReason::partition);
    if (is_leaf(model_.relation(id))) check_foreign_keys(model_, id, change);
  }
  add_row_writes(parts);
}

// The table, and of a partitioned one all partitions that the rows come through.
std::vector<RelationId> QueryReader::partitions_for(RelationId table, const NewRows& rows) const {
  const Relation& target = model_.relation(table);
  std::vector<RelationId> parts{table};
  if (target.kind == RelationKind::partitioned_table) {
    const std::vector<RelationId> tree = model_.tree(table, false);
    parts.clear();
    for (const List* row : rows.values) {
      std::vector<NewValue> values;
      for (const std::string_view column : rows.columns) {
        NewValue value{column, {}};
        if (is_key_column(model_, tree, column) && has_constant(rows.value(row, column), value.constant)) {
          values.push_back(std::move(value));
        }
      }
      const std::vector<RelationId> way = partitions_for_row(model_.catalog(), table, values);
      const bool arrives =
          std::any_of(way.begin(), way.end(), [&](RelationId id) { return is_leaf(model_.relation(id)); });
      if (!arrives && target.origin != Origin::unknown && model_.catalog().complete) {
        model_.effects.fail(fmt::format("no partition of relation \"{}\" found for row", target.name));
        return parts;
      }
      for (const RelationId id : way) {
        if (std::find(parts.begin(), parts.end(), id) == parts.end()) parts.push_back(id);
      }
    }
    if (rows.values.empty()) parts = tree;
  }
  return parts;
}

void QueryReader::insert(const InsertStmt& statement) {
  with(statement.withClause, reinterpret_cast<const Node*>(&statement));
  const RelationId target = model_.resolve(statement.relation);
  if (target == kNoRelation) return;
  const RelationId table = written_table(target, false);
  NewRows rows;
  rows.columns = target_columns(statement.cols);
  rows.defaults = statement.selectStmt == nullptr;
  rows.known_columns = !rows.columns.empty();
  for (const std::string_view column : rows.columns) {
    if (model_.refuse_missing_column(target, column)) return;
  }
  const auto* source = as<SelectStmt>(statement.selectStmt);
  if (source != nullptr && source->valuesLists != nullptr) {
    for (const List* row : each<List>(source->valuesLists)) {
      rows.values.push_back(row);
      for (const Node* cell : each(row)) {
        if (!is_plain(cell)) expressions(cell, nullptr);
        rows.has_default_cells = rows.has_default_cells || is_default(cell);
      }
    }
    with(source->withClause, statement.selectStmt);
  } else {
    this->statement(statement.selectStmt);
  }
  // Without a list the values go to the first columns.
  if (!rows.known_columns && !rows.defaults && model_.relation(target).columns_known) {
    std::size_t count = 0;
    if (!rows.values.empty()) {
      count = each(rows.values.front()).size();
    } else if (source != nullptr) {
      const SelectStmt* first = source;
      while (first->larg != nullptr) first = first->larg;
      count = each(first->targetList).size();
      for (const ResTarget* column : each<ResTarget>(first->targetList)) {
        const auto* reference = as<ColumnRef>(column->val);
        if (reference != nullptr && string_value(each(reference->fields).back()).empty()) count = SIZE_MAX;  // *
      }
    }
    for (const Column& column : model_.relation(target).columns) {
      if (rows.columns.size() == count) break;
      rows.columns.push_back(column.name);
    }
    rows.known_columns = count != SIZE_MAX;
  }
  insert_rows(table, rows);
  expressions(returning_of(statement), nullptr);
  const OnConflictClause* conflict = statement.onConflictClause;
  if (conflict == nullptr || table == kNoRelation) return;
  // infer_arbiter_indexes() in plancat.c looks at the indexes until it has found the constraint's.
  if (conflict->infer != nullptr && stage_ != QueryStage::analysed) {
    const TableConstraint* constraint = model_.relation(table).constraint(text(conflict->infer->conname));
    for (const RelationId index : model_.relation(table).indexes) {
      model_.lock(index, LockMode::row_exclusive, LockReason::index);
      if (constraint != nullptr && constraint->index == index) break;
    }
  }
  if (conflict->action != ONCONFLICT_UPDATE) return;
  expressions(conflict->targetList, nullptr);
  expressions(conflict->whereClause, nullptr);
  update_rows(table, conflict->targetList, {table});
}

void QueryReader::copy_rows(const RangeVar& name, const List* columns) {
  const RelationId target = model_.resolve(&name);
  if (target == kNoRelation) return;
  NewRows rows;
  rows.columns = target_columns(columns);
  rows.known_columns = !rows.columns.empty();
  for (const std::string_view column : rows.columns) {
    if (model_.refuse_missing_column(target, column)) return;
  }
  model_.lock(target, LockMode::row_exclusive);
  if (model_.relation(target).kind != RelationKind::view) insert_rows(target, rows);
}

// UPDATE, DELETE and MERGE ------------------------------------------------------------------------

void QueryReader::update_rows(RelationId table, const List* targets, const std::vector<RelationId>& parts) {
  if (table == kNoRelation || stage_ != QueryStage::run) return;
  add_row_writes(parts);
  RowChange change;
  change.event = RowEvent::update;
  std::vector<NewValue> values;
  const bool partitioned = model_.relation(table).kind == RelationKind::partitioned_table;
  const std::vector<RelationId> tree = partitioned ? model_.tree(table, false) : std::vector<RelationId>();
  bool moves = false;
  for (const ResTarget* target : each<ResTarget>(targets)) {
    NewValue value{text(target->name), {}};
    if (is_column(target->val, value.column)) continue;  // SET a = a
    change.columns.push_back(value.column);
    const bool is_key = is_key_column(model_, tree, value.column);
    moves = moves || is_key;
    const bool known = has_constant(target->val, value.constant);
    if (!known) continue;
    if (value.constant.null) change.nulls.push_back(value.column);
    if (is_key) values.push_back(value);
    change.values.push_back(std::move(value));
  }
  lock_partition_parents(table);
  std::vector<RelationId> changed = parts;
  if (moves) {  // to the partition of the new value
    std::vector<RelationId> way = partitions_for_row(model_.catalog(), table, values);
    for (const RelationId id : way) model_.lock(id, LockMode::row_exclusive, LockReason::partition);
    add_row_writes(way);
    changed.insert(changed.end(), way.begin(), way.end());
  }
  for (const RelationId id : changed) {
    if (is_leaf(model_.relation(id))) check_foreign_keys(model_, id, change);
  }
}

void QueryReader::delete_rows(const std::vector<RelationId>& parts) {
  if (stage_ != QueryStage::run) return;
  add_row_writes(parts);
  for (const RelationId id : parts) {
    if (is_leaf(model_.relation(id))) check_foreign_keys(model_, id, {RowEvent::remove});
  }
}

bool QueryReader::update(const UpdateStmt& statement) {
  with(statement.withClause, reinterpret_cast<const Node*>(&statement));
  QueryLevel level(model_.catalog(), nullptr);
  Building building{level};
  const RelationId table = add_target(building, *statement.relation);
  for (const Node* item : each(statement.fromClause)) add_from(building, item, level.names);
  const RelationId target = model_.find(name_of(statement.relation));
  for (const ResTarget* column : each<ResTarget>(statement.targetList)) {
    if (model_.refuse_missing_column(target, text(column->name))) return false;
  }
  if (refuse_missing_columns(statement.whereClause, level)) return false;
  if (statement.whereClause != nullptr) add_conditions(building, statement.whereClause, kAllSources);
  expressions(statement.targetList, &level);
  expressions(returning_of(statement), &level);
  level.conclude();
  const std::vector<RelationId> parts = read(level, table == kNoRelation ? -1 : 0);
  if (!level.is_never()) update_rows(table, statement.targetList, parts);
  return level.is_small();
}

bool QueryReader::remove(const DeleteStmt& statement) {
  with(statement.withClause, reinterpret_cast<const Node*>(&statement));
  QueryLevel level(model_.catalog(), nullptr);
  Building building{level};
  const RelationId table = add_target(building, *statement.relation);
  for (const Node* item : each(statement.usingClause)) add_from(building, item, level.names);
  if (refuse_missing_columns(statement.whereClause, level)) return false;
  if (statement.whereClause != nullptr) add_conditions(building, statement.whereClause, kAllSources);
  expressions(returning_of(statement), &level);
  level.conclude();
  const std::vector<RelationId> parts = read(level, table == kNoRelation ? -1 : 0);
  if (!level.is_never()) delete_rows(parts);
  return level.is_small();
}

// transform_MERGE_to_join() in prepjointree.c: rows of the source that match nothing are kept where there is
// something to do for them, and so are the target's.
void QueryReader::merge(const MergeStmt& statement) {
  with(statement.withClause, reinterpret_cast<const Node*>(&statement));
  QueryLevel level(model_.catalog(), nullptr);
  Building building{level};
  const RelationId table = add_target(building, *statement.relation);
  const RelationId named = model_.find(name_of(statement.relation));
  add_from(building, statement.sourceRelation, level.names);
  SourceSet restricts = kAllSources;
  const auto actions = each<MergeWhenClause>(statement.mergeWhenClauses);
  for (const MergeWhenClause* action : actions) {
    if (action->matchKind == MERGE_WHEN_NOT_MATCHED_BY_TARGET) restricts &= set_of(0);
    if (action->matchKind == MERGE_WHEN_NOT_MATCHED_BY_SOURCE) restricts &= ~set_of(0);
  }
  if (statement.joinCondition != nullptr) add_conditions(building, statement.joinCondition, restricts);
  for (const MergeWhenClause* action : actions) {
    for (const ResTarget* column : each<ResTarget>(action->targetList)) {
      if (model_.refuse_missing_column(named, text(column->name))) return;
    }
    expressions(action->condition, &level);
    expressions(action->targetList, &level);
    expressions(action->values, &level);
  }
  level.conclude();
  const std::vector<RelationId> parts = read(level, table == kNoRelation ? -1 : 0);
  for (const MergeWhenClause* action : actions) {
    switch (action->commandType) {
      case CMD_UPDATE:
        update_rows(table, action->targetList, parts);
        break;
      case CMD_DELETE:
        delete_rows(parts);
        break;
      case CMD_INSERT: {
        NewRows rows;
        rows.columns = target_columns(action->targetList);
        rows.known_columns = !rows.columns.empty();
        rows.defaults = action->values == nullptr;
        if (action->values != nullptr) rows.values.push_back(action->values);
        if (!rows.known_columns) {
          for (const Column& column : model_.relation(named).columns) {
            if (rows.columns.size() < each(action->values).size()) rows.columns.push_back(column.name);
          }
          rows.known_columns = model_.relation(named).columns_known;
        }
        insert_rows(table, rows);
        break;
      }
      default:
        break;
    }
  }
}

}  // namespace pglatch::locks
