#include "analyzer/catalog/dependencies.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace pglatch {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool contains(const std::vector<RelationId>& ids, RelationId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool is_named(const TypeRef& type, const ObjectAddress& object) {
  return type.name == object.name && (type.schema.empty() || type.schema == object.schema);
}

// As Column::default_type has it: "mood", "mood[]".
bool is_of_type(std::string_view default_type, std::string_view name) {
  return default_type.starts_with(name) &&
         (default_type.size() == name.size() || default_type.substr(name.size()) == "[]");
}

bool mentions_function(const std::vector<std::string>& functions, const ObjectAddress& function) {
  if (functions.empty()) return false;
  const std::string qualified = function.schema + '.' + function.name;
  return contains(functions, qualified) || contains(functions, function.name);
}

// A foreign key of a partition that came from its parent's.
bool is_partition_key(const TableConstraint& constraint, const TableConstraint& parent) {
  return constraint.kind == ConstraintKind::foreign_key && constraint.inherited &&
         constraint.referenced == parent.referenced && constraint.columns == parent.columns;
}

bool is_of_view(const Relation& relation, const DependentExpression& expression) {
  return expression.kind == ExpressionKind::rule && expression.name == "_RETURN" &&
         (relation.kind == RelationKind::view || relation.kind == RelationKind::materialized_view);
}

// Goes from object to object, each once.
class Search {
 public:
  Search(const Catalog& catalog, bool generated_follow) : catalog_(catalog), generated_follow_(generated_follow) {}

  void add(ObjectAddress object, bool automatic) {
    std::string key;
    key += static_cast<char>(object.object_class);
    key += static_cast<char>(object.expression);
    key += static_cast<char>(object.type);
    key += std::to_string(object.relation);
    key.append(1, '\0').append(object.schema).append(1, '\0').append(object.name);
    const auto [slot, is_new] = places_.emplace(std::move(key), found_.size());
    if (is_new) {
      found_.push_back({std::move(object), automatic});
    } else {
      found_[slot->second].automatic = found_[slot->second].automatic || automatic;
    }
  }

  std::vector<Dependent> run() {
    for (std::size_t next = 0; next < found_.size(); ++next) {
      const ObjectAddress object = found_[next].object;  // the vector grows
      visit(object);
    }
    return std::move(found_);
  }

 private:
  void visit(const ObjectAddress& object);
  void visit_relation(const Relation& relation);
  void visit_index(const Relation& index);
  void visit_column(const Relation& table, const std::string& column);
  void visit_constraint(const Relation& table, const std::string& name);
  void visit_expression(const Relation& table, const ObjectAddress& object);
  void visit_type(const ObjectAddress& type);
  void visit_function(const ObjectAddress& function);
  void visit_other(const ObjectAddress& object);
  void visit_schema(const std::string& schema);

  void add_serial_default(const Relation& sequence, bool automatic);
  void add_owned_sequence(const Relation& sequence);
  void add_expression(const Relation& relation, const DependentExpression& expression, bool automatic);
  void add_mentions(const Relation& relation);
  template <class Predicate>
  void add_references(const Relation& referenced, const Predicate& which);

  const Catalog& catalog_;
  bool generated_follow_;
  std::optional<std::vector<const Relation*>> mentioning_;  // those with expressions that mention other relations
  std::vector<Dependent> found_;
  std::unordered_map<std::string, std::size_t> places_;
};

void Search::visit(const ObjectAddress& object) {
  const Relation* relation = catalog_.find(object.relation);
  switch (object.object_class) {
    case ObjectClass::relation:
      if (relation != nullptr) visit_relation(*relation);
      return;
    case ObjectClass::column:
      if (relation != nullptr) visit_column(*relation, object.name);
      return;
    case ObjectClass::constraint:
      if (relation != nullptr) visit_constraint(*relation, object.name);
      return;
    case ObjectClass::expression:
      if (relation != nullptr) visit_expression(*relation, object);
      return;
    case ObjectClass::type:
      return visit_type(object);
    case ObjectClass::function:
      return visit_function(object);
    case ObjectClass::schema:
      return visit_schema(object.name);
    case ObjectClass::other:
      return visit_other(object);
  }
}

void Search::visit_function(const ObjectAddress& function) {
  catalog_.each_relation([&](const Relation& relation) {
    for (const DependentExpression& expression : relation.expressions) {
      if (mentions_function(expression.functions, function)) add_expression(relation, expression, false);
    }
    for (const TableConstraint& constraint : relation.constraints) {
      if (!mentions_function(constraint.functions, function)) continue;
      add(ObjectAddress::of_constraint(relation.id, constraint.name), false);
    }
    if (mentions_function(relation.index->functions, function)) add(ObjectAddress::of_relation(relation.id), false);
  });
}

void Search::visit_other(const ObjectAddress& object) {
  if (object.type == OBJECT_FDW) {
    catalog_.each_other(OBJECT_FOREIGN_SERVER, [&](const OtherObject& server) {
      if (server.wrapper != object.name) return;
      add(ObjectAddress::of_other(OBJECT_FOREIGN_SERVER, {{}, server.name}), false);
    });
  } else if (object.type == OBJECT_FOREIGN_SERVER) {
    catalog_.each_relation([&](const Relation& relation) {
      if (*relation.server == object.name) add(ObjectAddress::of_relation(relation.id), false);
    });
  }
}

// A view goes as a whole with what it mentions, a generated column with its expression.
void Search::add_expression(const Relation& relation, const DependentExpression& expression, bool automatic) {
  if (is_of_view(relation, expression)) return add(ObjectAddress::of_relation(relation.id), automatic);
  if (expression.kind == ExpressionKind::generated) {
    add(ObjectAddress::of_column(relation.id, expression.name), automatic || generated_follow_);
  } else {
    add(ObjectAddress::of_expression(relation.id, expression.kind, expression.name), automatic);
  }
}

// Expressions and functions that mention it; an index has no part in these.
void Search::add_mentions(const Relation& relation) {
  if (relation.is_index()) return;
  if (!mentioning_) {
    mentioning_.emplace();
    catalog_.each_relation([&](const Relation& one) {
      const auto has_relations = [](const DependentExpression& expression) { return !expression.relations.empty(); };
      if (std::any_of(one.expressions.begin(), one.expressions.end(), has_relations)) mentioning_->push_back(&one);
    });
  }
  for (const Relation* other : *mentioning_) {
    for (const DependentExpression& expression : other->expressions) {
      if (contains(expression.relations, relation.id)) add_expression(*other, expression, false);
    }
  }
  catalog_.each_function([&](NameView name, const FunctionObject& function) {
    if (contains(function.relations, relation.id)) add(ObjectAddress::of_function(name), false);
  });
}

// The foreign keys of other tables to this one.
template <class Predicate>
void Search::add_references(const Relation& referenced, const Predicate& which) {
  for (const RelationId id : referenced.referenced_by) {
    const Relation* other = catalog_.find(id);
    if (other == nullptr) continue;
    for (const TableConstraint& constraint : other->constraints) {
      if (constraint.referenced != referenced.id || !which(constraint)) continue;
      add(ObjectAddress::of_constraint(id, constraint.name), false);
    }
  }
}

// The default of a serial column calls its sequence, which no expression says.
void Search::add_serial_default(const Relation& sequence, bool automatic) {
  const Relation* owner = catalog_.find(sequence.owned_by);
  const Column* column = owner == nullptr ? nullptr : owner->column(sequence.owned_by_column);
  if (column == nullptr || !column->type.serial || !column->has_default) return;
  add(ObjectAddress::of_expression(owner->id, ExpressionKind::default_value, column->name), automatic);
}

// With its column, whose default goes as well.
void Search::add_owned_sequence(const Relation& sequence) {
  add(ObjectAddress::of_relation(sequence.id), true);
  add_serial_default(sequence, true);
}

void Search::visit_relation(const Relation& relation) {
  const auto every = [](const TableConstraint&) { return true; };
  for (const RelationId index : relation.indexes) add(ObjectAddress::of_relation(index), true);
  for (const TableConstraint& constraint : relation.constraints) {
    add(ObjectAddress::of_constraint(relation.id, constraint.name), true);
  }
  for (const DependentExpression& expression : relation.expressions) {
    if (!is_of_view(relation, expression)) add_expression(relation, expression, true);
  }
  for (const RelationId id : relation.owned_sequences) {
    if (const Relation* sequence = catalog_.find(id)) add_owned_sequence(*sequence);
  }
  for (const RelationId partition : relation.partitions) add(ObjectAddress::of_relation(partition), true);
  for (const RelationId child : relation.inherited_by) add(ObjectAddress::of_relation(child), false);
  for (const RelationId view : relation.used_by) add(ObjectAddress::of_relation(view), false);
  add_references(relation, every);
  // A foreign key to a partitioned table is one to each of its partitions.
  const Relation* above = catalog_.find(relation.partition_of);
  for (; above != nullptr; above = catalog_.find(above->partition_of)) add_references(*above, every);
  if (relation.is_index()) visit_index(relation);
  if (relation.kind == RelationKind::composite_type) {
    add(ObjectAddress::of_type({relation.schema, relation.name}), true);
  }
  if (relation.kind == RelationKind::sequence) add_serial_default(relation, false);
  add_mentions(relation);
}

void Search::visit_index(const Relation& index) {
  for (const RelationId child : index.index->children) add(ObjectAddress::of_relation(child), true);
  const Relation* table = catalog_.find(index.index->table);
  if (table == nullptr) return;
  for (const TableConstraint& constraint : table->constraints) {
    if (constraint.index == index.id) add(ObjectAddress::of_constraint(table->id, constraint.name), true);
  }
  add_references(*table, [&](const TableConstraint& constraint) {
    return index_of_foreign_key(catalog_, constraint) == index.id;
  });
}

void Search::visit_column(const Relation& table, const std::string& column) {
  for (const RelationId id : table.indexes) {
    const Relation* index = catalog_.find(id);
    if (index == nullptr) continue;
    const IndexDetails& details = *index->index;
    if (contains(details.columns, column) || contains(details.included, column) ||
        contains(details.mentioned, column)) {
      add(ObjectAddress::of_relation(id), true);
    }
  }
  for (const TableConstraint& constraint : table.constraints) {
    if (contains(constraint.columns, column)) add(ObjectAddress::of_constraint(table.id, constraint.name), true);
  }
  const TableConstraint* primary_key = table.primary_key();
  add_references(table, [&](const TableConstraint& constraint) {
    if (!constraint.referenced_columns.empty()) return contains(constraint.referenced_columns, column);
    return primary_key != nullptr && contains(primary_key->columns, column);
  });
  for (const RelationId id : table.owned_sequences) {
    const Relation* sequence = catalog_.find(id);
    if (sequence != nullptr && sequence->owned_by_column == column) add_owned_sequence(*sequence);
  }
  for (const DependentExpression& expression : table.expressions) {
    const bool of_column =
        expression.kind == ExpressionKind::default_value || expression.kind == ExpressionKind::generated;
    if (of_column && expression.name == column) {
      // A generated column is one with its expression.
      if (expression.kind == ExpressionKind::default_value) add_expression(table, expression, true);
    } else if (contains(expression.columns, column)) {
      add_expression(table, expression, false);
    }
  }
  for (const RelationId id : table.used_by) {
    const Relation* view = catalog_.find(id);
    if (view == nullptr) continue;
    for (const ColumnUse& use : view->uses) {
      if (use.relation != table.id) continue;
      // "*" over columns that are not all known may mean it.
      if (use.column == column || (use.column.empty() && !table.columns_known)) {
        add(ObjectAddress::of_relation(id), false);
        break;
      }
    }
  }
}

void Search::visit_constraint(const Relation& table, const std::string& name) {
  const TableConstraint* constraint = table.constraint(name);
  if (constraint == nullptr) return;
  if (constraint->index != kNoRelation) add(ObjectAddress::of_relation(constraint->index), true);
  if (constraint->kind != ConstraintKind::foreign_key || table.kind != RelationKind::partitioned_table) return;
  for (const RelationId id : catalog_.with_descendants(table.id)) {
    const Relation* partition = catalog_.find(id);
    if (id == table.id || partition == nullptr) continue;
    for (const TableConstraint& below : partition->constraints) {
      if (is_partition_key(below, *constraint)) add(ObjectAddress::of_constraint(id, below.name), true);
    }
  }
}

void Search::visit_expression(const Relation& table, const ObjectAddress& object) {
  if (object.expression != ExpressionKind::trigger) return;
  for (const RelationId id : table.partitions) {
    const Relation* partition = catalog_.find(id);
    if (partition != nullptr && contains(partition->triggers, object.name)) {
      add(ObjectAddress::of_expression(id, ExpressionKind::trigger, object.name), true);
    }
  }
}

void Search::visit_type(const ObjectAddress& type) {
  const Relation* composite = catalog_.find({type.schema, type.name}, {});
  if (composite != nullptr && composite->kind == RelationKind::composite_type) {
    add(ObjectAddress::of_relation(composite->id), true);
  }
  catalog_.each_relation([&](const Relation& relation) {
    for (const Column& column : relation.columns) {
      if (is_named(column.type, type)) {
        add(ObjectAddress::of_column(relation.id, column.name), false);
      } else if (column.has_default && is_of_type(column.default_type, type.name)) {
        // A constant that was of the type when the column was.
        add(ObjectAddress::of_expression(relation.id, ExpressionKind::default_value, column.name), false);
      }
    }
    const Relation* of = catalog_.find(relation.of_type);
    if (of != nullptr && of == composite) add(ObjectAddress::of_relation(relation.id), false);
  });
  catalog_.each_type([&](NameView name, const TypeObject& other) {
    if (other.kind == TypeKind::domain && is_named(other.base, type)) add(ObjectAddress::of_type(name), false);
  });
  catalog_.each_function([&](NameView name, const FunctionObject& function) {
    const auto uses = [&](const TypeRef& one) { return is_named(one, type); };
    if (std::any_of(function.arguments.begin(), function.arguments.end(), uses) ||
        std::any_of(function.results.begin(), function.results.end(), uses)) {
      add(ObjectAddress::of_function(name), false);
    }
  });
}

void Search::visit_schema(const std::string& schema) {
  for (const RelationId id : catalog_.relations_in(schema)) add(ObjectAddress::of_relation(id), false);
  catalog_.each_type([&](NameView name, const TypeObject&) {
    if (name.schema == schema) add(ObjectAddress::of_type(name), false);
  });
  catalog_.each_function([&](NameView name, const FunctionObject&) {
    if (name.schema == schema) add(ObjectAddress::of_function(name), false);
  });
}

}  // namespace

std::vector<Dependent> find_dependents(const Catalog& catalog, std::vector<ObjectAddress> targets,
                                       bool generated_follow) {
  Search search(catalog, generated_follow);
  for (ObjectAddress& target : targets) search.add(std::move(target), true);
  return search.run();
}

bool find_owner(const Catalog& catalog, const ObjectAddress& target, ObjectAddress& owner) {
  const Relation* relation = catalog.find(target.relation);
  if (relation == nullptr) return false;
  if (target.object_class == ObjectClass::expression && target.expression == ExpressionKind::trigger) {
    const Relation* parent = catalog.find(relation->partition_of);
    if (parent == nullptr || !contains(parent->triggers, target.name)) return false;
    owner = ObjectAddress::of_expression(parent->id, ExpressionKind::trigger, target.name);
    return true;
  }
  if (target.object_class != ObjectClass::relation) return false;
  if (catalog.find(relation->index->parent) != nullptr) {
    owner = ObjectAddress::of_relation(relation->index->parent);
    return true;
  }
  if (const Relation* table = catalog.find(relation->index->table)) {
    for (const TableConstraint& constraint : table->constraints) {
      if (constraint.index != relation->id) continue;
      owner = ObjectAddress::of_constraint(table->id, constraint.name);
      return true;
    }
  }
  if (const Relation* table = catalog.find(relation->owned_by)) {
    const Column* column = table->column(relation->owned_by_column);
    if (column == nullptr || column->identity == 0) return false;
    owner = ObjectAddress::of_column(table->id, column->name);
    return true;
  }
  return false;
}

RelationId index_of_foreign_key(const Catalog& catalog, const TableConstraint& constraint) {
  const Relation* referenced = catalog.find(constraint.referenced);
  if (referenced == nullptr) return kNoRelation;
  const TableConstraint* primary_key = referenced->primary_key();
  if (constraint.referenced_columns.empty()) return primary_key == nullptr ? kNoRelation : primary_key->index;
  for (const RelationId id : referenced->indexes) {
    const Relation* index = catalog.find(id);
    if (index == nullptr || !index->index->unique || !index->index->valid || index->index->partial) continue;
    const std::vector<std::string>& columns = index->index->columns;
    if (columns.size() == constraint.referenced_columns.size() &&
        std::is_permutation(columns.begin(), columns.end(), constraint.referenced_columns.begin())) {
      return id;
    }
  }
  return kNoRelation;
}

}  // namespace pglatch
