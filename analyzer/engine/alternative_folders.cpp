#include "analyzer/engine/alternative_folders.h"

#include <algorithm>

#include "analyzer/catalog/apply.h"
#include "analyzer/catalog/session.h"
#include "analyzer/parse/access.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"

namespace pglatch {
namespace {

// Each has a copy of the catalog. Who has more folders sorts migrations into them.
constexpr std::size_t kMostFolders = 8;

// Other tools' projects have one history, or a folder for each migration.
bool is_in_location(const Script& script) {
  return script.framework == flyway_framework().name() && script.direction == Direction::up &&
         !folder_of_file(script.file->path()).empty();
}

// What a script makes of tables and types.
struct Made {
  std::size_t anew = 0;
  std::size_t again = 0;    // it is there already: IF NOT EXISTS passes over it
  std::size_t refused = 0;  // the same, without IF NOT EXISTS
};

template <class Object>
bool is_there(const Object* found, const Catalog& catalog) {
  return found != nullptr && found->origin != Origin::unknown && found->script != catalog.script;
}

NameView full_name(NameView name, const SearchPath& path) {
  return {name.schema.empty() ? creation_schema(path) : name.schema, name.name};
}

void count_table(const CreateStmt& create, const Catalog& catalog, const SearchPath& path, Made& made) {
  if (create.relation->relpersistence == RELPERSISTENCE_TEMP || create.partbound != nullptr) return;
  if (!is_there(catalog.find(full_name(name_of(create.relation), path), path), catalog)) {
    ++made.anew;
  } else {
    ++(create.if_not_exists ? made.again : made.refused);
  }
}

void count_type(NameView name, const Catalog& catalog, const SearchPath& path, Made& made) {
  ++(is_there(catalog.find_type(full_name(name, path), path), catalog) ? made.refused : made.anew);
}

void count(const Node* statement, const Catalog& catalog, const SearchPath& path, Made& made) {
  if (const auto* table = as<CreateStmt>(statement)) return count_table(*table, catalog, path, made);
  if (const auto* type = as<CreateEnumStmt>(statement)) return count_type(name_of(type->typeName), catalog, path, made);
  if (const auto* type = as<CreateDomainStmt>(statement)) count_type(name_of(type->domainname), catalog, path, made);
}

// The greater part of what the script makes is there, and the server would refuse to make it again. A table that a
// history makes anew it has dropped or renamed before.
bool makes_all_again(const Script& script, const ParsedScript& parsed, Catalog catalog, const Settings& settings) {
  ++catalog.script;
  Session session(catalog, settings);
  session.begin_script(script.mode, parsed.statements);
  Made made;
  for (const Statement& statement : parsed.statements) {
    count(statement.node, catalog, session.search_path(), made);
    apply(statement, script.sql(), catalog, session);
    session.apply(statement.node);
  }
  return made.refused > 0 && made.refused + made.again > made.anew;
}

}  // namespace

AlternativeFolders::AlternativeFolders(std::span<const Script> scripts) {
  std::set<std::string_view> folders;
  for (const Script& script : scripts) {
    if (!is_in_location(script)) continue;
    const std::string_view folder = folder_of_file(script.file->path());
    if (folders.insert(folder).second) ++siblings_[folder_of_file(folder)];
  }
}

const Catalog* AlternativeFolders::start_of(const Script& script, const ParsedScript& parsed, const Catalog& catalog,
                                            const Settings& settings) {
  if (!is_in_location(script)) return nullptr;
  const std::string_view folder = folder_of_file(script.file->path());
  const std::string_view parent = folder_of_file(folder);
  const std::size_t siblings = siblings_[parent];
  if (siblings < 2 || siblings > kMostFolders || !begun_.insert(folder).second) return nullptr;
  if (parent != parent_) starts_.clear();
  parent_ = parent;
  // The folders in between go on from the one that makes the same.
  auto start = starts_.rend();
  if (!starts_.empty() && makes_all_again(script, parsed, catalog, settings)) {
    start = std::find_if(starts_.rbegin(), starts_.rend(),
                         [&](const Catalog& before) { return !makes_all_again(script, parsed, before, settings); });
  }
  if (start == starts_.rend()) {
    starts_.push_back(catalog);
    return nullptr;
  }
  starts_.erase(start.base(), starts_.end());
  return &starts_.back();
}

}  // namespace pglatch
