#include "rules/recipes/scene.h"

#include <utility>

#include "analyzer/catalog/apply.h"

namespace pglatch {

Scene::Scene(const StatementContext& context)
    : context_(context),
      catalog_(*context.walked),
      is_outermost_(!catalog_.keeps_journal()),
      before_(catalog_.mark()) {}

Scene::~Scene() {
  catalog_.rollback_to(before_);
  // Then nobody else needs the journal.
  if (is_outermost_) catalog_.commit();
}

void Scene::run(const Statement& statement) {
  apply(statement, context_.sql, catalog_, context_.session.search_path());
}

void Scene::run(std::string_view sql) {
  const auto origin = std::exchange(catalog_.origin, Origin::schema);
  const auto script = std::exchange(catalog_.script, 0);
  const ParsedScript parsed = parse(sql);
  for (const Statement& statement : parsed.statements) {
    apply(statement, sql, catalog_, context_.session.search_path());
  }
  catalog_.origin = origin;
  catalog_.script = script;
}

}  // namespace pglatch
