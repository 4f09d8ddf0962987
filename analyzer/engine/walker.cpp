#include "analyzer/engine/walker.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <optional>
#include <unordered_map>
#include <utility>

#include "analyzer/catalog/apply.h"
#include "analyzer/engine/alternative_folders.h"
#include "analyzer/engine/parse_ahead.h"
#include "analyzer/parse/access.h"
#include "analyzer/source/psql.h"
#include "analyzer/source/templates.h"

namespace pglatch {

bool StatementContext::is_live(RelationId relation) const {
  const Relation* known = catalog.find(relation);
  return known != nullptr && pglatch::is_live(*known, catalog, session);
}

bool StatementContext::takes_time(const Work& work) const {
  const Relation* known = catalog.find(work.relation);
  if (known == nullptr || !pglatch::is_live(*known, catalog, session) || holds_few_rows(*known, catalog)) return false;
  // Indexes are built before the first row is looked at.
  const std::vector<RelationId>& none = effects.without_rows;
  return work.kind == WorkKind::index_build || std::find(none.begin(), none.end(), work.relation) == none.end();
}

std::string StatementContext::name(RelationId relation) const {
  const Relation* known = catalog.find(relation);
  return known == nullptr ? std::string() : display_name(*known);
}

TableSize StatementContext::table_size(RelationId relation) const {
  return sizes == nullptr ? TableSize() : sizes->of(relation, catalog);
}

Effects StatementContext::effects_of(const Statement& other) const {
  assert(walked != nullptr);
  Effects other_effects;
  compute_effects(other, {*walked, session, pg_version, sql, code, origin}, other_effects);
  return other_effects;
}

namespace {

// A query that calls a function of the user's own, which may change the schema as it likes.
bool calls_a_function(const SelectStmt& select) {
  constexpr std::string_view kHarmless[] = {"set_config", "setval", "nextval", "now", "version"};
  for (const ResTarget* target : each<ResTarget>(select.targetList)) {
    const auto* call = as<FuncCall>(target->val);
    if (call == nullptr) continue;
    const std::string_view name = name_of(call->funcname).name;
    if (std::find(std::begin(kHarmless), std::end(kHarmless), name) == std::end(kHarmless)) return true;
  }
  return false;
}

NameView dropped_name(const Node* object) {
  if (const auto* names = as<List>(object)) return name_of(names);
  if (const auto* function = as<ObjectWithArgs>(object)) return name_of(function->objname);
  return {{}, string_value(object)};
}

void note(const Statement& statement, ScriptSoFar& so_far) {
  if (statement.tag() == T_DoStmt || statement.tag() == T_CallStmt) so_far.ran_unseen_code = true;
  const auto* select = as<SelectStmt>(statement.node);
  if (select != nullptr && calls_a_function(*select)) so_far.ran_unseen_code = true;
  const auto* create = as<CreateStmt>(statement.node);
  if (create != nullptr && create->if_not_exists) so_far.made_if_missing.emplace(text(create->relation->relname));
  const auto* drop = as<DropStmt>(statement.node);
  if (drop == nullptr || !drop->missing_ok) return;
  for (const Node* object : each(drop->objects)) {
    so_far.dropped_if_exists.emplace(drop->removeType, dropped_name(object).name);
  }
}

// What follows the statement runs only if it was not refused.
void note_empty(const Effects& effects, Catalog& catalog) {
  for (const RelationId relation : effects.without_rows) {
    if (catalog.find(relation) != nullptr) catalog.change(relation).emptied = catalog.script;
  }
}

}  // namespace

void Walker::go_on_from(Catalog catalog) {
  const std::uint32_t transaction = catalog_.transaction;
  catalog_ = std::move(catalog);
  catalog_.transaction = transaction;
}

void Walker::replay(std::span<const Script> scripts, Origin origin) { run(scripts, origin, nullptr); }

void Walker::walk(std::span<const Script> scripts, Visitor& visitor) { run(scripts, Origin::script, &visitor); }

void Walker::run(std::span<const Script> scripts, Origin origin, Visitor* const visitor_of_all) {
  ParseAhead parser(scripts, options_.jobs);
  std::optional<Catalog> before;
  const auto go_back = [&] {
    if (!before) return;
    if (visitor_of_all != nullptr) visitor_of_all->undone(catalog_);
    go_on_from(std::move(*before));
    before.reset();
  };
  AlternativeFolders folders(scripts);
  bool goes_on = false;  // in the session of the script before
  std::unordered_map<const SourceFile*, std::uint32_t> files;
  for (const Script& script : scripts) {
    const ParsedScript& parsed = parser.next();
    const std::string_view sql = script.sql();
    Visitor* const visitor = script.is_history ? nullptr : visitor_of_all;
    catalog_.origin = script.is_history && origin == Origin::script ? Origin::history : origin;
    if (!script.continues) {
      go_back();
      if (const Catalog* start = folders.start_of(script, parsed, catalog_, options_.session)) {
        if (visitor_of_all != nullptr) visitor_of_all->abandoned(catalog_);
        go_on_from(Catalog(*start));
      }
      ++script_number_;
    }
    catalog_.script = script_number_;
    const auto [file, is_new] = files.emplace(script.file.get(), file_number_ + 1);
    if (is_new) ++file_number_;
    catalog_.file = file->second;
    // What takes a migration back meets what that has left, and nothing comes after it.
    const bool is_aside = script.direction != Direction::up || script.stands_alone;
    if (is_aside && !before) before.emplace(catalog_);
    if (!goes_on && script.goes_on) {
      session_.begin_script(script.mode, parsed.statements.size());
    } else if (!goes_on) {
      session_.begin_script(script.mode, parsed.statements);
    }
    held_.begin_part(session_);
    ScriptSoFar so_far;
    so_far.ran_unseen_code = runs_unseen_sql(script);
    const bool hides_sql = script.hides_sql || so_far.ran_unseen_code;
    if (visitor != nullptr) visitor->begin(script, parsed);
    for (const Statement& statement : parsed.statements) {
      if (visitor != nullptr) {
        compute_effects(statement, {catalog_, session_, options_.pg_version, sql}, effects_);
        const std::span<const Statement> all = parsed.statements;
        const auto index = static_cast<std::size_t>(&statement - all.data());
        held_.before(statement, effects_, catalog_, session_);
        visitor->visit({script,
                        sql,
                        statement,
                        catalog_,
                        session_,
                        effects_,
                        held_,
                        options_.pg_version,
                        parsed.statements.size(),
                        all.first(index),
                        all.subspan(index + 1),
                        nullptr,
                        {},
                        options_.sizes,
                        options_.timeouts,
                        &catalog_,
                        &options_.decisions,
                        &so_far});
        note(statement, so_far);
      }
      apply(statement, sql, catalog_, session_.search_path());
      if (visitor != nullptr) note_empty(effects_, catalog_);
      run_code(script, statement, sql, {}, nullptr, visitor);
      if (is_filled_in(script, statement.range)) catalog_.complete = false;
      session_.apply(statement.node);
      if (visitor != nullptr) held_.after(effects_, session_);
    }
    if (visitor != nullptr) visitor->end(script, parsed);
    if (!parsed.errors.empty() || hides_sql) catalog_.complete = false;
    goes_on = script.goes_on;
    if (goes_on) continue;
    held_.clear();
    session_.end_script();
  }
  go_back();
}

// As run(), for the statements that a statement runs. They are a part of it: what it has to say of locks held and of
// transactions is said with it.
void Walker::run_code(const Script& script, const Statement& statement, std::string_view sql, const TextOrigin& origin,
                      const CodeFrame* code, Visitor* visitor) {
  if (!may_run_code(statement.tag(), catalog_)) return;
  for (const CodeUnit& unit : code_of(statement, sql, origin, catalog_, session_.search_path(), code)) {
    if (visitor != nullptr) {
      for (const SyntaxError& error : unit.errors) visitor->code_error(error);
      if (const auto error = unit.errors.empty() ? check_block(statement, sql, origin) : std::nullopt) {
        visitor->code_error(*error);
      }
    }
    const FunctionPath path(session_, unit);
    for (const EmbeddedStatement& embedded : unit.statements) {
      if (embedded.action == CodeAction::dynamic) catalog_.complete = false;
      if (embedded.action != CodeAction::statement) continue;
      if (visitor != nullptr) {
        Effects effects;
        compute_effects(embedded.statement,
                        {catalog_, session_, options_.pg_version, embedded.sql, &unit.frame, embedded.origin}, effects);
        visitor->visit_code({script,
                             embedded.sql,
                             embedded.statement,
                             catalog_,
                             session_,
                             effects,
                             held_,
                             options_.pg_version,
                             1,
                             {},
                             {},
                             &unit.frame,
                             embedded.origin,
                             options_.sizes,
                             options_.timeouts,
                             &catalog_,
                             &options_.decisions});
      }
      apply(embedded.statement, embedded.sql, catalog_, session_.search_path(), &unit.frame);
      run_code(script, embedded.statement, embedded.sql, embedded.origin, &unit.frame, visitor);
      session_.apply_in_code(embedded.statement.node);
    }
  }
}

}  // namespace pglatch
