#include "analyzer/parse/plpgsql.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "analyzer/base/ascii.h"
#include "analyzer/parse/nodes.h"
#include "analyzer/parse/plpgsql_tokens.h"

namespace pglatch {
namespace {

// Recursive descent. Function names are those of pl_gram.y where that has them.
class Reader : private PlpgsqlTokens {
 public:
  explicit Reader(std::string_view body) : PlpgsqlTokens(body) {}

  PlpgsqlCode read() {
    skip_options();
    block(0);
    accept(';');
    if (!failed() && token().kind != TokenKind::end) fail();
    return std::move(code_);
  }

 private:
  // Blocks -----------------------------------------------------------------------------------------

  // "#variable_conflict use_column" and the like, before the block.
  void skip_options() {
    while (accept('#')) at_ += 2;
    at_ = std::min(at_, tokens_.size() - 1);
  }

  void label() {
    if (!is_pair('<', '<')) return;
    at_ += 2;
    if (!is_name()) return fail();
    ++at_;
    if (!is_pair('>', '>')) return fail();
    at_ += 2;
  }

  void block(int depth) {
    label();
    // EXIT may leave a block with a label; a variable that is declared hides another one.
    const bool is_plain = is("begin") && (at_ == 0 || !tokens_[at_ - 1].is('>', body_));
    flow(PlpgsqlFlowKind::fork);
    if (accept("declare")) declarations();
    expect("begin");
    const std::uint32_t outer = guard_;
    const std::size_t first = code_.pieces.size();
    code_.guards.push_back(outer);
    guard_ = static_cast<std::uint32_t>(code_.guards.size());
    const bool dead = dead_;
    statements(depth + 1);
    const std::uint32_t own = std::exchange(guard_, outer);
    if (accept("exception")) {
      // An error may come before the end of the body, and what ended it may have been an error.
      if (dead_ && !dead) returned_ = left_ = true;
      dead_ = dead;
      handlers(depth + 1);
    } else {
      // Nothing is caught: what stands in the block stands in the one around it.
      for (std::size_t i = first; i < code_.pieces.size(); ++i) {
        if (code_.pieces[i].guard == own) code_.pieces[i].guard = outer;
      }
      for (std::size_t i = own; i < code_.guards.size(); ++i) {
        if (code_.guards[i] == own) code_.guards[i] = outer;
      }
    }
    flow(PlpgsqlFlowKind::join, is_plain);
    expect("end");
    if (is_name() && !is_any({"loop", "if", "case"})) ++at_;
  }

  void handlers(int depth) {
    ++conditional_;
    while (!failed() && accept("when")) {
      flow(PlpgsqlFlowKind::handler);
      skip_to({"then"});
      expect("then");
      statements(depth);
    }
    --conditional_;
  }

  void declarations() {
    while (!failed() && !is("begin")) {
      if (at_end()) return fail();
      if (accept("declare")) continue;
      if (is_pair('<', '<')) return fail();
      declaration();
    }
  }

  void declaration() {
    const std::size_t name = at_;
    if (!is_name()) return fail();
    ++at_;
    std::size_t ahead = is("no") ? 1 : 0;
    if (is("scroll", ahead)) ++ahead;
    if (is("cursor", ahead)) {
      at_ += ahead + 1;
      return cursor(name);
    }
    declare(name);
    skip_to({"default"}, ";:=");
    if (failed() || accept(';')) return;
    accept(':');
    if (!accept('=')) expect("default");
    const std::size_t first = at_;
    skip_to({}, ";");
    add_expression(first, at_);
    set(name, first, at_);
    expect(';');
  }

  // name CURSOR [(arguments)] FOR query: it runs when the cursor is opened.
  void cursor(std::size_t name) {
    skip_to({"for", "is"});
    if (failed()) return;
    ++at_;
    const std::size_t first = at_;
    skip_to({}, ";");
    if (first == at_) return fail();
    cursors_.push_back({tokens_[name].of(body_), first, at_});
    expect(';');
  }

  struct Cursor {
    std::string_view name;
    std::size_t first, last;  // tokens of its query
  };

  // The cursor of that name which was declared last; null where there is none.
  [[nodiscard]] const Cursor* find_cursor(const Token& name) const {
    for (auto cursor = cursors_.rbegin(); cursor != cursors_.rend(); ++cursor) {
      if (equal_ignoring_case(name.of(body_), cursor->name)) return &*cursor;
    }
    return nullptr;
  }

  void open_cursor(const Token& name) {
    if (const Cursor* cursor = find_cursor(name)) add(PlpgsqlKind::statement, cursor->first, cursor->last);
  }

  // Statements -------------------------------------------------------------------------------------

  // Up to what ends a list of statements: END, ELSE, ELSIF, WHEN, EXCEPTION.
  void statements(int depth) {
    if (depth > kMaxPlpgsqlDepth) {
      code_.error = PlpgsqlError{token().range, "the code is nested too deeply"};
      at_ = tokens_.size() - 1;
      return;
    }
    while (!failed() && !is_any({"end", "else", "elsif", "elseif", "when", "exception"})) {
      if (at_end()) return fail();
      statement(depth);
    }
  }

  void statement(int depth) {
    const bool labelled = is_pair('<', '<');
    if (labelled) label();
    if (is("declare") || is("begin")) {
      block(depth);
      return expect(';');
    }
    if (is("loop") || is("while") || is("for") || is("foreach")) return loop(depth);
    if (is_assignment()) return assignment();
    if (accept("if")) return if_statement(depth);
    if (accept("case")) return case_statement(depth);
    if (accept("exit") || accept("continue")) return exit_statement();
    if (accept("return")) return return_statement();
    if (accept("raise")) return raise();
    if (accept("assert")) {
      expressions_to({}, ";");
      return expect(';');
    }
    if (accept("execute")) {
      execute(false);
      return expect(';');
    }
    if (is("perform")) return perform();
    if (accept("open")) return open();
    if (is_any({"get", "fetch", "move", "close"})) {
      const std::size_t first = at_;
      skip_to({}, ";");
      if (!failed()) forget(first, at_);
      return expect(';');
    }
    if (accept("null")) return expect(';');
    if (is("commit") || is("rollback")) {
      const std::size_t first = at_;
      const PlpgsqlKind kind = is("commit") ? PlpgsqlKind::commit : PlpgsqlKind::rollback;
      skip_to({}, ";");
      add(kind, first, at_);
      return expect(';');
    }
    sql();
  }

  // variable [.field] [subscript] … := expression. A word that begins a statement may be a variable's name as well.
  [[nodiscard]] bool is_assignment() const noexcept {
    if (!is_name() && token().kind != TokenKind::parameter) return false;
    return is('.', 1) || is('[', 1) || is('=', 1) || is_pair(':', '=', 1);
  }

  void assignment() {
    const std::size_t name = at_;
    skip_to({}, ":=");
    if (failed()) return;
    const bool is_whole = at_ == name + 1;
    if (!is_whole) forget(name, at_);
    accept(':');
    expect('=');
    const std::size_t first = at_;
    expression_to({}, ";");
    if (is_whole) set(name, first, at_);
    expect(';');
  }

  void if_statement(int depth) {
    expression_to({"then"});
    expect("then");
    ++conditional_;
    flow(PlpgsqlFlowKind::fork);
    statements(depth + 1);
    while (!failed() && (accept("elsif") || accept("elseif"))) {
      flow(PlpgsqlFlowKind::way);
      expression_to({"then"});
      expect("then");
      statements(depth + 1);
    }
    flow(PlpgsqlFlowKind::join, otherwise(depth));
    --conditional_;
    expect("end");
    expect("if");
    expect(';');
  }

  void case_statement(int depth) {
    if (!is("when")) expression_to({"when"});
    ++conditional_;
    flow(PlpgsqlFlowKind::fork);
    for (bool first = true; !failed() && accept("when"); first = false) {
      if (!first) flow(PlpgsqlFlowKind::way);
      expressions_to({"then"}, {});
      expect("then");
      statements(depth + 1);
    }
    otherwise(depth);
    flow(PlpgsqlFlowKind::join, true);  // without ELSE it is an error to come to none
    --conditional_;
    expect("end");
    expect("case");
    expect(';');
  }

  bool otherwise(int depth) {
    if (!accept("else")) return false;
    flow(PlpgsqlFlowKind::way);
    statements(depth + 1);
    return true;
  }

  // LOOP runs once at least, the others perhaps not at all. What EXIT leaves is the loop.
  void loop(int depth) {
    const bool left = left_;
    const bool certain = is("loop");
    if (accept("while")) expression_to({"loop"});
    if (accept("for")) for_head();
    if (accept("foreach")) {
      skip_target({"array"});
      expect("array");
      expression_to({"loop"});
    }
    expect("loop");
    conditional_ += certain ? 0 : 1;
    flow(PlpgsqlFlowKind::loop);
    statements(depth + 1);
    flow(PlpgsqlFlowKind::join);
    conditional_ -= certain ? 0 : 1;
    left_ = left || returned_;
    expect("end");
    expect("loop");
    if (is_name()) ++at_;
    expect(';');
  }

  // FOR target IN: a range of integers, EXECUTE, a cursor or a query.
  void for_head() {
    skip_target({"in"});
    expect("in");
    accept("reverse");
    if (accept("execute")) return execute(true);
    const std::size_t first = at_;
    const Token name = token();
    skip_to({"loop"}, ".");
    if (failed()) return;
    if (is('.')) {
      add_expression(first, at_);
      at_ += 2;
      expression_to({"loop", "by"});
      if (accept("by")) expression_to({"loop"});
      return;
    }
    if (first == at_) return fail();
    const bool one_word = at_ == first + 1 || tokens_[first + 1].is('(', body_);
    if (one_word && find_cursor(name) != nullptr) {
      add_arguments(first + 1, at_);
      return open_cursor(name);
    }
    add(PlpgsqlKind::statement, first, at_);
  }

  void exit_statement() {
    if (is_name() && !is("when")) ++at_;
    if (accept("when")) expression_to({}, ";");
    expect(';');
    left_ = true;
  }

  void return_statement() {
    if (accept("next")) {
      if (!is(';')) expression_to({}, ";");
      return expect(';');
    }
    if (accept("query")) {
      if (accept("execute")) {
        execute(false);
      } else {
        query();
      }
      return expect(';');
    }
    if (!is(';')) expression_to({}, ";");
    expect(';');
    leave();
  }

  // Nothing after this point of the function runs, if it is come to.
  void leave() {
    if (is_conditional()) {
      returned_ = left_ = true;
    } else {
      dead_ = true;
    }
  }

  // RAISE [level] ['format' [, expression …]] [USING option = expression, …]; nothing after an exception is reached.
  void raise() {
    const bool continues = is_any({"debug", "log", "info", "notice", "warning"});
    skip_to({"using"}, ",;");
    if (accept(',')) expressions_to({"using"}, ";");
    if (accept("using")) {
      do {
        skip_to({}, "=:;");
        accept(':');
        expect('=');
        expression_to({}, ",;");
      } while (!failed() && accept(','));
    }
    expect(';');
    if (!continues && !is_conditional()) dead_ = true;
  }

  // EXECUTE expression [INTO target] [USING expression, …], up to a semicolon or the LOOP of FOR.
  void execute(bool of_loop) {
    const std::size_t first = at_;
    skip_to_clause(of_loop);
    if (failed()) return;
    if (first == at_) return fail();
    const std::size_t last = at_;
    std::vector<std::pair<std::size_t, std::size_t>> targets;
    while (!failed() && (is("into") || is("using"))) {
      const bool expressions = is("using");
      const std::size_t clause = ++at_;
      skip_to_clause(of_loop);
      if (failed()) continue;
      if (expressions) add_list(clause, at_);
      if (!expressions) targets.emplace_back(clause, at_);
    }
    add_expression(first, last);
    add(PlpgsqlKind::execute, first, last);
    for (const auto& target : targets) forget(target.first, target.second);
  }

  void skip_to_clause(bool of_loop) {
    if (of_loop) {
      skip_to({"into", "using", "loop"});
    } else {
      skip_to({"into", "using"}, ";");
    }
  }

  // PERFORM stands for SELECT: PostgreSQL writes that over it, and so do we.
  void perform() {
    const std::size_t first = at_++;
    skip_to({}, ";");
    if (failed()) return;
    code_.text.replace(tokens_[first].range.start, 7, "SELECT ");
    add(PlpgsqlKind::statement, first, at_);
    expect(';');
  }

  // OPEN cursor [[NO] SCROLL] FOR query | FOR EXECUTE … | [(arguments)].
  void open() {
    const Token name = token();
    ++at_;
    accept("no");
    accept("scroll");
    if (accept("for")) {
      if (accept("execute")) {
        execute(false);
      } else {
        query();
      }
      return expect(';');
    }
    const std::size_t first = at_;
    skip_to({}, ";");
    if (failed()) return;
    add_arguments(first, at_);
    open_cursor(name);
    expect(';');
  }

  void query() {
    const std::size_t first = at_;
    skip_to({}, ";");
    if (failed()) return;
    if (first == at_) return fail();
    add(PlpgsqlKind::statement, first, at_);
  }

  // An SQL statement; its INTO is PL/pgSQL's (make_execsql_stmt()). The body of CREATE FUNCTION … BEGIN ATOMIC holds
  // semicolons.
  void sql() {
    const std::size_t first = at_;
    const bool has_atomic_body = is("create");
    const bool imports = is("import");
    int depth = 0;
    int bodies = 0;
    for (; !at_end(); ++at_) {
      if (is('(')) ++depth;
      if (is(')')) --depth;
      if (has_atomic_body && is("begin") && is("atomic", 1)) ++bodies;
      if (bodies > 0 && is("case")) ++bodies;
      if (bodies > 0 && is("end")) --bodies;
      if (is(';') && depth <= 0 && bodies == 0) break;
      if (is("into") && at_ > first && !imports && !tokens_[at_ - 1].is_word("insert", body_) &&
          !tokens_[at_ - 1].is_word("merge", body_)) {
        into();
      }
    }
    if (at_end() || first == at_) return fail();
    add(PlpgsqlKind::statement, first, at_);
    if (tokens_[first].is_word("call", body_)) forget(first, at_);
    expect(';');
  }

  // INTO [STRICT] variable [, …]; stays on the last of its tokens.
  void into() {
    const std::size_t first = at_++;
    accept("strict");
    for (;;) {
      if (!is_name() && token().kind != TokenKind::parameter) return fail();
      while (is('.', 1)) at_ += 2;
      if (!is(',', 1)) break;
      at_ += 2;
    }
    blank(first, at_ + 1);
    forget(first, at_ + 1);
  }

  std::vector<Cursor> cursors_;
};

}  // namespace

PlpgsqlCode read_plpgsql(std::string_view body) { return Reader(body).read(); }

std::optional<std::string> check_plpgsql(std::string_view sql) {
  PgQueryPlpgsqlParseResult result = pg_query_parse_plpgsql(sql.data());
  std::optional<std::string> message;
  if (result.error != nullptr) {
    const std::string_view said = result.error->message == nullptr ? "" : result.error->message;
    if (said.rfind("syntax error", 0) == 0) message = said.substr(0, said.find_first_of("\r\n"));
  }
  pg_query_free_plpgsql_parse_result(result);
  return message;
}

}  // namespace pglatch
