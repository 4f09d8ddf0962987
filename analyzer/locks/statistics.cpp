// Extended statistics: statscmds.c.
#include <fmt/format.h>

#include <array>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr ByVersion kWrongKind{std::array{
    Since<std::string_view>{10, "relation \"{}\" is not a table, foreign table, or materialized view",
                            "CreateStatistics() in statscmds.c"},
    Since<std::string_view>{15, "cannot define statistics for relation \"{}\"", "CreateStatistics() in statscmds.c"},
}};

bool has_statistics(const Relation& relation) {
  return relation.has_storage() || relation.kind == RelationKind::partitioned_table ||
         relation.kind == RelationKind::foreign_table;
}

}  // namespace

void create_statistics(const Model& model, const CreateStatsStmt& statement) {
  for (const Node* item : each(statement.relations)) {
    const auto* name = as<RangeVar>(item);
    if (name == nullptr) continue;
    const RelationId table = model.resolve(name);
    const Relation& relation = model.relation(table);
    if (relation.origin != Origin::unknown && !has_statistics(relation)) {
      return model.effects.fail(fmt::format(fmt::runtime(kWrongKind.at(model.version())), relation.name));
    }
    model.lock(table, LockMode::share_update_exclusive);
    for (const StatsElem* element : each<StatsElem>(statement.exprs)) {
      if (element->name == nullptr || !relation.columns_known || relation.column(text(element->name))) continue;
      return model.effects.fail(fmt::format("column \"{}\" does not exist", text(element->name)));
    }
  }
  const NameView name = name_of(statement.defnames);
  if (name.name.empty() || statement.if_not_exists) return;
  if (model.catalog().find_other(OBJECT_STATISTIC_EXT, name, model.path()) != nullptr) {
    model.effects.fail(fmt::format("statistics object \"{}\" already exists", name.name));
  }
}

void alter_statistics(const Model& model, const AlterStatsStmt& statement) {
  const NameView name = name_of(statement.defnames);
  if (statement.missing_ok || !model.catalog().complete) return;
  if (model.catalog().find_other(OBJECT_STATISTIC_EXT, name, model.path()) == nullptr) {
    model.effects.fail(fmt::format("statistics object \"{}\" does not exist", name.name));
  }
}

}  // namespace pglatch::locks
