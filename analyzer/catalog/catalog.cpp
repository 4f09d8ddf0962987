#include "analyzer/catalog/catalog.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

namespace pglatch {
namespace {

constexpr std::string_view kPublic = "public";
constexpr std::string_view kSystemSchema = "pg_catalog";

template <class Value>
void remove_all(std::vector<Value>& values, const Value& value) {
  values.erase(std::remove(values.begin(), values.end(), value), values.end());
}

// A schema where CREATE can put something.
bool takes_objects(const std::string& schema) { return schema != kSystemSchema && schema != kTemporarySchema; }

// key_of() for a search, which is what the catalog is asked for most: names of usual length cost no allocation.
class SearchKey {
 public:
  SearchKey(std::string_view schema, std::string_view name) : size_(schema.size() + 1 + name.size()) {
    char* out = near_.data();
    if (size_ > near_.size()) {
      far_.resize(size_);
      out = far_.data();
    }
    out = std::copy(schema.begin(), schema.end(), out);
    *out++ = '\0';
    std::copy(name.begin(), name.end(), out);
  }
  [[nodiscard]] std::string_view text() const { return {far_.empty() ? near_.data() : far_.data(), size_}; }

 private:
  std::array<char, 136> near_;  // two names of PostgreSQL's
  std::string far_;
  std::size_t size_;
};

bool looks_like_system_object(std::string_view name) { return name.substr(0, 3) == "pg_"; }

}  // namespace

std::string_view creation_schema(const SearchPath& path) noexcept {
  const auto found = std::find_if(path.begin(), path.end(), takes_objects);
  return found == path.end() ? kPublic : std::string_view(*found);
}

Catalog::Catalog() { schemas_.put(std::string(kPublic), {}); }

std::string Catalog::key_of(std::string_view schema, std::string_view name) {
  std::string key;
  key.reserve(schema.size() + 1 + name.size());
  key.append(schema).append(1, '\0').append(name);
  return key;
}

// Relations --------------------------------------------------------------------------------------

const Relation* Catalog::find(NameView name, const SearchPath& path) const {
  const auto in = [&](std::string_view schema) -> const Relation* {
    const RelationId* id = names_.find(SearchKey(schema, name.name).text());
    return id == nullptr ? nullptr : relations_.find(*id);
  };
  if (!name.schema.empty()) return in(name.schema);
  const Relation* found = temporary_.empty() ? nullptr : in(kTemporarySchema);
  for (auto schema = path.begin(); found == nullptr && schema != path.end(); ++schema) found = in(*schema);
  if (found == nullptr && path.empty()) found = in(kPublic);
  if (found == nullptr && looks_like_system_object(name.name)) found = in(kSystemSchema);
  return found;
}

const Relation& Catalog::resolve(NameView name, const SearchPath& path, RelationKind guess) {
  if (const Relation* known = find(name, path)) return *known;
  std::string_view schema = name.schema;
  if (schema.empty()) schema = looks_like_system_object(name.name) ? kSystemSchema : creation_schema(path);
  Relation unknown;
  unknown.schema = schema;
  unknown.name = name.name;
  unknown.kind = guess;
  unknown.script = script;
  return *relations_.find(enter(std::move(unknown)));
}

RelationId Catalog::create(Relation&& relation) {
  relation.origin = origin;
  relation.script = script;
  relation.transaction = transaction;
  return enter(std::move(relation));
}

RelationId Catalog::enter(Relation&& relation) {
  std::string key = key_of(relation.schema, relation.name);
  RelationId id = kNoRelation;
  if (const RelationId* taken = names_.find(key)) {
    Relation& old = change(*taken);
    if (old.origin == Origin::unknown && old.is_index() == relation.is_index()) {
      id = *taken;
      relation.referenced_by = std::move(old.referenced_by);
      relation.used_by = std::move(old.used_by);
      relation.inherited_by = std::move(old.inherited_by);
      // What it was to itself ends with it.
      remove_all(relation.referenced_by, id);
      old.referenced_by.clear();
      old.used_by.clear();
      old.inherited_by.clear();
    }
    drop(*names_.find(key));
  }
  if (id == kNoRelation) id = next_id_++;
  relation.id = id;
  if (relation.temporary) temporary_.push_back(id);
  members_[relation.schema].push_back(id);
  const Relation& stored = relations_.put(id, std::move(relation));
  names_.put(std::move(key), RelationId(id));
  link(stored);
  return id;
}

void Catalog::rename(RelationId id, std::string_view schema, std::string_view name) {
  const Relation* relation = find(id);
  if (relation == nullptr || (relation->schema == schema && relation->name == name)) return;
  std::string key = key_of(schema, name);
  if (const RelationId* taken = names_.find(key)) {
    if (relations_.find(*taken)->origin != Origin::unknown) return;
    drop(*taken);
  }
  Relation& changed = change(id);
  names_.erase(key_of(changed.schema, changed.name));
  ++freed_;
  names_.put(std::move(key), RelationId(id));
  changed.name = name;
  if (changed.schema == schema) return;
  changed.schema = schema;
  members_[changed.schema].push_back(id);
  for (const TableConstraint& constraint : changed.constraints) note_constraint(changed, constraint.name);
  // Copies, since these relations change while they are gone through.
  const std::vector<RelationId> indexes = changed.indexes;
  const std::vector<RelationId> sequences = changed.owned_sequences;
  for (const RelationId index : indexes) rename(index, schema, std::string(find(index)->name));
  for (const RelationId sequence : sequences) rename(sequence, schema, std::string(find(sequence)->name));
}

void Catalog::drop(RelationId id) {
  const Relation* found = find(id);
  if (found == nullptr) return;
  const Relation dropped = *found;
  names_.erase(key_of(dropped.schema, dropped.name));
  ++freed_;
  relations_.erase(id);
  for (const RelationId partition : dropped.partitions) drop(partition);
  for (const RelationId index : dropped.indexes) drop(index);
  for (const RelationId sequence : dropped.owned_sequences) drop(sequence);
  for (const RelationId child : dropped.index->children) drop(child);
  unlink(dropped);
}

void Catalog::drop_temporary() {
  prepared.clear();
  cursors.clear();
  const std::vector<RelationId> temporary = std::move(temporary_);
  temporary_.clear();
  for (const RelationId id : temporary) drop(id);
  // Functions and types too.
  drop_schema(kTemporarySchema);
}

int Catalog::numbered_names(const std::string& numbered) const {
  const NumberedNames* known = numbered_.find(numbered);
  return known == nullptr || known->freed != freed_ ? 0 : known->count;
}

void Catalog::note_numbered_names(const std::string& numbered, int count) const {
  numbered_.put(numbered, {count, freed_});
}

std::vector<RelationId> Catalog::relations_in(std::string_view schema) const {
  std::vector<RelationId> result;
  const auto members = members_.find(std::string(schema));
  if (members == members_.end()) return result;
  for (const RelationId id : members->second) {
    if (const Relation* relation = find(id); relation != nullptr && relation->schema == schema) result.push_back(id);
  }
  // One that left and came back is twice in the list.
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::vector<const Relation*> Catalog::relations() const {
  std::vector<const Relation*> result;
  relations_.for_each([&](RelationId, const Relation& relation) { result.push_back(&relation); });
  std::sort(result.begin(), result.end(), [](const Relation* a, const Relation* b) { return a->id < b->id; });
  return result;
}

std::vector<RelationId> Catalog::with_descendants(RelationId root) const {
  std::vector<RelationId> result{root};
  std::unordered_set<RelationId> seen{root};
  for (std::size_t next = 0; next < result.size(); ++next) {
    const Relation* relation = find(result[next]);
    if (relation == nullptr) continue;
    for (const auto* children : {&relation->partitions, &relation->inherited_by}) {
      for (const RelationId child : *children) {
        if (seen.insert(child).second) result.push_back(child);
      }
    }
  }
  return result;
}

RelationId Catalog::default_partition(const Relation& parent) const {
  for (const RelationId id : parent.partitions) {
    const Relation* partition = find(id);
    if (partition != nullptr && partition->bound->is_default) return id;
  }
  return kNoRelation;
}

}  // namespace pglatch
