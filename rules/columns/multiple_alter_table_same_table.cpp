#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

// Two ALTER TABLEs as the one that has the subcommands of both. The trees stay where they are.
class Combined {
 public:
  Combined(const AlterTableStmt& first, const AlterTableStmt& second) : statement_(first), commands_(*first.cmds) {
    for (const List* list : {first.cmds, second.cmds}) {
      cells_.insert(cells_.end(), list->elements, list->elements + list->length);
    }
    commands_.elements = cells_.data();
    commands_.length = static_cast<int>(cells_.size());
    commands_.max_length = commands_.length;
    statement_.cmds = &commands_;
  }
  Combined(const Combined&) = delete;
  Combined& operator=(const Combined&) = delete;
  [[nodiscard]] const Node* node() const { return reinterpret_cast<const Node*>(&statement_); }

 private:
  AlterTableStmt statement_;
  std::vector<ListCell> cells_;
  List commands_;  // ends in a flexible array, so it comes last
};

bool is_pass(const Work& work) { return work.kind == WorkKind::rewrite || work.kind == WorkKind::scan; }

// Subcommands that may go through the table. Whether they do is the lock model's to say; this only spares asking it.
bool may_go_through(const AlterTableStmt& statement) {
  for (const AlterTableCmd* command : each<AlterTableCmd>(statement.cmds)) {
    switch (command->subtype) {
      case AT_AddConstraint: {
        const auto* constraint = as<Constraint>(command->def);
        if (constraint != nullptr && constraint->contype != CONSTR_FOREIGN && !constraint->skip_validation) return true;
        break;
      }
      case AT_AddColumn:
      case AT_AlterColumnType:
      case AT_SetAccessMethod:
      case AT_SetExpression:
      case AT_SetLogged:
      case AT_SetNotNull:
      case AT_SetUnLogged:
      case AT_ValidateConstraint:
        return true;
      default:
        break;
    }
  }
  return false;
}

// How often a live table is gone through.
std::size_t passes(const StatementContext& context, const Effects& effects, WorkKind kind) {
  std::vector<RelationId> seen;
  for (const Work& work : effects.work) {
    if (work.kind != kind || !context.is_live(work.relation)) continue;
    if (std::find(seen.begin(), seen.end(), work.relation) == seen.end()) seen.push_back(work.relation);
  }
  return seen.size();
}

// All three lock the same live relations in the same way: nobody waits for more than before.
bool same_locks(const StatementContext& context, const Effects& a, const Effects& b) {
  const auto within = [&](const Effects& one, const Effects& other) {
    return std::all_of(one.locks.begin(), one.locks.end(), [&](const TakenLock& lock) {
      return lock.reason == LockReason::index || !context.is_live(lock.relation) ||
             other.mode_on(lock.relation) == lock.mode;
    });
  };
  return within(a, b) && within(b, a);
}

void name_objects(const AlterTableCmd& command, std::vector<std::string>& names) {
  if (command.name != nullptr) names.emplace_back(text(command.name));
  const auto* column = as<ColumnDef>(command.def);
  if (column != nullptr && column->colname != nullptr) names.emplace_back(text(column->colname));
  const auto* constraint = as<Constraint>(command.def);
  if (constraint == nullptr) return;
  if (constraint->conname != nullptr) names.emplace_back(text(constraint->conname));
  // A CHECK can prove what a subcommand on its columns would look for.
  for (std::string& mentioned : columns_of(constraint->raw_expr)) names.push_back(std::move(mentioned));
  for (const List* keys : {constraint->keys, constraint->fk_attrs}) {
    for (const Node* key : each(keys)) names.emplace_back(string_value(key));
  }
}

// What a subcommand names: a statement may need what the one before it leaves.
std::vector<std::string> names_of(const AlterTableStmt& statement) {
  std::vector<std::string> names;
  for (const AlterTableCmd* command : each<AlterTableCmd>(statement.cmds)) name_objects(*command, names);
  return names;
}

bool are_independent(const AlterTableStmt& a, const AlterTableStmt& b) {
  const auto names = names_of(a);
  const auto others = names_of(b);
  return std::none_of(names.begin(), names.end(), [&](const std::string& name) {
    return std::find(others.begin(), others.end(), name) != others.end();
  });
}

// The next statement, where it is an ALTER TABLE of the same table that could be part of this one.
const AlterTableStmt* continuation(const StatementContext& context, const AlterTableStmt& statement) {
  if (context.following.empty()) return nullptr;
  const auto* next = as<AlterTableStmt>(context.following.front().node);
  if (next == nullptr || next->objtype != statement.objtype || next->missing_ok != statement.missing_ok) return nullptr;
  if (next->relation->inh != statement.relation->inh) return nullptr;
  const NameView a = name_of(statement.relation);
  const NameView b = name_of(next->relation);
  return a.name == b.name && a.schema == b.schema ? next : nullptr;
}

// What is saved, in words; empty where nothing is.
std::string_view saving(const StatementContext& context, const AlterTableStmt& statement, const AlterTableStmt& next) {
  const Effects& first = context.effects;
  const bool works = std::any_of(first.work.begin(), first.work.end(), is_pass);
  if (works && !may_go_through(next)) return {};
  // In one transaction the second lock is held already.
  if (!works && (!first.work.empty() || context.session.in_transaction() != InTransaction::no)) return {};
  if (!are_independent(statement, next)) return {};

  const Combined combined(statement, next);
  const Effects both = context.effects_of({combined.node(), context.statement.range, context.statement.base});
  // That it comes second makes no difference: the two name nothing in common.
  const Effects second = context.effects_of(context.following.front());
  if (both.fails || first.fails || second.fails || !same_locks(context, first, second) ||
      !same_locks(context, first, both)) {
    return {};
  }
  if (!works) return both.work.empty() && second.work.empty() ? "lock it twice" : "";
  if (both.has_work(WorkKind::validate_fk)) return {};
  for (const auto& [kind, what] : {std::pair{WorkKind::rewrite, "write all of it anew twice"},
                                   std::pair{WorkKind::scan, "read all of it twice"}}) {
    const std::size_t once = passes(context, first, kind);
    if (once > 0 && passes(context, second, kind) == once && passes(context, both, kind) == once) return what;
  }
  return {};
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto* statement = as<AlterTableStmt>(context.statement.node);
  const AlterTableStmt* next = continuation(context, *statement);
  if (next == nullptr || context.effects.refused()) return;
  const Relation* target = find_relation(context, statement->relation);
  const RelationId table = target == nullptr ? kNoRelation : target->id;
  if (target == nullptr || !context.is_live(table)) return;
  const std::string_view what = saving(context, *statement, *next);
  if (what.empty()) return;

  const ByteRange range = leading_words(context, {"alter", "table", "if", "exists", "only"});
  Finding finding = make_finding(context, rule, range, table);
  finding.message = fmt::format(
      "This ALTER TABLE of {} and the next one {}, where one statement would do it once. Each of them takes a lock "
      "that blocks {}.",
      context.name(table), what, blocks(context.effects.mode_on(table)));
  finding.help =
      fmt::format("Put the subcommands of both into one statement: ALTER TABLE {} …, …;", context.name(table));
  finding.related.push_back(
      {first_line(context.sql, context.following.front().range), "this could be a part of the statement before"});
  finding.once_a_script = true;
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kMultipleAlterTableSameTable;
const Rule kMultipleAlterTableSameTable{
    "multiple-alter-table-same-table",
    "columns",
    Severity::info,
    "Two ALTER TABLE of one table in a row rewrite, read or lock it twice, where one would do it once.",
    kNodes,
    check};

}  // namespace pglatch
