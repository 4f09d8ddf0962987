#include "analyzer/catalog/session.h"

#include <algorithm>
#include <utility>

namespace pglatch {
namespace {

const Node* without_cast(const Node* node) {
  const auto* cast = as<TypeCast>(node);
  return cast == nullptr ? node : cast->arg;
}

std::string_view string_literal(const Node* node) {
  const auto* constant = as<A_Const>(without_cast(node));
  if (constant == nullptr || constant->isnull || constant->val.node.type != T_String) return {};
  return text(constant->val.sval.sval);
}

bool is_true(const Node* node) {
  const auto* constant = as<A_Const>(without_cast(node));
  if (constant == nullptr || constant->isnull) return false;
  if (constant->val.node.type == T_Boolean) return constant->val.boolval.boolval;
  const std::string_view word = string_literal(node);
  return word == "true" || word == "t" || word == "on" || word == "yes" || word == "1";
}

// The calls of set_config() that a SELECT without FROM makes: `each_call(name, value, is_local)`, the
// value null where it is NULL, which stands for the default.
template <class Visitor>
void for_each_set_config(const SelectStmt& select, const Visitor& each_call) {
  if (select.fromClause != nullptr || select.whereClause != nullptr) return;
  for (const ResTarget* target : each<ResTarget>(select.targetList)) {
    const auto* call = as<FuncCall>(target->val);
    if (call == nullptr || name_of(call->funcname).name != "set_config") continue;
    const auto arguments = each(call->args);
    if (arguments.size() != 3) continue;
    const Node* value = without_cast(arguments[1]);
    if (as<A_Const>(value) == nullptr) continue;
    const bool to_default = as<A_Const>(value)->isnull;
    each_call(string_literal(arguments[0]), to_default ? nullptr : value, is_true(arguments[2]));
  }
}

}  // namespace

void Session::begin_script(ExecutionMode mode, std::size_t statements) {
  can_roll_back_ = true;
  start(mode, statements);
}

void Session::begin_script(ExecutionMode mode, const std::vector<Statement>& statements) {
  can_roll_back_ = std::any_of(statements.begin(), statements.end(), [](const Statement& statement) {
    const auto* control = as<TransactionStmt>(statement.node);
    return control != nullptr && (control->kind == TRANS_STMT_ROLLBACK || control->kind == TRANS_STMT_ROLLBACK_TO);
  });
  start(mode, statements.size());
}

void Session::start(ExecutionMode mode, std::size_t statements) {
  mode_ = mode;
  statements_ = statements;
  statement_ = 0;
  released_from_ = 0;
  explicit_ = false;
  lifted_lock_timeout_ = put_lock_timeout_back_ = false;
  settings_ = session_settings_ = defaults_;
  implicit_ = opens_implicitly();
  ++catalog_.transaction;
  if (implicit_) begin();
}

void Session::end_script() {
  runner_limits_locks_ = runner_limits_locks_ || put_lock_timeout_back_;
  commit();
  implicit_ = false;
  catalog_.drop_temporary();
}

void Session::note_lock_timeout(std::optional<std::int64_t> before) {
  const auto now = settings_.lock_timeout_ms;
  if (now == before) return;
  put_lock_timeout_back_ = lifted_lock_timeout_ && now.value_or(0) > 0;
  lifted_lock_timeout_ = !before && now == 0;
}

bool Session::opens_implicitly() const noexcept {
  switch (mode_) {
    case ExecutionMode::transaction:
    case ExecutionMode::pipeline:
      return true;
    case ExecutionMode::single_message:
      return statements_ > 1;
    case ExecutionMode::autocommit:
    case ExecutionMode::unknown:
      return false;
  }
  return false;
}

InTransaction Session::in_transaction() const noexcept {
  if (explicit_) return InTransaction::yes;
  // The first statement of a pipeline still runs as if it were alone.
  if (implicit_) return mode_ == ExecutionMode::pipeline && statement_ == 0 ? InTransaction::no : InTransaction::yes;
  return mode_ == ExecutionMode::unknown ? InTransaction::unknown : InTransaction::no;
}

void Session::apply(const Node* statement) {
  released_from_ = statement_ + 1;
  put_lock_timeout_back_ = false;
  switch (statement->type) {
    case T_TransactionStmt:
      control(*as<TransactionStmt>(statement));
      break;
    case T_VariableSetStmt: {
      const auto before = settings_.lock_timeout_ms;
      set(*as<VariableSetStmt>(statement));
      note_lock_timeout(before);
      break;
    }
    case T_DiscardStmt: {
      const DiscardMode target = as<DiscardStmt>(statement)->target;
      if (target == DISCARD_ALL || target == DISCARD_TEMP) catalog_.drop_temporary();
      if (target == DISCARD_ALL) settings_ = session_settings_ = defaults_;
      break;
    }
    case T_SelectStmt:
      set_config(*as<SelectStmt>(statement));
      break;
    default:
      break;
  }
  ++statement_;
  if (is_open()) return;
  if (mode_ != ExecutionMode::unknown) {
    committed_ = catalog_.transaction;
    released_from_ = 0;
  }
  ++catalog_.transaction;
}

// Transactions -----------------------------------------------------------------------------------

void Session::control(const TransactionStmt& statement) {
  switch (statement.kind) {
    case TRANS_STMT_BEGIN:
    case TRANS_STMT_START:
      // In an open transaction BEGIN only warns; a message's implicit transaction becomes a block.
      if (!is_open()) {
        begin();
        released_from_ = 0;  // a script that says BEGIN was in no transaction of its runner's
      }
      explicit_ = true;
      return;
    case TRANS_STMT_COMMIT:
    case TRANS_STMT_PREPARE:
      // Where nobody knows who opened a transaction, COMMIT still says that there is none any more.
      if (!is_open() && mode_ != ExecutionMode::unknown) return;
      commit();
      return after_transaction(statement.chain);
    case TRANS_STMT_ROLLBACK:
      released_from_ = 0;
      if (!is_open()) return;
      rollback();
      return after_transaction(statement.chain);
    case TRANS_STMT_SAVEPOINT:
      if (!is_open()) {
        if (mode_ != ExecutionMode::unknown) return;
        // Only inside a transaction block is SAVEPOINT allowed: so the runner must have opened one.
        begin();
        implicit_ = true;
      }
      savepoints_.push_back(savepoint(text(statement.savepoint_name)));
      return;
    case TRANS_STMT_RELEASE:
      if (const std::size_t index = find_savepoint(text(statement.savepoint_name)); index != 0) {
        savepoints_.resize(index);
      }
      return;
    case TRANS_STMT_ROLLBACK_TO:
      if (const std::size_t index = find_savepoint(text(statement.savepoint_name)); index != 0) {
        savepoints_.resize(index + 1);
        go_back(savepoints_.back());
      }
      return;
    case TRANS_STMT_COMMIT_PREPARED:
    case TRANS_STMT_ROLLBACK_PREPARED:
      return;
  }
}

void Session::begin() {
  savepoints_.clear();
  savepoints_.push_back(savepoint({}));
}

Session::Savepoint Session::savepoint(std::string_view name) {
  return {std::string(name), statement_, can_roll_back_ ? catalog_.mark() : Catalog::Mark{}, settings_,
          session_settings_};
}

void Session::commit() {
  released_from_ = 0;
  committed_ = catalog_.transaction;
  catalog_.commit();
  savepoints_.clear();
  settings_ = session_settings_;
}

void Session::rollback() {
  go_back(savepoints_.front());
  released_from_ = 0;
  settings_ = session_settings_;
  catalog_.commit();
  savepoints_.clear();
}

void Session::go_back(const Savepoint& savepoint) {
  catalog_.rollback_to(savepoint.mark);
  settings_ = savepoint.settings;
  session_settings_ = savepoint.session_settings;
  released_from_ = savepoint.statement + 1;
}

// A message or pipeline goes on in a new implicit transaction, a runner's BEGIN does not.
void Session::after_transaction(bool chain) {
  explicit_ = chain;
  implicit_ = mode_ != ExecutionMode::transaction && opens_implicitly();
  if (!is_open()) return;
  ++catalog_.transaction;
  begin();
}

// Index of the latest savepoint of that name; 0, which is the transaction itself, where there is none.
std::size_t Session::find_savepoint(std::string_view name) const noexcept {
  for (std::size_t index = savepoints_.size(); index > 1; --index) {
    if (savepoints_[index - 1].name == name) return index - 1;
  }
  return 0;
}

// Settings ---------------------------------------------------------------------------------------

// Outside of a transaction SET LOCAL is over with its own statement: the server warns that it has no effect. In a
// pipeline it warns of the first statement too, but the transaction goes on.
template <class Change>
void Session::change_settings(bool is_local, const Change& change) {
  if (!is_local) change(session_settings_);
  if (!is_local || is_open() || mode_ == ExecutionMode::unknown) change(settings_);
}

void Session::apply_in_code(const Node* statement) {
  if (const auto* set_statement = as<VariableSetStmt>(statement)) set(*set_statement);
  if (const auto* select = as<SelectStmt>(statement)) set_config(*select);
}

SearchPath Session::use_search_path(SearchPath path) { return std::exchange(settings_.search_path, std::move(path)); }

void Session::set_config(const SelectStmt& statement) {
  for_each_set_config(statement, [&](std::string_view name, const Node* value, bool is_local) {
    change_settings(is_local, [&](Settings& settings) {
      value == nullptr ? reset(settings, defaults_, name) : set_from_text(settings, name, string_literal(value));
    });
  });
}

void Session::set(const VariableSetStmt& statement) {
  const std::string_view name = text(statement.name);
  switch (statement.kind) {
    case VAR_SET_VALUE:
      return change_settings(statement.is_local,
                             [&](Settings& settings) { set_from_arguments(settings, name, statement.args); });
    case VAR_SET_DEFAULT:
    case VAR_RESET:
      return change_settings(statement.is_local, [&](Settings& settings) { reset(settings, defaults_, name); });
    case VAR_RESET_ALL:
      settings_ = session_settings_ = defaults_;
      return;
    case VAR_SET_CURRENT:
    case VAR_SET_MULTI:
      return;
  }
}

// Liveness ---------------------------------------------------------------------------------------

namespace {

// By the script that is being analysed.
bool is_made_here(const Relation& relation, const Catalog& catalog) {
  return relation.origin != Origin::unknown && relation.script != 0 && relation.script == catalog.script;
}

}  // namespace

bool is_live(const Relation& relation, const Catalog& catalog, const Session& session) {
  if (relation.is_index()) {
    if (const Relation* table = catalog.find(relation.index->table)) return is_live(*table, catalog, session);
  }
  if (relation.temporary) return false;
  if (!is_made_here(relation, catalog)) return true;
  return relation.has_rows && session.is_committed(relation.transaction);
}

bool holds_few_rows(const Relation& relation, const Catalog& catalog) {
  if (relation.is_index()) {
    if (const Relation* table = catalog.find(relation.index->table)) return holds_few_rows(*table, catalog);
  }
  const bool emptied = relation.emptied != 0 && relation.emptied == catalog.script;
  return !relation.filled && (emptied || is_made_here(relation, catalog));
}

}  // namespace pglatch
