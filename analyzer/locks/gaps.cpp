#include "analyzer/locks/gaps.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "analyzer/parse/access.h"
#include "analyzer/parse/constant_text.h"
#include "analyzer/parse/walk.h"
#include "analyzer/source/lexer.h"

namespace pglatch::locks {
namespace {

enum class Gaps : std::uint8_t {
  matter,    ///< or it has not been looked at
  as_names,  ///< matter where other things than names of relations may stand
  nowhere,   ///< matter nowhere, but as names of relations that are locked
  never,     ///< nor there: no such statement locks one that makes reads or writes wait
};

bool has_gap(const RangeVar* name) {
  return name != nullptr && (pglatch::has_gap(text(name->schemaname)) || pglatch::has_gap(text(name->relname)));
}

// A query does what the functions do that it calls.
bool calls_gap(const Node* query) {
  return !walk(query, [](const Node* node) {
    const auto* call = as<FuncCall>(node);
    const NameView name = call == nullptr ? NameView() : name_of(call->funcname);
    return pglatch::has_gap(name.schema) || pglatch::has_gap(name.name) ? Walk::stop : Walk::into;
  });
}

Gaps gaps_of(const Node* statement) {
  switch (statement->type) {
    case T_GrantStmt:
    case T_GrantRoleStmt:
    case T_AlterDefaultPrivilegesStmt:
    case T_CommentStmt:
    case T_CreateRoleStmt:
    case T_AlterRoleStmt:
    case T_AlterRoleSetStmt:
    case T_DropRoleStmt:
    case T_AlterDatabaseSetStmt:
    case T_CreateEnumStmt:
    case T_CreateSeqStmt:
    case T_CreateFunctionStmt:
    case T_NotifyStmt:
      return Gaps::never;
    case T_AlterEnumStmt:  // a label that is renamed is one that others use
      return as<AlterEnumStmt>(statement)->oldVal == nullptr ? Gaps::never : Gaps::matter;
    case T_CreatePolicyStmt:
    case T_AlterPolicyStmt:
    case T_CreateTrigStmt:
    case T_IndexStmt:
      return Gaps::nowhere;
    case T_CreateSchemaStmt:
      return as<CreateSchemaStmt>(statement)->schemaElts == nullptr ? Gaps::nowhere : Gaps::matter;
    case T_AlterOwnerStmt:
      return as<AlterOwnerStmt>(statement)->objectType == OBJECT_SCHEMA ? Gaps::nowhere : Gaps::matter;
    case T_VariableSetStmt:
      return text(as<VariableSetStmt>(statement)->name) == "search_path" ? Gaps::matter : Gaps::nowhere;
    case T_ViewStmt: {
      // There may be a view of that name, which OR REPLACE locks.
      const auto& view = *as<ViewStmt>(statement);
      return view.replace && has_gap(view.view) ? Gaps::matter : Gaps::nowhere;
    }
    case T_CreateStmt:
    case T_AlterTableStmt:
      return Gaps::as_names;
    case T_SelectStmt:
      return calls_gap(statement) ? Gaps::matter : Gaps::as_names;
    case T_CreateTableAsStmt:
      return calls_gap(as<CreateTableAsStmt>(statement)->query) ? Gaps::matter : Gaps::as_names;
    default:
      return Gaps::matter;
  }
}

// Every gap that is any text stands where a relation is named: after one of these words, with a schema or without.
bool are_names(std::string_view sql) {
  constexpr auto kBefore = std::to_array<std::string_view>({"table", "exists", "from", "join", "like"});
  if (sql.find(kQueryGap) != std::string_view::npos || sql.find(kMissingGap) != std::string_view::npos) return false;
  Lexer lexer(sql);
  Token before;  // what comes before the name that the last tokens are a part of
  Token last;
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    const bool is_name = token.kind == TokenKind::word || token.kind == TokenKind::quoted_identifier;
    if (!token.is('.', sql) && !last.is('.', sql)) before = last;
    if (is_name && token.of(sql).find(kTextGap) != std::string_view::npos) {
      const auto is_before = [&](std::string_view word) { return before.is_word(word, sql); };
      if (std::none_of(kBefore.begin(), kBefore.end(), is_before)) return false;
    }
    last = token;
  }
  return true;
}

bool is_live(RelationId id, const EffectsContext& context) {
  const Relation* relation = context.catalog.find(id);
  return relation == nullptr || pglatch::is_live(*relation, context.catalog, context.session);
}

}  // namespace

bool gaps_matter_little(const Node* statement, std::string_view sql) {
  const Gaps gaps = gaps_of(statement);
  return gaps >= Gaps::nowhere || (gaps == Gaps::as_names && are_names(sql));
}

bool leaves_others_alone(const Node* statement, const Effects& effects, const EffectsContext& context) {
  // There is no column, say, that has the name of a gap.
  if (effects.refused()) return gaps_of(statement) == Gaps::never && pglatch::has_gap(*effects.fails);
  if (!effects.dynamic_sql.empty()) return false;
  const bool waits = std::any_of(effects.locks.begin(), effects.locks.end(), [&](const TakenLock& lock) {
    return blocks_writes(lock.mode) && is_live(lock.relation, context);
  });
  const bool changes = std::any_of(effects.work.begin(), effects.work.end(), [&](const Work& work) {
    const bool reads = work.kind == WorkKind::scan && effects.mode_on(work.relation) <= LockMode::row_share;
    return !reads && is_live(work.relation, context);
  });
  return !waits && !changes;
}

void forget_gaps(Effects& effects, const Catalog& catalog) {
  if (effects.fails && pglatch::has_gap(*effects.fails)) effects.fails.reset();
  const auto is_gap = [&catalog](RelationId id) {
    const Relation* relation = catalog.find(id);
    return relation != nullptr && (pglatch::has_gap(relation->schema) || pglatch::has_gap(relation->name));
  };
  std::erase_if(effects.locks, [&](const TakenLock& lock) { return is_gap(lock.relation); });
  // Code has no subcommands (CodeRun::add()).
  std::erase_if(effects.work, [&](const Work& work) { return is_gap(work.relation); });
  effects.work_by.assign(effects.work.size(), 0);
}

}  // namespace pglatch::locks
