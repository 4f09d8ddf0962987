// CREATE SCHEMA with its elements, each of which does what the statement of its own would.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "analyzer/catalog/apply.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

// A relation that was entered while the elements were gone through, since only its name is known.
struct Guess {
  RelationId id;
  std::string schema;
  std::string name;
  RelationKind kind;
};

std::vector<Guess> guesses_in(const Model& model) {
  std::vector<Guess> guesses;
  for (const TakenLock& taken : model.effects.locks) {
    const Relation& relation = model.relation(taken.relation);
    if (relation.origin == Origin::unknown)
      guesses.push_back({relation.id, relation.schema, relation.name, relation.kind});
  }
  return guesses;
}

// What the elements made is gone; what was only entered is there again.
void forget_new_relations(const Model& model, const std::vector<Guess>& guesses) {
  const auto settle = [&](RelationId& id) {
    for (const Guess& guess : guesses) {
      if (guess.id == id) id = model.resolve({guess.schema, guess.name}, guess.kind);
      if (guess.id == id) break;
    }
    return model.catalog().find(id) == nullptr;
  };
  Effects& effects = model.effects;
  effects.locks.erase(std::remove_if(effects.locks.begin(), effects.locks.end(),
                                     [&](TakenLock& taken) { return settle(taken.relation); }),
                      effects.locks.end());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < effects.work.size(); ++i) {
    if (settle(effects.work[i].relation)) continue;
    effects.work[kept] = effects.work[i];
    effects.work_by[kept++] = effects.work_by[i];
  }
  effects.work.resize(kept);
  effects.work_by.resize(kept);
}

}  // namespace

// CreateSchemaCommand() in schemacmds.c: names without a schema are looked for in the new one first, and an
// element sees those before it, so they are applied to the catalog and taken back.
void create_schema(const Model& model, const CreateSchemaStmt& statement) {
  std::string_view name = text(statement.schemaname);
  if (name.empty() && statement.authrole != nullptr) name = text(statement.authrole->rolename);
  Catalog& catalog = model.catalog();
  if (!name.empty() && catalog.has_schema(name)) {
    if (!statement.if_not_exists) model.effects.fail(fmt::format("schema \"{}\" already exists", name));
    return;
  }
  if (name.empty() || each(statement.schemaElts).empty()) return;

  SearchPath path{std::string(name)};
  path.insert(path.end(), model.path().begin(), model.path().end());
  Model inside = model;
  inside.search_path = &path;
  const bool kept_journal = catalog.keeps_journal();
  const Catalog::Mark before = catalog.mark();
  catalog.create_schema(name);
  for (const Node* element : each(statement.schemaElts)) {
    dispatch(inside, element);
    if (model.effects.refused()) break;
    const Statement whole{element, {0, static_cast<std::uint32_t>(model.context.sql.size())}, 0};
    apply(whole, model.context.sql, catalog, path);
  }
  const std::vector<Guess> guesses = guesses_in(model);
  catalog.rollback_to(before);
  if (!kept_journal) catalog.commit();
  forget_new_relations(model, guesses);
}

}  // namespace pglatch::locks
