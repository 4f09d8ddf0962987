// CREATE TABLE and CREATE FOREIGN TABLE.
#include <algorithm>
#include <utility>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/column_expressions.h"
#include "analyzer/catalog/object_names.h"
#include "analyzer/catalog/partition.h"

namespace pglatch::applying {
namespace {

// A table under construction: columns and CHECKs are settled before it enters the catalog, indexes,
// foreign keys and sequences after.
struct Builder {
  const Context& context;
  const CreateStmt& statement;
  Relation table;
  std::vector<ConstraintClause> clauses{};
  std::vector<std::pair<std::string, const List*>> sequences{};  // columns that own one, with its options
  std::vector<const TableLikeClause*> indexed_likes{};           // LIKE … INCLUDING INDEXES

  void inherit();
  void add_columns_of_type();
  void add_elements(const List* elements);
  void add_column(const ColumnDef& definition);
  void add_like(const TableLikeClause& like);
  void add_checks();
  RelationId create();

 private:
  // A column from a parent: of the same name is merged (MergeAttributes() in tablecmds.c).
  void inherit_column(const Column& parent_column);
  void inherit_from(const Relation& parent);
};

void Builder::inherit_column(const Column& parent_column) {
  if (Column* existing = table.column(parent_column.name)) {
    existing->not_null = existing->not_null || parent_column.not_null;
    existing->has_default = existing->has_default || parent_column.has_default;
    return;
  }
  Column& column = table.columns.emplace_back(parent_column);
  column.local = false;
  column.inherited = true;
  // Identity belongs to partitions (since 17) but not to other children; the sequence stays the parent's.
  if (table.partition_of == kNoRelation) column.identity = 0;
}

void Builder::inherit_from(const Relation& parent) {
  if (!parent.columns_known) table.columns_known = false;
  table.columns.reserve(table.columns.size() + parent.columns.size());
  for (const Column& column : parent.columns) inherit_column(column);
  for (const DependentExpression& expression : parent.expressions) {
    const bool of_column =
        expression.kind == ExpressionKind::default_value || expression.kind == ExpressionKind::generated;
    if (of_column) table.expressions.push_back(expression);
  }
  for (const TableConstraint& constraint : parent.constraints) {
    const bool inheritable = constraint.kind == ConstraintKind::check || constraint.kind == ConstraintKind::not_null;
    if (!inheritable || constraint.no_inherit || table.constraint(constraint.name) != nullptr) continue;
    TableConstraint& copy = table.constraints.emplace_back(constraint);
    copy.local = false;
    copy.inherited = true;
    copy.validated = copy.enforced;  // the new table is empty
  }
}

void Builder::inherit() {
  for (const RangeVar* name : each<RangeVar>(statement.inhRelations)) {
    if (statement.partbound != nullptr) {
      table.partition_of = partition_parent(context, name);
      if (table.partition_of == kNoRelation) continue;
      table.bound = partition_bound(*statement.partbound);
      table.temporary = table.temporary || context.relation(table.partition_of).temporary;
      inherit_from(context.relation(table.partition_of));
    } else {
      table.inherits.push_back(context.resolve(name));
      inherit_from(context.relation(table.inherits.back()));
    }
  }
}

void Builder::add_columns_of_type() {
  if (statement.ofTypename == nullptr) return;
  const Relation* type = context.find(statement.ofTypename->names);
  if (type == nullptr || !type->columns_known) {
    table.columns_known = false;
    return;
  }
  table.columns = type->columns;
  table.of_type = type->id;
}

void Builder::add_column(const ColumnDef& definition) {
  Column column = column_from(definition, clauses);
  const bool has_expression = column.has_default || column.generated != 0;
  if (column.type.serial || column.identity != 0) sequences.emplace_back(column.name, identity_options(definition));
  Column* existing = table.column(column.name);
  if (existing == nullptr) {
    table.columns.push_back(std::move(column));
    if (has_expression) set_column_expressions(context, table, definition);
    return;
  }
  // An inherited column, or one OF a type, with options of its own.
  if (!column.type.name.empty()) existing->local = true;
  existing->not_null = existing->not_null || column.not_null;
  existing->has_default = existing->has_default || column.has_default;
  if (column.identity != 0) existing->identity = column.identity;
  if (column.generated != 0) existing->generated = column.generated;
  if (has_expression) set_column_expressions(context, table, definition);
}

void Builder::add_like(const TableLikeClause& like) {
  const RelationId id = context.resolve(like.relation);
  const Relation& source = context.relation(id);
  if (!source.columns_known) table.columns_known = false;
  const bits32 options = like.options;
  for (const Column& original : source.columns) {
    if (table.column(original.name) != nullptr) continue;
    Column& column = table.columns.emplace_back(original);
    column.local = true;
    column.inherited = false;
    column.type.serial = false;
    if ((options & CREATE_TABLE_LIKE_DEFAULTS) == 0) {
      column.has_default = false;
    } else {
      copy_column_expression(source, table, column.name, ExpressionKind::default_value);
    }
    if ((options & CREATE_TABLE_LIKE_GENERATED) == 0) {
      column.generated = 0;
    } else {
      copy_column_expression(source, table, column.name, ExpressionKind::generated);
    }
    if ((options & CREATE_TABLE_LIKE_IDENTITY) == 0) column.identity = 0;
    if (column.identity != 0) sequences.emplace_back(column.name, nullptr);
  }
  for (const TableConstraint& constraint : source.constraints) {
    const bool copied = constraint.kind == ConstraintKind::not_null ||
                        (constraint.kind == ConstraintKind::check && (options & CREATE_TABLE_LIKE_CONSTRAINTS) != 0);
    if (!copied || table.constraint(constraint.name) != nullptr) continue;
    TableConstraint& copy = table.constraints.emplace_back(constraint);
    copy.local = true;
    copy.inherited = false;
    copy.validated = copy.enforced;
  }
  if ((options & CREATE_TABLE_LIKE_INDEXES) != 0) indexed_likes.push_back(&like);
}

void Builder::add_elements(const List* elements) {
  table.columns.reserve(table.columns.size() + each(elements).size());
  for (const Node* element : each(elements)) {
    if (const auto* column = as<ColumnDef>(element)) {
      add_column(*column);
    } else if (const auto* like = as<TableLikeClause>(element)) {
      add_like(*like);
    } else if (const auto* constraint = as<Constraint>(element)) {
      clauses.push_back(table_constraint(*constraint));
    }
  }
}

void Builder::add_checks() {
  for (const ConstraintClause& clause : clauses) {
    if (clause.node->contype == CONSTR_CHECK) {
      TableConstraint check = check_from(context, table, clause, true);
      if (TableConstraint* inherited = table.constraint(check.name)) {
        inherited->local = true;
      } else {
        table.constraints.push_back(std::move(check));
      }
    } else if (clause.node->contype == CONSTR_NOTNULL) {
      TableConstraint constraint = not_null_from(context, table, clause, true);
      if (Column* column = column_for(table, constraint.columns.front())) column->not_null = true;
      table.constraints.push_back(std::move(constraint));
    }
  }
}

bool is_index_constraint(const Constraint& node) {
  return node.contype == CONSTR_PRIMARY || node.contype == CONSTR_UNIQUE || node.contype == CONSTR_EXCLUSION;
}

bool makes_same_index(const ConstraintClause& a, const ConstraintClause& b) {
  const auto key = [](const ConstraintClause& clause) {
    return clause.column.empty() ? names_in(clause.node->keys) : std::vector<std::string>{std::string(clause.column)};
  };
  return a.node->contype != CONSTR_EXCLUSION && b.node->contype != CONSTR_EXCLUSION && key(a) == key(b) &&
         names_in(a.node->including) == names_in(b.node->including) && a.deferrable == b.deferrable &&
         a.initially_deferred == b.initially_deferred && a.node->nulls_not_distinct == b.node->nulls_not_distinct;
}

// The keys of a table, the primary key first. One that is declared twice ("id int PRIMARY KEY UNIQUE") makes one index,
// which has the first name that any of its declarations gives it (transformIndexConstraints() in parse_utilcmd.c).
std::vector<ConstraintClause> distinct_keys(const std::vector<ConstraintClause>& clauses) {
  std::vector<ConstraintClause> keys;
  for (const bool primary : {true, false}) {
    for (const ConstraintClause& clause : clauses) {
      if (!is_index_constraint(*clause.node) || (clause.node->contype == CONSTR_PRIMARY) != primary) continue;
      const auto same = std::find_if(keys.begin(), keys.end(),
                                     [&](const ConstraintClause& key) { return makes_same_index(key, clause); });
      if (same == keys.end()) {
        keys.push_back(clause);
      } else if (same->name().empty()) {
        same->given_name = clause.name();
      }
    }
  }
  return keys;
}

RelationId Builder::create() {
  const RelationId id = context.catalog.create(std::move(table));
  for (const auto& [column, options] : sequences) create_owned_sequence(context, id, column, options);
  if (const RelationId parent = context.relation(id).partition_of; parent != kNoRelation) {
    complete_partition(context, parent, id);
  }
  for (const TableLikeClause* like : indexed_likes) {
    const RelationId source = context.resolve(like->relation);
    const std::vector<RelationId> indexes = context.relation(source).indexes;
    for (const RelationId index : indexes) {
      create_index_tree(context, id, copy_of_index(context, context.relation(index)), true);
    }
  }
  for (const ConstraintClause& key : distinct_keys(clauses)) add_index_constraint(context, id, key, true);
  for (const ConstraintClause& clause : clauses) {
    if (clause.node->contype == CONSTR_FOREIGN) add_foreign_key(context, id, clause, true);
  }
  return id;
}

}  // namespace

void create_table(const Context& context, const CreateStmt& statement, bool foreign) {
  RelationKind kind = RelationKind::table;
  if (foreign) kind = RelationKind::foreign_table;
  if (statement.partspec != nullptr) kind = RelationKind::partitioned_table;
  Builder builder{context, statement, new_relation(context, statement.relation, kind)};
  Relation& table = builder.table;
  if (!context.may_create(table.schema, table.name, statement.if_not_exists)) return;
  table.columns_known = true;
  if (statement.partspec != nullptr) table.partition_key = partition_key(*statement.partspec);
  if (statement.accessMethod != nullptr) set_access_method(table, text(statement.accessMethod));
  if (statement.tablespacename != nullptr) set_tablespace(table, text(statement.tablespacename));
  builder.inherit();
  builder.add_columns_of_type();
  builder.add_elements(statement.tableElts);
  for (const Constraint* constraint : each<Constraint>(statement.constraints)) {
    builder.clauses.push_back(table_constraint(*constraint));
  }
  builder.add_checks();
  builder.create();
}

}  // namespace pglatch::applying
