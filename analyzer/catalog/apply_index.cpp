// CREATE INDEX, on partitioned tables too, and what attaches indexes to each other.
#include <algorithm>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/object_names.h"
#include "analyzer/source/lexer.h"

namespace pglatch::applying {
namespace {

// The text after the table's name: from USING or the opening parenthesis to the end.
std::string definition_text(const Context& context, const IndexStmt& statement) {
  if (statement.relation->location < 0) return {};
  const std::uint32_t end = context.statement.range.end;
  Lexer lexer(context.sql.substr(0, end), context.statement.offset(statement.relation->location));
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (token.is('(', context.sql) || token.is_word("using", context.sql)) {
      return std::string(context.sql.substr(token.range.start, end - token.range.start));
    }
  }
  return {};
}

void add_mentioned(std::vector<std::string>& mentioned, const Node* expression) {
  if (expression == nullptr) return;
  for (std::string& column : columns_of(expression)) {
    if (!contains(mentioned, column)) mentioned.push_back(std::move(column));
  }
}

void add_functions(const Context& context, std::vector<std::string>& functions, const Node* expression) {
  if (expression == nullptr) return;
  for (std::string& function : functions_in(context, expression)) {
    if (!contains(functions, function)) functions.push_back(std::move(function));
  }
}

bool is_not_null_only(const Node* predicate) {
  const std::vector<Conjunct> conjuncts = conjuncts_of(predicate);
  return std::all_of(conjuncts.begin(), conjuncts.end(),
                     [](const Conjunct& conjunct) { return conjunct.kind == Conjunct::Kind::is_not_null; });
}

IndexDetails details_from(const Context& context, const IndexStmt& statement) {
  IndexDetails details;
  details.unique = statement.unique;
  if (statement.accessMethod != nullptr) details.method = text(statement.accessMethod);
  details.columns.reserve(each(statement.indexParams).size());
  for (const IndexElem* element : each<IndexElem>(statement.indexParams)) {
    details.columns.emplace_back(text(element->name));
    add_mentioned(details.mentioned, element->expr);
    add_functions(context, details.functions, element->expr);
    if (element->name == nullptr || element->collation != nullptr || element->opclass != nullptr) details.plain = false;
  }
  for (const IndexElem* element : each<IndexElem>(statement.indexIncludingParams)) {
    details.included.emplace_back(text(element->name));
  }
  if (statement.whereClause != nullptr) {
    details.partial = true;
    details.plain = false;
    details.skips_nulls_only = details.mentioned.empty() && is_not_null_only(statement.whereClause);
    add_mentioned(details.mentioned, statement.whereClause);
    add_functions(context, details.functions, statement.whereClause);
  }
  details.definition = definition_text(context, statement);
  return details;
}

// Definitions that differ in white space, letter case and comments alone are the same.
std::string normalized(std::string_view definition) {
  std::string result;
  Lexer lexer(definition);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    for (const char c : token.of(definition)) result += token.kind == TokenKind::word ? to_lower(c) : c;
    result += ' ';
  }
  return result;
}

// CompareIndexInfo() in index.c: the order of sorting does not matter, operator classes do.
bool matches(const IndexDetails& a, const IndexDetails& b) {
  if (a.unique != b.unique || a.method != b.method || a.columns != b.columns || a.included != b.included) return false;
  if (a.plain && b.plain) return true;
  return a.plain == b.plain && a.partial == b.partial && normalized(a.definition) == normalized(b.definition);
}

const TableConstraint* constraint_of_index(const Relation& table, RelationId index) {
  const auto found = std::find_if(table.constraints.begin(), table.constraints.end(),
                                  [&](const TableConstraint& constraint) { return constraint.index == index; });
  return found == table.constraints.end() ? nullptr : &*found;
}

// An index of the partition that can be attached to one of its parent's, or kNoRelation. ATTACH
// PARTITION passes over invalid ones, CREATE INDEX on the parent takes them.
RelationId find_match(const Context& context, RelationId partition, const NewIndex& wanted, bool valid_only) {
  const Relation& table = context.relation(partition);
  for (const RelationId id : table.indexes) {
    const Relation& candidate = context.relation(id);
    if (candidate.index->parent != kNoRelation || !matches(*candidate.index, wanted.details)) continue;
    if (valid_only && !candidate.index->valid) continue;
    if (!wanted.constraint) return id;
    const TableConstraint* constraint = constraint_of_index(table, id);
    if (constraint != nullptr && constraint->kind == wanted.constraint->kind) return id;
  }
  return kNoRelation;
}

std::string_view name_label(const NewIndex& index) {
  if (index.details.primary) return "pkey";
  if (!index.constraint) return "idx";
  return index.constraint->kind == ConstraintKind::exclusion ? "excl" : "key";
}

// ChooseIndexName() in indexcmds.c.
std::string name_for(const Context& context, const Relation& table, const NewIndex& index) {
  const std::string columns = index.details.primary ? std::string() : join_column_names(index.column_names);
  return choose_relation_name(context.catalog, table.schema, table.name, columns, name_label(index),
                              index.constraint.has_value());
}

bool can_have_indexes(RelationKind kind) {
  return kind == RelationKind::table || kind == RelationKind::partitioned_table ||
         kind == RelationKind::materialized_view;
}

// Gives a partition its part of an index of its parent: a match, or a new one. False where the parent
// cannot be valid by it.
bool create_partition_index(const Context& context, RelationId parent_index, RelationId partition,
                            const NewIndex& wanted, bool valid_only) {
  if (!can_have_indexes(context.relation(partition).kind)) return true;
  if (const RelationId match = find_match(context, partition, wanted, valid_only); match != kNoRelation) {
    context.catalog.set_parent_index(match, parent_index);
    return context.relation(match).index->valid;
  }
  NewIndex child = wanted;
  child.name.clear();
  child.details.parent = parent_index;
  child.details.valid = true;
  if (child.constraint) {
    child.constraint->local = false;
    child.constraint->inherited = true;
  }
  return context.relation(create_index_tree(context, partition, std::move(child), true)).index->valid;
}

}  // namespace

RelationId create_index_tree(const Context& context, RelationId table, NewIndex index, bool recurse) {
  const Relation& target = context.relation(table);
  const bool partitioned = target.kind == RelationKind::partitioned_table;
  const std::vector<RelationId> partitions = partitioned && recurse ? target.partitions : std::vector<RelationId>();
  Relation created;
  created.schema = target.schema;
  created.name = index.name.empty() ? name_for(context, target, index) : index.name;
  created.temporary = target.temporary;
  created.columns_known = true;
  created.kind = partitioned ? RelationKind::partitioned_index : RelationKind::index;
  IndexDetails details = partitions.empty() ? std::move(index.details) : index.details;
  details.column_names = partitions.empty() ? std::move(index.column_names) : index.column_names;
  details.table = table;
  if (partitioned && !recurse && (!target.partitions.empty() || !target.columns_known)) details.valid = false;
  created.index = std::move(details);

  std::string name = index.constraint ? created.name : std::string();
  const RelationId id = context.catalog.create(std::move(created));
  if (index.constraint) {
    TableConstraint constraint = partitions.empty() ? std::move(*index.constraint) : *index.constraint;
    constraint.name = std::move(name);
    constraint.index = id;
    context.catalog.add_constraint(table, std::move(constraint));
  }
  bool valid = true;
  for (const RelationId partition : partitions) {
    valid = create_partition_index(context, id, partition, index, false) && valid;
  }
  if (!valid) context.catalog.change(id).index.change().valid = false;
  return id;
}

NewIndex copy_of_index(const Context& context, const Relation& index) {
  NewIndex copy;
  copy.details = *index.index;
  copy.details.table = kNoRelation;
  copy.details.parent = kNoRelation;
  copy.details.children.clear();
  copy.details.valid = true;
  copy.details.clustered = false;
  copy.column_names = index.index->column_names;
  if (const Relation* table = context.catalog.find(index.index->table)) {
    if (const TableConstraint* constraint = constraint_of_index(*table, index.id)) {
      copy.constraint = *constraint;
      copy.constraint->index = kNoRelation;
      copy.constraint->local = true;
      copy.constraint->inherited = false;
    }
  }
  return copy;
}

void create_partition_indexes(const Context& context, RelationId parent, RelationId partition) {
  const std::vector<RelationId> indexes = context.relation(parent).indexes;
  for (const RelationId id : indexes) {
    create_partition_index(context, id, partition, copy_of_index(context, context.relation(id)), true);
  }
}

void validate_partitioned_index(const Context& context, RelationId index) {
  const Relation* found = context.catalog.find(index);
  while (found != nullptr && found->kind == RelationKind::partitioned_index && !found->index->valid) {
    const Relation* table = context.catalog.find(found->index->table);
    // Of an unknown table nobody knows all partitions.
    if (table == nullptr || !table->columns_known) return;
    const RelationId id = found->id;
    const std::vector<RelationId>& children = found->index->children;
    const auto valid_children = std::count_if(children.begin(), children.end(),
                                              [&](RelationId child) { return context.relation(child).index->valid; });
    if (static_cast<std::size_t>(valid_children) != table->partitions.size()) return;
    context.catalog.change(id).index.change().valid = true;
    found = context.catalog.find(context.relation(id).index->parent);
  }
}

void attach_index(const Context& context, RelationId parent, RelationId child) {
  const Relation& above = context.relation(parent);
  const Relation& below = context.relation(child);
  if (!above.is_index() || !below.is_index() || below.index->parent != kNoRelation || parent == child) return;
  const Relation* partition = context.catalog.find(below.index->table);
  if (partition != nullptr && above.index->table != kNoRelation && partition->partition_of != above.index->table)
    return;
  if (above.origin == Origin::unknown) context.catalog.change(parent).kind = RelationKind::partitioned_index;
  context.catalog.set_parent_index(child, parent);
  validate_partitioned_index(context, parent);
}

void create_index(const Context& context, const IndexStmt& statement) {
  const RelationId table = context.resolve(statement.relation);
  const Relation& target = context.relation(table);
  if (!can_have_indexes(target.kind)) return;
  NewIndex index;
  index.name = text(statement.idxname);
  if (!index.name.empty() && !context.may_create(target.schema, index.name, statement.if_not_exists)) return;
  index.details = details_from(context, statement);
  index.column_names = index_column_names(statement.indexParams, statement.indexIncludingParams);
  // ONLY is written for partitioned tables.
  const bool only = !statement.relation->inh;
  if (only && target.origin == Origin::unknown) context.catalog.change(table).kind = RelationKind::partitioned_table;
  create_index_tree(context, table, std::move(index), !only);
}

// mark_index_clustered() in cluster.c.
void set_clustered_index(const Context& context, RelationId table, std::string_view index) {
  const std::vector<RelationId> indexes = context.relation(table).indexes;
  for (const RelationId id : indexes) {
    const Relation& one = context.relation(id);
    const bool clustered = !index.empty() && one.name == index;
    if (one.index->clustered != clustered) context.catalog.change(id).index.change().clustered = clustered;
  }
}

void cluster(const Context& context, const ClusterStmt& statement) {
  if (statement.relation == nullptr || statement.indexname == nullptr) return;
  const Relation* table = context.find(statement.relation);
  // A partitioned table is not marked, nor are its partitions.
  if (table == nullptr || table->kind == RelationKind::partitioned_table) return;
  set_clustered_index(context, table->id, text(statement.indexname));
}

void reindex(const Context& context, const ReindexStmt& statement) {
  if (statement.relation == nullptr) return;
  const Relation* target = context.find(statement.relation);
  if (target == nullptr) return;
  std::vector<RelationId> rebuilt = target->is_index() ? std::vector<RelationId>{target->id} : target->indexes;
  for (const RelationId id : rebuilt) {
    // A partitioned index becomes valid by its parts alone.
    const Relation& index = context.relation(id);
    if (index.kind == RelationKind::index && !index.index->valid)
      context.catalog.change(id).index.change().valid = true;
    for (const DefElem* option : each<DefElem>(statement.params)) {
      if (text(option->defname) == "tablespace") set_tablespace(context.catalog.change(id), string_value(option->arg));
    }
  }
}

}  // namespace pglatch::applying
