#include "tests/locks/model_facts.h"

#include <stdexcept>

#include "analyzer/catalog/apply.h"
#include "analyzer/catalog/session.h"
#include "analyzer/locks/effects.h"
#include "analyzer/locks/held_locks.h"
#include "analyzer/parse/parser.h"

namespace pglatch::testing {
namespace {

std::string fixture_name(const Relation& relation) {
  const std::string name = display_name(relation);
  return name.rfind("public.", 0) == 0 ? name.substr(7) : name;
}

ParsedScript parse_or_throw(const std::string& sql) {
  ParsedScript parsed = parse(sql);
  if (!parsed.errors.empty()) throw std::runtime_error(parsed.errors.front().message + "\n  in: " + sql);
  return parsed;
}

class Replay {
 public:
  explicit Replay(int major) : major_(major) {}

  void schema(const std::string& sql) {
    begin(Origin::schema, 1);
    const ParsedScript parsed = parse_or_throw(sql);
    session_.begin_script(ExecutionMode::autocommit, parsed.statements.size());
    for (const Statement& statement : parsed.statements) step(statement, sql);
    session_.end_script();
    catalog_.complete = true;
  }

  Facts script(const std::string& sql) {
    begin(Origin::script, 2);
    const ParsedScript parsed = parse_or_throw(sql);
    session_.begin_script(ExecutionMode::autocommit, parsed.statements.size());
    const RelationId first_new = static_cast<RelationId>(last_id() + 1);
    for (std::size_t at = 0; at + 1 < parsed.statements.size(); ++at) {
      const Statement& statement = parsed.statements[at];
      const Effects effects = effects_of(statement, sql);
      held_.before(statement, effects, catalog_, session_);
      step(statement, sql);
      held_.after(effects, session_);
    }
    return facts(effects_of(parsed.statements.back(), sql), first_new);
  }

 private:
  void begin(Origin origin, std::uint32_t script) {
    catalog_.origin = origin;
    catalog_.script = script;
  }

  void step(const Statement& statement, const std::string& sql) {
    apply(statement, sql, catalog_, session_);
    session_.apply(statement.node);
  }

  Effects effects_of(const Statement& statement, const std::string& sql) {
    Effects effects;
    compute_effects(statement, {catalog_, session_, major_, sql}, effects);
    return effects;
  }

  RelationId last_id() const {
    const std::vector<const Relation*> relations = catalog_.relations();
    return relations.empty() ? kNoRelation : relations.back()->id;
  }

  // As the oracle: no facts of relations that the transaction made, no locks that it held already.
  Facts facts(const Effects& effects, RelationId first_new) const {
    Facts facts;
    facts.fails = effects.fails;
    for (const TakenLock& taken : effects.locks) {
      if (is_new(taken.relation, first_new) || held_.holds(taken.relation, taken.mode)) continue;
      facts.lock(name(taken.relation), std::string(to_string(taken.mode)));
    }
    for (const Work& work : effects.work) {
      if (!is_new(work.relation, first_new)) facts.work.emplace(to_string(work.kind), name(work.relation));
    }
    return facts;
  }

  // Not what the model only assumes to exist: that is for the comparison to find out.
  bool is_new(RelationId id, RelationId first_new) const {
    const Relation* relation = catalog_.find(id);
    return id >= first_new && relation != nullptr && relation->origin != Origin::unknown;
  }

  std::string name(RelationId id) const {
    const Relation* relation = catalog_.find(id);
    return relation == nullptr ? "(no relation)" : fixture_name(*relation);
  }

  int major_;
  Catalog catalog_;
  Session session_{catalog_};
  HeldLocks held_;
};

}  // namespace

Facts model_facts(const LockCase& one, int major) {
  Replay replay(major);
  replay.schema(one.setup);
  const std::string prologue = one.alone ? "SET TimeZone = 'UTC';\n" : "SET TimeZone = 'UTC';\nBEGIN;\n";
  return replay.script(prologue + one.before + ";\n" + one.statement);
}

Facts settled(Facts model, const Facts& server) {
  const std::size_t condition = model.fails ? model.fails->find(" (if ") : std::string::npos;
  if (condition == std::string::npos) return model;
  if (!server.fails) {
    model.fails.reset();
    return model;
  }
  Facts failure;
  failure.fails = model.fails->substr(0, condition);
  return failure;
}

}  // namespace pglatch::testing
