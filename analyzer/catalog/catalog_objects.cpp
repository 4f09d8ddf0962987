// Types, functions, schemas and transactions of the catalog. Names are kept as "schema\0name".
#include <algorithm>
#include <functional>
#include <utility>

#include "analyzer/catalog/catalog.h"

namespace pglatch {
namespace {

// The search that find() does for relations, without temporary objects: these have no types or
// functions in migrations.
template <class Table, class KeyOf>
std::string find_along(const Table& table, NameView name, const SearchPath& path, const KeyOf& key_of) {
  const auto key_in = [&](std::string_view schema) {
    std::string key = key_of(schema, name.name);
    return table.find(key) == nullptr ? std::string() : key;
  };
  if (!name.schema.empty()) return key_in(name.schema);
  for (const std::string& schema : path) {
    if (std::string key = key_in(schema); !key.empty()) return key;
  }
  return path.empty() ? key_in(creation_schema(path)) : std::string();
}

// Moves every object of one schema to another.
template <class Object>
void move_all(ObjectTable<std::string, Object>& table, std::string_view from, std::string_view to) {
  std::vector<std::pair<std::string, Object>> moved;
  table.for_each([&](const std::string& key, const Object& object) {
    if (key.size() > from.size() && key[from.size()] == '\0' && key.compare(0, from.size(), from) == 0) {
      moved.emplace_back(key, object);
    }
  });
  for (auto& [key, object] : moved) {
    table.erase(key);
    if (!to.empty()) table.put(std::string(to) + key.substr(from.size()), std::move(object));
  }
}

}  // namespace

// Types ------------------------------------------------------------------------------------------

const TypeObject* Catalog::find_type(NameView name, const SearchPath& path) const {
  const std::string key = find_along(types_, name, path, key_of);
  return key.empty() ? nullptr : types_.find(key);
}

TypeObject* Catalog::change_type(NameView name, const SearchPath& path) {
  const std::string key = find_along(types_, name, path, key_of);
  return key.empty() ? nullptr : types_.change(key);
}

void Catalog::put_type(std::string_view schema, std::string_view name, TypeObject type) {
  type.origin = origin;
  type.script = script;
  type.transaction = transaction;
  members_[std::string(schema)];
  types_.put(key_of(schema, name), std::move(type));
}

void Catalog::drop_type(NameView name, const SearchPath& path) {
  const std::string key = find_along(types_, name, path, key_of);
  if (!key.empty()) types_.erase(key);
}

void Catalog::rename_type(NameView name, const SearchPath& path, std::string_view schema, std::string_view new_name) {
  const std::string key = find_along(types_, name, path, key_of);
  if (key.empty()) return;
  TypeObject type = *types_.find(key);
  types_.erase(key);
  members_[std::string(schema)];
  types_.put(key_of(schema.empty() ? std::string_view(key).substr(0, key.find('\0')) : schema, new_name),
             std::move(type));
}

NameView Catalog::name_in_key(std::string_view key) noexcept {
  const std::size_t end = key.find('\0');
  return {key.substr(0, end), key.substr(end + 1)};
}

std::string Catalog::schema_of_type(NameView name, const SearchPath& path) const {
  return std::string(name_in_key(find_along(types_, name, path, key_of)).schema);
}

std::string Catalog::schema_of_function(NameView name, const SearchPath& path) const {
  return std::string(name_in_key(find_along(functions_, name, path, key_of)).schema);
}

// Functions --------------------------------------------------------------------------------------

const FunctionObject* Catalog::find_function(NameView name, const SearchPath& path) const {
  if (function_names_.count(std::hash<std::string_view>()(name.name)) == 0) return nullptr;
  const std::string key = find_along(functions_, name, path, key_of);
  return key.empty() ? nullptr : functions_.find(key);
}

FunctionObject* Catalog::change_function(NameView name, const SearchPath& path) {
  const std::string key = find_along(functions_, name, path, key_of);
  return key.empty() ? nullptr : functions_.change(key);
}

void Catalog::put_function(std::string_view schema, std::string_view name, FunctionObject function) {
  function.origin = origin;
  function.script = script;
  function.file = file;
  members_[std::string(schema)];
  function_names_.insert(std::hash<std::string_view>()(name));
  functions_.put(key_of(schema, name), std::move(function));
}

void Catalog::drop_function(NameView name, const SearchPath& path) {
  const std::string key = find_along(functions_, name, path, key_of);
  if (!key.empty()) functions_.erase(key);
}

// Objects of other kinds --------------------------------------------------------------------------

namespace {

// Objects of a kind live in schemas of their own, so to speak: its character, then the schema's name.
std::string kind_schema(ObjectType type, std::string_view schema) {
  return static_cast<char>(type) + std::string(schema);
}

template <class Table, class KeyOf>
std::string find_other_key(const Table& table, ObjectType type, NameView name, const SearchPath& path,
                           const KeyOf& key_of) {
  SearchPath of_kind{kind_schema(type, name.schema)};
  if (name.schema.empty()) {
    for (const std::string& schema : path) of_kind.push_back(kind_schema(type, schema));
    if (path.empty()) of_kind.push_back(kind_schema(type, creation_schema(path)));
  }
  return find_along(table, {{}, name.name}, of_kind, key_of);
}

}  // namespace

const OtherObject* Catalog::find_other(ObjectType type, NameView name, const SearchPath& path) const {
  const std::string key = find_other_key(others_, type, name, path, key_of);
  return key.empty() ? nullptr : others_.find(key);
}

void Catalog::put_other(ObjectType type, std::string_view schema, std::string_view name, OtherObject object) {
  object.name = name;
  object.origin = origin;
  object.script = script;
  others_.put(key_of(kind_schema(type, schema), name), std::move(object));
}

void Catalog::drop_other(ObjectType type, NameView name, const SearchPath& path) {
  const std::string key = find_other_key(others_, type, name, path, key_of);
  if (!key.empty()) others_.erase(key);
}

// Schemas ----------------------------------------------------------------------------------------

bool Catalog::has_schema(std::string_view name) const { return schemas_.find(std::string(name)) != nullptr; }

void Catalog::create_schema(std::string_view name) { schemas_.put(std::string(name), {}); }

void Catalog::rename_schema(std::string_view name, std::string_view new_name) {
  if (name == new_name || has_schema(new_name)) return;
  schemas_.erase(std::string(name));
  schemas_.put(std::string(new_name), {});
  if (members_.count(std::string(name)) == 0) return;
  members_[std::string(new_name)];
  for (const RelationId id : relations_in(name)) {
    if (const Relation* relation = find(id)) rename(id, new_name, std::string(relation->name));
  }
  move_all(types_, name, new_name);
  move_all(functions_, name, new_name);
}

void Catalog::drop_schema(std::string_view name) {
  schemas_.erase(std::string(name));
  if (members_.count(std::string(name)) == 0) return;
  for (const RelationId id : relations_in(name)) drop(id);
  move_all(types_, name, {});
  move_all(functions_, name, {});
}

// Transactions -----------------------------------------------------------------------------------

Catalog::Mark Catalog::mark() {
  return {relations_.mark(), names_.mark(),   types_.mark(),    functions_.mark(),
          others_.mark(),    schemas_.mark(), numbered_.mark(), freed_};
}

void Catalog::rollback_to(const Mark& mark) {
  relations_.rollback_to(mark.relations);
  names_.rollback_to(mark.names);
  types_.rollback_to(mark.types);
  functions_.rollback_to(mark.functions);
  others_.rollback_to(mark.others);
  schemas_.rollback_to(mark.schemas);
  numbered_.rollback_to(mark.numbered);
  freed_ = mark.freed;  // what was freed since has its relation again
}

void Catalog::commit() {
  relations_.commit();
  names_.commit();
  types_.commit();
  functions_.commit();
  others_.commit();
  schemas_.commit();
  numbered_.commit();
}

}  // namespace pglatch
