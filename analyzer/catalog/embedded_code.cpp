#include "analyzer/catalog/embedded_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "analyzer/catalog/call_arguments.h"
#include "analyzer/catalog/code_reader.h"
#include "analyzer/parse/access.h"
#include "analyzer/parse/walk.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// Calls nested deeper than this, and statements beyond that many, are not followed.
constexpr std::uint32_t kMaxDepth = 8;
constexpr std::uint32_t kMaxStatements = 5000;

// What a statement's code is found in, and the units so far.
class Finder {
 public:
  Finder(const Statement& statement, std::string_view sql, const TextOrigin& origin, const Catalog& catalog,
         const SearchPath& path, const CodeFrame* frame)
      : statement_(statement), sql_(sql), origin_(origin), catalog_(catalog), path_(path), caller_(frame) {}

  std::vector<CodeUnit> find() {
    switch (statement_.tag()) {
      case T_DoStmt:
        block(*as<DoStmt>(statement_.node));
        break;
      case T_CallStmt:
        calls(statement_.node, false);
        break;
      case T_ExecuteStmt:
        prepared(*as<ExecuteStmt>(statement_.node));
        break;
      case T_ExplainStmt:
        explained(*as<ExplainStmt>(statement_.node));
        break;
      case T_CopyStmt:
        calls(as<CopyStmt>(statement_.node)->query, false);
        break;
      case T_CreateTableAsStmt:
        create_table_as(*as<CreateTableAsStmt>(statement_.node));
        break;
      default:
        calls(statement_.node, statement_.tag() == T_UpdateStmt || statement_.tag() == T_DeleteStmt);
        break;
    }
    return std::move(units_);
  }

 private:
  CodeUnit& add_unit(std::string function, bool in_function) {
    CodeUnit& unit = units_.emplace_back();
    unit.frame.caller = caller_;
    unit.frame.function = std::move(function);
    if (caller_ == nullptr) {
      unit.frame.in_function = in_function;
      unit.frame.statement = origin_.in_script(statement_.range);
      if (!statements_left_) statements_left_ = std::make_shared<std::uint32_t>(kMaxStatements);
      unit.frame.statements_left = statements_left_;
    } else {
      unit.frame.in_function = in_function || caller_->in_function;
      unit.frame.statement = caller_->statement;
      unit.frame.depth = caller_->depth + 1;
      unit.frame.statements_left = caller_->statements_left;
    }
    return unit;
  }

  [[nodiscard]] TextOrigin elsewhere() const { return {false, 0, origin_.in_script(statement_.range)}; }

  // A text that the statement quotes. Where it stands there as it is, its places are known.
  [[nodiscard]] TextOrigin quoted(std::string_view text) const {
    const std::size_t at = statement_.range.of(sql_).rfind(text);
    if (!origin_.verbatim || at == std::string_view::npos) return elsewhere();
    return {true, origin_.shift + statement_.range.start + static_cast<std::int64_t>(at), {}};
  }

  // Nothing that cannot end the transaction stands in between (ExecuteCallStmt(), its `atomic`).
  [[nodiscard]] bool can_commit() const { return caller_ == nullptr || caller_->may_commit; }

  [[nodiscard]] bool too_deep() const { return caller_ != nullptr && caller_->depth >= kMaxDepth; }

  void block(const DoStmt& statement) {
    std::string_view language = "plpgsql";
    std::string_view body;
    for (const DefElem* option : each<DefElem>(statement.args)) {
      if (text(option->defname) == "language") language = string_value(option->arg);
      if (text(option->defname) == "as") body = string_value(option->arg);
    }
    CodeUnit& unit = add_unit({}, true);
    unit.frame.may_commit = can_commit();
    const TextOrigin origin = quoted(body);
    CodeReader reader(unit, origin, elsewhere().whole);
    if (language != "plpgsql" || too_deep()) return reader.unreadable();
    reader.plpgsql(body);
  }

  // EXECUTE of a prepared statement: its text was kept by PREPARE.
  void prepared(const ExecuteStmt& statement) {
    const auto found = catalog_.prepared.find(text(statement.name));
    if (found == catalog_.prepared.end()) return;
    CodeUnit& unit = add_unit({}, false);
    CodeReader reader(unit, elsewhere(), elsewhere().whole);
    if (too_deep()) return reader.unreadable();
    reader.sql(found->second);
  }

  void create_table_as(const CreateTableAsStmt& statement) {
    if (const auto* execute = as<ExecuteStmt>(statement.query)) return prepared(*execute);
    if (catalog_.has_functions()) calls(statement.query, false);
  }

  // EXPLAIN ANALYZE runs its statement, which has a tree already.
  void explained(const ExplainStmt& statement) {
    if (!runs_query(statement)) return;
    CodeUnit& unit = add_unit({}, false);
    unit.statements.push_back(
        {CodeAction::statement, {statement.query, statement_.range, statement_.base}, sql_, origin_, false, 0});
  }

  // The functions that an expression or query calls. They may not be come to behind a condition, or for want of rows.
  void calls(const Node* node, bool conditional) {
    walk(node, [&](const Node* child) {
      if (const auto* call = as<FuncCall>(child)) function(*call, conditional);
      if (const auto* call = as<CallStmt>(child)) function(*call->funccall, conditional);
      conditional = conditional || decides(child);
      return Walk::into;
    });
  }

  static bool decides(const Node* node) {
    if (const auto* select = as<SelectStmt>(node)) {
      const auto from = each(select->fromClause);
      return select->whereClause != nullptr ||
             std::any_of(from.begin(), from.end(), [](const Node* item) { return item->type != T_RangeFunction; });
    }
    return node->type == T_CaseExpr || node->type == T_CoalesceExpr || node->type == T_BoolExpr ||
           node->type == T_SubLink;
  }

  void function(const FuncCall& call, bool conditional) {
    const NameView name = name_of(call.funcname);
    if (name.schema == "pg_catalog") return;
    const FunctionObject* last = catalog_.find_function(name, path_);
    const FunctionObject* found = last == nullptr ? nullptr : called_function(*last, call);
    if (found == nullptr || found->returns_trigger || found->body.empty()) return;
    if (found->language != "plpgsql" && found->language != "sql") return;
    std::string id = std::string(name.schema) + '.' + std::string(name.name);
    if (found->overloaded) id += fmt::format("({})", std::hash<std::string>()(found->definition));
    if (is_running(id)) return;
    // Called again it does nothing that it has not done already, unless its arguments make it.
    const bool depends_on_arguments = !each(call.args).empty() && executes_text(found->body);
    if (!depends_on_arguments && has_run(id)) return;
    CodeUnit& unit = add_unit(std::move(id), true);
    unit.conditional = conditional;
    unit.frame.may_commit = found->is_procedure && can_commit();
    if (found->sets_search_path) unit.search_path = found->search_path;
    const TextOrigin origin = origin_of(*found);
    CodeReader reader(unit, origin, elsewhere().whole);
    if (too_deep()) return reader.unreadable();
    if (found->body_is_sql) {
      reader.sql_body(found->body);
    } else if (found->language == "sql") {
      reader.sql(found->body);
    } else {
      if (depends_on_arguments) reader.set_parameters(text_arguments(*found, call));
      reader.plpgsql(found->body);
    }
    // CREATE FUNCTION has checked it: what is wrong is that we cannot read it.
    if (unit.broken) {
      unit.broken = false;
      unit.errors.clear();
      reader.unreadable();
    }
  }

  // Else what it does is the same whatever its arguments are, as far as it is followed.
  static bool executes_text(std::string_view body) {
    Lexer lexer(body);
    for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
      if (token.is_word("execute", body)) return true;
    }
    return false;
  }

  // A function that calls itself does nothing that it has not done already.
  [[nodiscard]] bool is_running(std::string_view function) const {
    for (const CodeFrame* frame = caller_; frame != nullptr; frame = frame->caller) {
      if (frame->function == function) return true;
    }
    return false;
  }

  [[nodiscard]] bool has_run(std::string_view function) const {
    return std::any_of(units_.begin(), units_.end(),
                       [function](const CodeUnit& unit) { return unit.frame.function == function; });
  }

  [[nodiscard]] TextOrigin origin_of(const FunctionObject& function) const {
    const bool here = function.definition_in_script && function.origin == Origin::script &&
                      function.script == catalog_.script && function.file == catalog_.file &&
                      catalog_.origin == Origin::script;
    const std::size_t at = here ? function.definition.rfind(function.body) : std::string::npos;
    if (at == std::string::npos) return elsewhere();
    return {true, function.definition_start + static_cast<std::int64_t>(at), {}};
  }

  const Statement& statement_;
  std::string_view sql_;
  const TextOrigin& origin_;
  const Catalog& catalog_;
  const SearchPath& path_;
  const CodeFrame* caller_;
  std::shared_ptr<std::uint32_t> statements_left_;
  std::vector<CodeUnit> units_;
};

}  // namespace

ByteRange TextOrigin::in_script(ByteRange range) const noexcept {
  if (!verbatim) return whole;
  const auto moved = [this](std::uint32_t offset) { return static_cast<std::uint32_t>(offset + shift); };
  return {moved(range.start), moved(range.end)};
}

bool runs_query(const ExplainStmt& statement) {
  bool analyze = false;
  for (const DefElem* option : each<DefElem>(statement.options)) {
    if (text(option->defname) != "analyze") continue;
    const std::string_view word = string_value(option->arg);
    const auto* number = as<Integer>(option->arg);
    analyze = word != "off" && word != "false" && (number == nullptr || number->ival != 0);
  }
  return analyze;
}

namespace {

// The token that a message is about, `syntax error at or near "token"`, where a text has it only once.
std::optional<ByteRange> only_token(std::string_view text, std::string_view message) {
  const std::size_t open = message.find('"');
  if (open == std::string_view::npos || message.back() != '"') return {};
  const std::string_view wanted = message.substr(open + 1, message.size() - open - 2);
  std::optional<ByteRange> found;
  Lexer lexer(text);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (token.of(text) != wanted) continue;
    if (found) return {};
    found = token.range;
  }
  return found;
}

}  // namespace

std::optional<SyntaxError> check_block(const Statement& statement, std::string_view sql, const TextOrigin& origin) {
  if (statement.tag() != T_DoStmt) return {};
  const std::string block(statement.range.of(sql));
  const std::optional<std::string> message = check_plpgsql(block);
  if (!message) return {};
  const ByteRange whole = origin.in_script(statement.range);
  SyntaxError error{whole, whole, *message};
  Lexer lexer(sql, statement.range.start);
  for (Token token = lexer.next_code(); token.range.start < statement.range.end; token = lexer.next_code()) {
    if (token.kind == TokenKind::end) break;
    if (token.kind != TokenKind::dollar_string) continue;
    // Past the opening quote, up to the closing one: what is in between has tokens of its own.
    const auto quote = static_cast<std::uint32_t>(token.of(sql).find('$', 1) + 1);
    const ByteRange body{token.range.start + quote, token.range.end - quote};
    if (const auto where = only_token(body.of(sql), *message)) {
      error.where = origin.in_script({body.start + where->start, body.start + where->end});
    }
  }
  return error;
}

std::vector<CodeUnit> code_of(const Statement& statement, std::string_view sql, const TextOrigin& origin,
                              const Catalog& catalog, const SearchPath& path, const CodeFrame* frame) {
  return Finder(statement, sql, origin, catalog, path, frame).find();
}

}  // namespace pglatch
