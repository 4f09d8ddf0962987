// Publications: publicationcmds.c takes ShareUpdateExclusiveLock on every table that is added, set or dropped.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kMode = LockMode::share_update_exclusive;

// check_publication_add_relation() in pg_publication.c.
constexpr ByVersion kNotATable{std::array{
    Since<std::string_view>{10, "\"{}\" is not a table", "check_publication_add_relation()"},
    Since<std::string_view>{15, "cannot add relation \"{}\" to publication", "check_publication_add_relation()"},
}};
constexpr ByVersion kNotPermanent{std::array{
    Since<std::string_view>{10, "table \"{}\" cannot be replicated", "check_publication_add_relation()"},
    Since<std::string_view>{15, "cannot add relation \"{}\" to publication", "check_publication_add_relation()"},
}};
constexpr ByVersion kTakesPartitioned{std::array{
    Since<bool>{10, false, "check_publication_add_relation()"},
    Since<bool>{13, true, "release notes: partitioned tables in publications"},
}};

bool refuse_kind(const Model& model, const Relation& relation) {
  if (relation.origin == Origin::unknown) return false;
  const bool fits = relation.kind == RelationKind::table ||
                    (relation.kind == RelationKind::partitioned_table && kTakesPartitioned.at(model.version()));
  if (fits && !relation.temporary && !relation.unlogged) return false;
  const std::string_view message = (fits ? kNotPermanent : kNotATable).at(model.version());
  model.effects.fail(fmt::format(fmt::runtime(message), relation.name));
  return true;
}

// OpenTableList(): children are listed with their parents, partitions are not.
std::vector<RelationId> open_tables(const Model& model, const List* objects, bool adds) {
  std::vector<RelationId> tables;
  for (const PublicationObjSpec* object : each<PublicationObjSpec>(objects)) {
    if (object->pubtable == nullptr || object->pubtable->relation == nullptr) continue;
    const RangeVar* name = object->pubtable->relation;
    const RelationId table = model.resolve(name);
    if (adds && refuse_kind(model, model.relation(table))) return tables;
    const bool only = !name->inh || model.relation(table).kind == RelationKind::partitioned_table;
    for (const RelationId id : model.lock_tree(table, kMode, only)) tables.push_back(id);
  }
  return tables;
}

bool contains(const std::vector<RelationId>& ids, RelationId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

void create_publication(const Model& model, const CreatePublicationStmt& statement) {
  const std::string_view name = text(statement.pubname);
  if (model.catalog().find_other(OBJECT_PUBLICATION, {{}, name}, model.path()) != nullptr) {
    return model.effects.fail(fmt::format("publication \"{}\" already exists", name));
  }
  open_tables(model, statement.pubobjects, true);
}

void alter_publication(const Model& model, const AlterPublicationStmt& statement) {
  const std::string_view name = text(statement.pubname);
  const OtherObject* publication = model.catalog().find_other(OBJECT_PUBLICATION, {{}, name}, model.path());
  if (publication == nullptr && model.catalog().complete) {
    return model.effects.fail(fmt::format("publication \"{}\" does not exist", name));
  }
  const bool drops = statement.action == AP_DropObjects;
  const std::vector<RelationId> tables = open_tables(model, statement.pubobjects, !drops);
  if (publication == nullptr) return;
  for (const RelationId table : tables) {
    const bool is_member = contains(publication->relations, table);
    if (drops && !is_member && model.catalog().complete) {
      return model.effects.fail(
          fmt::format("relation \"{}\" is not part of the publication", model.relation(table).name));
    }
    if (statement.action == AP_AddObjects && is_member) {
      return model.effects.fail(
          fmt::format("relation \"{}\" is already member of publication \"{}\"", model.relation(table).name, name));
    }
  }
  // AlterPublicationTables(): those that are no longer listed are dropped.
  if (statement.action != AP_SetObjects || each(statement.pubobjects).empty()) return;
  for (const RelationId table : publication->relations) {
    if (model.catalog().find(table) != nullptr) model.lock(table, kMode, LockReason::dependent);
  }
}

}  // namespace pglatch::locks
