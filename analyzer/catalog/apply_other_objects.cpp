// Objects with no table of their own in the catalog: extended statistics, publications, subscriptions.
#include <algorithm>
#include <string>
#include <utility>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/object_names.h"

namespace pglatch::applying {
namespace {

// Without partitions: a publication has only those that it lists; with children by inheritance.
std::vector<RelationId> listed_tables(const Context& context, const List* objects) {
  std::vector<RelationId> tables;
  for (const PublicationObjSpec* object : each<PublicationObjSpec>(objects)) {
    if (object->pubtable == nullptr || object->pubtable->relation == nullptr) continue;
    const RangeVar* name = object->pubtable->relation;
    const RelationId table = context.resolve(name);
    const bool recurse = name->inh && context.relation(table).kind != RelationKind::partitioned_table;
    for (const RelationId id : context.tree(table, recurse)) tables.push_back(id);
  }
  return tables;
}

bool contains_id(const std::vector<RelationId>& ids, RelationId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// ChooseExtendedStatisticName() in statscmds.c.
std::string statistics_name(const Context& context, const Relation& table, const List* elements) {
  std::vector<std::string> columns;
  for (const StatsElem* element : each<StatsElem>(elements)) {
    columns.emplace_back(element->name == nullptr ? "expr" : element->name);
  }
  std::string label = "stat";
  for (int number = 1;; ++number) {
    std::string name = make_object_name(table.name, join_column_names(columns), label);
    if (context.catalog.find_other(OBJECT_STATISTIC_EXT, {table.schema, name}, context.path) == nullptr) return name;
    label = "stat" + std::to_string(number);
  }
}

}  // namespace

void create_statistics(const Context& context, const CreateStatsStmt& statement) {
  OtherObject statistics;
  for (const Node* item : each(statement.relations)) {
    if (const auto* table = as<RangeVar>(item)) statistics.relations.push_back(context.resolve(table));
  }
  if (statistics.relations.empty()) return;
  const Relation& table = context.relation(statistics.relations.front());
  const NameView given = name_of(statement.defnames);
  const std::string schema(given.name.empty() ? std::string_view(table.schema) : context.target_schema(given));
  const std::string name =
      given.name.empty() ? statistics_name(context, table, statement.exprs) : std::string(given.name);
  if (context.catalog.find_other(OBJECT_STATISTIC_EXT, {schema, name}, context.path) != nullptr) return;
  context.catalog.put_other(OBJECT_STATISTIC_EXT, schema, name, std::move(statistics));
}

void create_publication(const Context& context, const CreatePublicationStmt& statement) {
  OtherObject publication;
  publication.relations = listed_tables(context, statement.pubobjects);
  context.catalog.put_other(OBJECT_PUBLICATION, {}, text(statement.pubname), std::move(publication));
}

void alter_publication(const Context& context, const AlterPublicationStmt& statement) {
  const NameView name{{}, text(statement.pubname)};
  const OtherObject* before = context.catalog.find_other(OBJECT_PUBLICATION, name, context.path);
  if (before == nullptr || each(statement.pubobjects).empty()) return;
  OtherObject publication = *before;
  const std::vector<RelationId> tables = listed_tables(context, statement.pubobjects);
  auto& members = publication.relations;
  if (statement.action == AP_SetObjects) members.clear();
  for (const RelationId table : tables) {
    if (statement.action == AP_DropObjects) {
      members.erase(std::remove(members.begin(), members.end(), table), members.end());
    } else if (!contains_id(members, table)) {
      members.push_back(table);
    }
  }
  context.catalog.put_other(OBJECT_PUBLICATION, {}, name.name, std::move(publication));
}

void create_subscription(const Context& context, const CreateSubscriptionStmt& statement) {
  context.catalog.put_other(OBJECT_SUBSCRIPTION, {}, text(statement.subname), {});
}

void drop_subscription(const Context& context, const DropSubscriptionStmt& statement) {
  context.catalog.drop_other(OBJECT_SUBSCRIPTION, {{}, text(statement.subname)}, context.path);
}

void move_other(const Context& context, ObjectType type, NameView name, std::string_view schema,
                std::string_view new_name) {
  const OtherObject* before = context.catalog.find_other(type, name, context.path);
  if (before == nullptr) return;
  OtherObject moved = *before;
  context.catalog.drop_other(type, name, context.path);
  context.catalog.put_other(type, schema, new_name, std::move(moved));
}

}  // namespace pglatch::applying
