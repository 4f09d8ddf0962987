#include "analyzer/catalog/type_users.h"

#include <algorithm>
#include <string>
#include <utility>

namespace pglatch {
namespace {

struct TypeName {
  std::string schema;
  std::string name;

  [[nodiscard]] NameView view() const noexcept { return {schema, name}; }
  friend bool operator==(const TypeName&, const TypeName&) = default;
};

// Types still to be looked at, each once.
class Queue {
 public:
  explicit Queue(NameView first) { push(first); }

  void push(NameView type) {
    TypeName name{std::string(type.schema), std::string(type.name)};
    if (std::find(types_.begin(), types_.end(), name) == types_.end()) types_.push_back(std::move(name));
  }
  // The next one; null when there is none left.
  [[nodiscard]] const TypeName* next() {
    if (next_ == types_.size()) return nullptr;
    current_ = types_[next_++];
    return &current_;
  }

 private:
  std::vector<TypeName> types_;
  TypeName current_;
  std::size_t next_ = 0;
};

bool stores_rows(const Relation& relation) {
  return relation.has_storage() || relation.kind == RelationKind::partitioned_table;
}

bool has_row_type(const Relation& relation) { return !relation.is_index() && relation.kind != RelationKind::sequence; }

template <class Visitor>
void each_domain_over(const Catalog& catalog, NameView type, Visitor&& visit) {
  catalog.each_type([&](NameView name, const TypeObject& object) {
    if (object.kind == TypeKind::domain && names_type(object.base, type)) visit(name, object.base.array);
  });
}

}  // namespace

void rename_type_uses(Catalog& catalog, NameView type, NameView new_name) {
  const auto rename = [&](TypeRef& declared) {
    if (!names_type(declared, type)) return;
    // One that was found by the search path is still, unless its schema is another now.
    if (!declared.schema.empty() || type.schema != new_name.schema) declared.schema = new_name.schema;
    declared.name = new_name.name;
  };
  std::vector<RelationId> users;
  catalog.each_relation([&](const Relation& relation) {
    const auto& columns = relation.columns;
    const bool uses = std::any_of(columns.begin(), columns.end(),
                                  [&](const Column& column) { return names_type(column.type, type); });
    if (uses) users.push_back(relation.id);
  });
  for (const RelationId user : users) {
    for (Column& column : catalog.change(user).columns) rename(column.type);
  }
  std::vector<TypeName> domains;
  each_domain_over(catalog, type, [&](NameView domain, bool) {
    domains.push_back({std::string(domain.schema), std::string(domain.name)});
  });
  for (const TypeName& domain : domains) {
    if (TypeObject* changed = catalog.change_type(domain.view(), {})) rename(changed->base);
  }
}

std::string cast_name(const TypeRef& from, const TypeRef& to) {
  const auto name = [](const TypeRef& type) { return type.name + (type.array ? "[]" : ""); };
  return name(from) + " AS " + name(to);
}

bool names_type(const TypeRef& declared, NameView type) noexcept {
  if (declared.name != type.name) return false;
  return declared.schema.empty() || type.schema.empty() || declared.schema == type.schema;
}

std::optional<ColumnUse> find_stored_use(const Catalog& catalog, NameView type) {
  Queue queue(type);
  while (const TypeName* current = queue.next()) {
    for (const Relation* relation : catalog.relations()) {
      if (!has_row_type(*relation)) continue;
      for (const Column& column : relation->columns) {
        if (!names_type(column.type, current->view())) continue;
        if (stores_rows(*relation)) return ColumnUse{relation->id, column.name};
        queue.push({relation->schema, relation->name});
        break;
      }
    }
    each_domain_over(catalog, current->view(), [&](NameView domain, bool) { queue.push(domain); });
  }
  return std::nullopt;
}

DomainUsers find_domain_users(const Catalog& catalog, NameView domain) {
  DomainUsers users;
  Queue domains(domain);
  Queue containers(domain);
  (void)containers.next();
  while (const TypeName* current = domains.next()) {
    each_domain_over(catalog, current->view(), [&](NameView over, bool array) {
      if (array) {
        containers.push(over);
      } else {
        domains.push(over);
      }
    });
    for (const Relation* relation : catalog.relations()) {
      if (!has_row_type(*relation)) continue;
      bool has_plain = false;
      for (const Column& column : relation->columns) {
        if (!names_type(column.type, current->view())) continue;
        const bool is_container = column.type.array && stores_rows(*relation);
        if (is_container && !users.container) users.container = ColumnUse{relation->id, column.name};
        has_plain = has_plain || !column.type.array;
        containers.push({relation->schema, relation->name});
      }
      const bool is_new = std::find(users.tables.begin(), users.tables.end(), relation->id) == users.tables.end();
      if (has_plain && relation->has_storage() && is_new) users.tables.push_back(relation->id);
    }
  }
  while (const TypeName* container = containers.next()) {
    if (users.container) break;
    users.container = find_stored_use(catalog, container->view());
  }
  std::sort(users.tables.begin(), users.tables.end());
  return users;
}

std::vector<RelationId> typed_tables(const Catalog& catalog, RelationId type) {
  std::vector<RelationId> tables;
  catalog.each_relation([&](const Relation& relation) {
    if (relation.of_type == type) tables.push_back(relation.id);
  });
  std::sort(tables.begin(), tables.end());
  return tables;
}

}  // namespace pglatch
