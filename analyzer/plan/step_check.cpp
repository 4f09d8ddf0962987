#include "analyzer/plan/step_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/catalog/apply.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/plan/end_check.h"
#include "analyzer/plan/statement_traits.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// A session outside of any transaction that looks along this search_path.
class AutocommitSession {
 public:
  AutocommitSession(Catalog& catalog, const SearchPath& path)
      : catalog_(catalog), transaction_(catalog.transaction), session_(catalog) {
    session_.begin_script(ExecutionMode::autocommit, 1);
    std::string set = "SET search_path = ";
    for (const std::string& schema : path) {
      set += fmt::format("{}{}", schema == path.front() ? "" : ", ", quote_identifier_sql(schema));
    }
    if (path.empty()) set += "''";
    const ParsedScript parsed = parse(set);
    for (const Statement& statement : parsed.statements) session_.apply(statement.node);
  }
  AutocommitSession(const AutocommitSession&) = delete;
  AutocommitSession& operator=(const AutocommitSession&) = delete;
  ~AutocommitSession() { catalog_.transaction = transaction_; }

  [[nodiscard]] const Session& session() const { return session_; }

 private:
  Catalog& catalog_;
  std::uint32_t transaction_;
  Session session_;
};

// Of what PostgreSQL would cut with a mere NOTICE.
std::optional<std::string> overlong_identifier(std::string_view sql) {
  Lexer lexer(sql);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    const std::size_t quotes = token.kind == TokenKind::quoted_identifier ? 2 : 0;
    if (quotes == 0 && token.kind != TokenKind::word) continue;
    const std::string_view text = token.of(sql);
    const auto doubled = static_cast<std::size_t>(std::count(text.begin(), text.end(), '"')) / 2;
    const std::size_t size = quotes == 0 ? text.size() : text.size() - 1 - doubled;
    if (size > kMaxIdentifierBytes) return std::string(text);
  }
  return std::nullopt;
}

bool is_long(WorkKind kind) {
  return kind == WorkKind::scan || kind == WorkKind::index_build || kind == WorkKind::rewrite ||
         kind == WorkKind::validate_fk;
}

// BEGIN … COMMIT.
bool is_transaction(const ParsedScript& parsed) {
  return parsed.statements.size() > 1 && parsed.statements.front().node->type == T_TransactionStmt &&
         parsed.statements.back().node->type == T_TransactionStmt;
}

// What a query on the server puts together is known to it alone.
bool is_to_end_alike(const Rewrite& rewrite) {
  if (rewrite.ends_otherwise) return false;
  for (const Phase& phase : rewrite.phases) {
    if (std::any_of(phase.steps.begin(), phase.steps.end(), [](const Step& step) { return step.generator; }))
      return false;
  }
  return true;
}

}  // namespace

void add_effects(const Effects& effects, const Catalog& catalog, std::vector<StepLock>& locks,
                 std::vector<StepWork>& work) {
  for (const TakenLock& taken : effects.locks) {
    const Relation* relation = catalog.find(taken.relation);
    if (relation == nullptr) continue;
    const StepLock lock{display_name(*relation), taken.mode, taken.held_until, taken.reason, relation->is_index()};
    const auto known = std::find_if(locks.begin(), locks.end(),
                                    [&](const StepLock& other) { return other.relation == lock.relation; });
    if (known == locks.end()) {
      locks.push_back(lock);
    } else if (known->mode < lock.mode) {
      *known = lock;
    }
  }
  for (const Work& item : effects.work) {
    const Relation* relation = catalog.find(item.relation);
    if (relation == nullptr) continue;
    const StepWork entry{display_name(*relation), item.kind};
    const bool known = std::any_of(work.begin(), work.end(), [&](const StepWork& other) {
      return other.relation == entry.relation && other.kind == entry.kind;
    });
    if (!known) work.push_back(entry);
  }
}

std::optional<Error> StepChecker::check(Rewrite& rewrite, const StatementContext& context, std::size_t statement) {
  std::optional<Error> error;
  const auto withhold = [&](const std::string& why) {
    error = Error{fmt::format("This is a bug in pglatch, the plan is withheld. {}:{}: {}.", context.script.file->path(),
                              context.script.file->lines().line(context.statement.range.start), why)};
  };
  std::optional<EndCheck> end;
  if (is_to_end_alike(rewrite) && !context.effects.refused()) end.emplace(catalog_, context, rewrite.covers);
  const Catalog::Mark before = catalog_.mark();
  {
    const AutocommitSession session(catalog_, context.session.search_path());
    std::vector<Step*> steps;
    for (Phase& phase : rewrite.phases) {
      for (Step& step : phase.steps) steps.push_back(&step);
    }
    const auto note = [&](const Step& step, const std::optional<std::string>& broken) {
      if (broken) withhold(fmt::format("the step \"{}\" {}", step.title, *broken));
    };
    for (Step* step : steps) {
      if (!error) note(*step, follow(*step, context, session.session(), statement));
    }
    if (end) end->note_end_of_steps(before);
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      if (!error) note(**step, follow_back(**step, session.session()));
    }
  }
  catalog_.rollback_to(before);
  if (end && !error) {
    if (const auto difference = end->difference())
      withhold("the steps end otherwise than the original: " + *difference);
  }
  // Outside of a transaction nobody else needs the journal.
  if (context.session.in_transaction() == InTransaction::no) catalog_.commit();
  return error;
}

Effects StepChecker::effects_alone(const StatementContext& context) {
  Effects effects;
  const Catalog::Mark before = catalog_.mark();
  {
    const AutocommitSession session(catalog_, context.session.search_path());
    compute_effects(context.statement, {catalog_, session.session(), pg_version_, context.sql}, effects);
  }
  catalog_.rollback_to(before);
  return effects;
}

bool StepChecker::has_contested_names() const {
  if (std::any_of(touched_.begin(), touched_.end(), [](const auto& entry) { return entry.second.size() > 1; }))
    return true;
  return std::any_of(attached_.begin(), attached_.end(), [&](const auto& entry) {
    const auto detached = detached_.find(entry.first);
    return detached != detached_.end() && detached->second != entry.second;
  });
}

std::optional<std::string> StepChecker::follow(Step& step, const StatementContext& context, const Session& session,
                                               std::size_t statement) {
  if (step.step_class == StepClass::check || step.step_class == StepClass::setting) return std::nullopt;
  if (step.generator) {
    const ParsedScript scene = parse(step.scene);
    for (const Statement& made : scene.statements) apply(made, step.scene, catalog_, session);
    return follow(step, step.sample, context, session, statement);
  }
  if (step.step_class == StepClass::concurrent && step.sql.size() != 1) return "is concurrent and not alone";
  for (const std::string& sql : step.sql) {
    if (auto broken = follow(step, sql, context, session, statement)) return broken;
  }
  return std::nullopt;
}

std::optional<std::string> StepChecker::follow(Step& step, const std::string& sql, const StatementContext& context,
                                               const Session& session, std::size_t statement) {
  if (const auto name = overlong_identifier(sql)) return fmt::format("has a name of more than 63 bytes: {}", *name);
  const ParsedScript parsed = parse(sql);
  if (!parsed.errors.empty()) return fmt::format("does not parse: {}", parsed.errors.front().message);
  if (parsed.statements.size() != 1) return "is not one statement";
  const Statement& parsed_statement = parsed.statements.front();
  const bool alone = must_be_alone(parsed_statement.node);
  if (alone != (step.step_class == StepClass::concurrent)) {
    return alone ? "needs to run outside of a transaction" : "has nothing that runs concurrently";
  }
  compute_effects(parsed_statement, {catalog_, session, pg_version_, sql}, effects_);
  // The step's transaction is none to the session here; the locks are those of the step's other statements.
  const bool only_locks = step.step_class == StepClass::brief && parsed_statement.node->type == T_LockStmt;
  if (effects_.fails && !only_locks) return fmt::format("would fail: {}", *effects_.fails);
  if (step.step_class == StepClass::brief && !step.guarded) {
    for (const Work& work : effects_.work) {
      if (!is_long(work.kind) || !context.is_live(work.relation)) continue;
      return fmt::format("is meant to be brief: {} on {}", to_string(work.kind), context.name(work.relation));
    }
  }
  add_effects(effects_, catalog_, step.locks, step.work);
  if (auto broken = note_names(parsed_statement.node, step.generator, session, statement)) return broken;
  if (!step.generator) apply(parsed_statement, sql, catalog_, session);
  return std::nullopt;
}

// Undoes the step in the catalog, as far as statements say how.
std::optional<std::string> StepChecker::follow_back(Step& step, const Session& session) {
  for (Rollback& undo : step.rollback) {
    const ParsedScript parsed = parse(undo.sql);
    if (!parsed.errors.empty()) return fmt::format("cannot be undone: {}", parsed.errors.front().message);
    if (parsed.statements.size() != 1 && !is_transaction(parsed)) return "is not undone by one statement at a time";
    for (const Statement& statement : parsed.statements) {
      if (statement.node->type == T_TransactionStmt) continue;
      if (must_be_alone(statement.node) != (undo.step_class == StepClass::concurrent)) {
        return "is undone by a statement of another class than it says";
      }
      compute_effects(statement, {catalog_, session, pg_version_, undo.sql}, effects_);
      add_effects(effects_, catalog_, undo.locks, undo.work);
      apply(statement, undo.sql, catalog_, session);
    }
  }
  return std::nullopt;
}

// Partitions that come and go: one statement may undo what another one's steps are recognised by.
void StepChecker::note_partitions(const Node* node, std::size_t statement) {
  const auto note = [&](const NameView& name, auto& by) {
    by[quote_qualified(name.schema, name.name)].insert(statement);
  };
  if (const auto* alter = as<AlterTableStmt>(node)) {
    for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
      const auto* partition = as<PartitionCmd>(command->def);
      if (partition == nullptr) continue;
      note(name_of(partition->name), command->subtype == AT_AttachPartition ? attached_ : detached_);
    }
  } else if (const auto* drop = as<DropStmt>(node); drop != nullptr && drop->removeType == OBJECT_TABLE) {
    for (const Node* object : each(drop->objects)) note(name_of(reinterpret_cast<const List*>(object)), detached_);
  }
}

// What a sample stands for has names of its own, which the server gives.
std::optional<std::string> StepChecker::note_names(const Node* node, bool sample, const Session& session,
                                                   std::size_t statement) {
  if (sample) return std::nullopt;
  note_partitions(node, statement);
  if (const auto* index = as<IndexStmt>(node)) {
    const Relation* table = catalog_.find(name_of(index->relation), session.search_path());
    if (table == nullptr || index->idxname == nullptr) return std::nullopt;
    const std::string name = quote_qualified(table->schema, index->idxname);
    if (!created_.insert(name).second && touched_[name].count(statement) != 0) {
      return fmt::format("makes a second relation of the name {}", name);
    }
    const Relation* holder = catalog_.find({table->schema, index->idxname}, {});
    if (holder != nullptr && holder->origin != Origin::unknown &&
        (!holder->is_index() || holder->index->table != table->id)) {
      return fmt::format("makes an index of a name that another relation has: {}", name);
    }
    touched_[name].insert(statement);
  } else if (const auto* drop = as<DropStmt>(node); drop != nullptr && drop->removeType == OBJECT_INDEX) {
    for (const Node* object : each(drop->objects)) {
      const NameView name = name_of(reinterpret_cast<const List*>(object));
      const std::string dropped = quote_qualified(name.schema, name.name);
      touched_[dropped].insert(statement);
      created_.erase(dropped);
    }
  }
  return std::nullopt;
}

}  // namespace pglatch
