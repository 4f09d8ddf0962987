// What a catalog says of its objects, in words that two catalogs have in common however they were filled.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/catalog/catalog_diff.h"
#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

std::string joined(std::vector<std::string> names, bool sorted = false) {
  if (sorted) std::sort(names.begin(), names.end());
  for (std::string& name : names) name = name.empty() ? "(expression)" : quote_identifier_sql(name);
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

// In whichever schema it is: people leave that out.
std::string type_text(TypeRef type) {
  type.schema.clear();
  if (type.name == "numeric" && type.modifiers.size() == 1) type.modifiers.push_back(0);
  return format_type(type);
}

std::string_view object_word(RelationKind kind) {
  switch (kind) {
    case RelationKind::table:
    case RelationKind::partitioned_table:
    case RelationKind::foreign_table:
      return "table";
    case RelationKind::index:
    case RelationKind::partitioned_index:
      return "index";
    case RelationKind::view:
    case RelationKind::materialized_view:
      return "view";
    case RelationKind::sequence:
      return "sequence";
    case RelationKind::composite_type:
      return "type";
  }
  return "relation";
}

std::string_view constraint_word(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::check:
      return "CHECK";
    case ConstraintKind::not_null:
      return "NOT NULL";
    case ConstraintKind::unique:
      return "UNIQUE";
    case ConstraintKind::primary_key:
      return "PRIMARY KEY";
    case ConstraintKind::foreign_key:
      return "FOREIGN KEY";
    case ConstraintKind::exclusion:
      return "EXCLUDE";
  }
  return "";
}

std::string_view strategy_word(PartitionStrategy strategy) {
  switch (strategy) {
    case PartitionStrategy::list:
      return "LIST";
    case PartitionStrategy::range:
      return "RANGE";
    case PartitionStrategy::hash:
      return "HASH";
    case PartitionStrategy::none:
      break;
  }
  return "none";
}

// A letter of parsenodes.h, FKCONSTR_ACTION_NOACTION …
std::string_view action_word(char letter) {
  switch (letter) {
    case FKCONSTR_ACTION_RESTRICT:
      return "RESTRICT";
    case FKCONSTR_ACTION_CASCADE:
      return "CASCADE";
    case FKCONSTR_ACTION_SETNULL:
      return "SET NULL";
    case FKCONSTR_ACTION_SETDEFAULT:
      return "SET DEFAULT";
    default:
      return "NO ACTION";
  }
}

bool is_date(std::string_view text) {
  constexpr std::size_t kDate = 10;
  if (text.size() < kDate || text[4] != '-' || text[7] != '-') return false;
  return text.find_first_not_of("0123456789") == 4;
}

// PostgreSQL prints a bound that is a timestamp with its midnight and zone; few people write them.
std::string bound_text(const std::vector<Constant>& constants) {
  std::vector<std::string> values;
  for (const Constant& constant : constants) {
    std::string_view text = constant.null ? std::string_view("NULL") : std::string_view(constant.text);
    if (is_date(text)) {
      for (const std::string_view suffix : {"+00:00", "+00", "Z", ":00", " 00:00", "T00:00"}) {
        if (text.size() > suffix.size() && text.ends_with(suffix)) text.remove_suffix(suffix.size());
      }
    }
    values.emplace_back(text);
  }
  return fmt::format("({})", fmt::join(values, ", "));
}

std::string bound_text(const PartitionBound& bound) {
  if (bound.is_default) return "DEFAULT";
  switch (bound.strategy) {
    case PartitionStrategy::list:
      return "IN " + bound_text(bound.list);
    case PartitionStrategy::range:
      return fmt::format("FROM {} TO {}", bound_text(bound.from), bound_text(bound.to));
    case PartitionStrategy::hash:
      return fmt::format("MODULUS {}, REMAINDER {}", bound.modulus, bound.remainder);
    case PartitionStrategy::none:
      break;
  }
  return "none";
}

class Facts {
 public:
  Facts(const Catalog& catalog, const IgnoredRelation& is_ignored) : catalog_(catalog), is_ignored_(is_ignored) {}

  std::vector<CatalogFact> collect() {
    catalog_.each_relation([&](const Relation& relation) {
      if (counts(relation)) add_relation(relation);
    });
    catalog_.each_type([&](NameView name, const TypeObject& type) {
      if (type.origin != Origin::unknown) add_type(name, type);
    });
    catalog_.each_function([&](NameView name, const FunctionObject& function) {
      if (function.origin == Origin::unknown) return;
      begin("function " + quote_qualified(name.schema, name.name));
      add("kind", function.is_procedure ? "procedure" : "function");
    });
    add_others(OBJECT_EXTENSION, "extension ");
    add_others(OBJECT_STATISTIC_EXT, "statistics ");
    add_others(OBJECT_PUBLICATION, "publication ");
    add_others(OBJECT_FOREIGN_SERVER, "server ");
    std::sort(facts_.begin(), facts_.end());
    return std::move(facts_);
  }

  std::vector<CatalogFact> collect(const std::vector<RelationId>& relations) {
    for (const RelationId id : relations) {
      const Relation* relation = catalog_.find(id);
      if (relation != nullptr && counts(*relation)) add_relation(*relation);
    }
    std::sort(facts_.begin(), facts_.end());
    return std::move(facts_);
  }

 private:
  // An object; what is added next is said of it.
  void begin(std::string object, std::string owner = {}) {
    object_ = std::move(object);
    owner_ = std::move(owner);
    add("", "there");
  }
  void add(std::string_view aspect, std::string_view value) {
    facts_.push_back({object_, std::string(aspect), std::string(value), owner_});
  }
  void add_flag(std::string_view aspect, bool value) { add(aspect, value ? "yes" : "no"); }

  // Indexes and sequences are where their tables are.
  [[nodiscard]] const Relation& home_of(const Relation& relation) const {
    const Relation* home = catalog_.find(relation.is_index() ? relation.index->table : relation.owned_by);
    return home == nullptr ? relation : *home;
  }

  [[nodiscard]] bool counts(const Relation& relation) const {
    const Relation& home = home_of(relation);
    return relation.origin != Origin::unknown && !relation.temporary && relation.schema != "pg_catalog" &&
           (!is_ignored_ || !is_ignored_(home.schema, home.name));
  }

  [[nodiscard]] static std::string name_of(const Relation& relation) {
    return fmt::format("{} {}", object_word(relation.kind), display_name(relation));
  }
  [[nodiscard]] std::string name_of(RelationId id) const {
    const Relation* relation = catalog_.find(id);
    return relation == nullptr ? "none" : display_name(*relation);
  }
  [[nodiscard]] static std::string name_of(const Relation& table, const TableConstraint& constraint) {
    return fmt::format("constraint {} of {}", quote_identifier_sql(constraint.name), display_name(table));
  }
  [[nodiscard]] static std::string name_of(const Relation& table, std::string_view column) {
    return fmt::format("column {}.{}", display_name(table), quote_identifier_sql(column));
  }

  void add_relation(const Relation& relation) {
    if (relation.is_index()) return add_index(relation);
    if (relation.kind == RelationKind::sequence) return add_sequence(relation);
    begin(name_of(relation));
    add("kind", to_string(relation.kind));
    if (relation.kind == RelationKind::materialized_view) add_flag("populated", relation.populated);
    if (relation.kind == RelationKind::view || relation.kind == RelationKind::materialized_view) return;
    add_flag("unlogged", relation.unlogged);
    if (relation.kind == RelationKind::partitioned_table) {
      add("partition key", fmt::format("{} ({})", strategy_word(relation.partition_key.strategy),
                                       joined(relation.partition_key.columns)));
    }
    add("partition of", name_of(relation.partition_of));
    if (relation.partition_of != kNoRelation) add("bound", bound_text(*relation.bound));
    std::vector<std::string> parents;
    for (const RelationId parent : relation.inherits) parents.push_back(name_of(parent));
    add("parents", parents.empty() ? "none" : fmt::format("{}", fmt::join(parents, ", ")));
    if (relation.columns_known) add_columns(relation);
    for (const TableConstraint& constraint : relation.constraints) add_constraint(relation, constraint);
    for (const std::string& trigger : relation.triggers) add_part(relation, "trigger", trigger);
    for (const DependentExpression& expression : relation.expressions) {
      if (expression.kind == ExpressionKind::policy) add_part(relation, "policy", expression.name);
      if (expression.kind == ExpressionKind::rule) add_part(relation, "rule", expression.name);
    }
  }

  void add_part(const Relation& table, std::string_view word, const std::string& name) {
    begin(fmt::format("{} {} of {}", word, quote_identifier_sql(name), display_name(table)), name_of(table));
  }

  void add_columns(const Relation& table) {
    for (const Column& column : table.columns) {
      begin(name_of(table, column.name), name_of(table));
      add("type", type_text(column.type));
      add("nullability", column.not_null ? "NOT NULL" : "NULL");
      add("default", column.has_default ? "some" : "none");
      add("generation", column.generated == 0 ? "none" : column.generated == 'v' ? "VIRTUAL" : "STORED");
      // A partition has its parent's since 17, and none before.
      const char identity = table.partition_of == kNoRelation ? column.identity : char{};
      add("identity", identity == 0 ? "none" : identity == 'a' ? "ALWAYS" : "BY DEFAULT");
    }
  }

  void add_constraint(const Relation& table, const TableConstraint& constraint) {
    if (constraint.kind == ConstraintKind::not_null && constraint.validated) return;  // the column says it
    begin(name_of(table, constraint), name_of(table));
    add("kind", constraint_word(constraint.kind));
    const bool is_check = constraint.kind == ConstraintKind::check;
    if (constraint.kind != ConstraintKind::exclusion) add("columns", joined(constraint.columns, is_check));
    add("validity", constraint.validated ? "valid" : "NOT VALID");
    add_flag("enforced", constraint.enforced);
    add_flag("deferrable", constraint.deferrable);
    add_flag("initially deferred", constraint.initially_deferred);
    if (constraint.kind != ConstraintKind::foreign_key) return;
    add("references", fmt::format("{} ({})", name_of(constraint.referenced), joined(constraint.referenced_columns)));
    add("on update", action_word(constraint.on_update));
    add("on delete", action_word(constraint.on_delete));
  }

  // That of a constraint is a part of it.
  [[nodiscard]] std::string owner_of(const Relation& index) const {
    const Relation* table = catalog_.find(index.index->table);
    if (table == nullptr) return {};
    for (const TableConstraint& constraint : table->constraints) {
      if (constraint.index == index.id) return name_of(*table, constraint);
    }
    return name_of(*table);
  }

  void add_index(const Relation& relation) {
    const IndexDetails& index = *relation.index;
    begin(name_of(relation), owner_of(relation));
    add("table", name_of(index.table));
    add("method", index.method);
    add("columns", joined(index.columns));
    add("included columns", joined(index.included));
    add("columns of expressions", joined(index.mentioned, true));
    add_flag("unique", index.unique);
    add_flag("primary", index.primary);
    add_flag("partial", index.partial);
    add("validity", index.valid ? "valid" : "INVALID");
    add("part of index", name_of(index.parent));
  }

  void add_sequence(const Relation& sequence) {
    const Relation* table = catalog_.find(sequence.owned_by);
    const std::string column = table == nullptr ? "" : name_of(*table, sequence.owned_by_column);
    begin(name_of(sequence), column);
    add("owned by", column.empty() ? "none" : column);
  }

  // A composite type is a relation as well, which says all of it.
  void add_type(NameView name, const TypeObject& type) {
    if (type.kind == TypeKind::composite) return;
    begin("type " + quote_qualified(name.schema, name.name));
    if (type.kind == TypeKind::enumeration) {
      add("labels", fmt::format("'{}'", fmt::join(type.labels, "', '")));
    } else if (type.kind == TypeKind::domain) {
      add("base type", type_text(type.base));
      add("nullability", type.not_null ? "NOT NULL" : "NULL");
      add("default", type.has_default ? "some" : "none");
      add("constraints", joined(type.checks, true));
    }
  }

  void add_others(ObjectType kind, std::string_view word) {
    catalog_.each_other(kind, [&](const OtherObject& object) {
      begin(std::string(word) + quote_identifier_sql(object.name));
      if (kind != OBJECT_PUBLICATION) return;
      std::vector<std::string> tables;
      for (const RelationId id : object.relations) tables.push_back(name_of(id));
      std::sort(tables.begin(), tables.end());
      add("tables", fmt::format("{}", fmt::join(tables, ", ")));
    });
  }

  const Catalog& catalog_;
  const IgnoredRelation& is_ignored_;
  std::string object_;
  std::string owner_;
  std::vector<CatalogFact> facts_;
};

}  // namespace

std::vector<CatalogFact> facts_of(const Catalog& catalog, const IgnoredRelation& is_ignored) {
  return Facts(catalog, is_ignored).collect();
}

std::vector<CatalogFact> facts_of(const Catalog& catalog, const std::vector<RelationId>& relations) {
  return Facts(catalog, {}).collect(relations);
}

}  // namespace pglatch
