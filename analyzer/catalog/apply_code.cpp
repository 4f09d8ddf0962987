// Statements that run other statements, and those that keep one for later: PREPARE and DECLARE CURSOR.
#include <string>
#include <utility>

#include "analyzer/catalog/apply.h"
#include "analyzer/catalog/apply_families.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// The rest of a statement after the first of that keyword outside of parentheses.
std::string_view after_keyword(std::string_view statement, std::string_view keyword) {
  Lexer lexer(statement);
  int depth = 0;
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (token.is('(', statement)) ++depth;
    if (token.is(')', statement)) --depth;
    if (depth == 0 && token.is_word(keyword, statement)) return statement.substr(token.range.end);
  }
  return {};
}

}  // namespace

namespace applying {

void prepare(const Context& context, const PrepareStmt& statement) {
  context.catalog.prepared[std::string(text(statement.name))] =
      after_keyword(context.statement.range.of(context.sql), "as");
}

void declare_cursor(const Context& context, const DeclareCursorStmt& statement) {
  context.catalog.cursors[std::string(text(statement.portalname))] =
      after_keyword(context.statement.range.of(context.sql), "for");
}

void deallocate(const Context& context, const DeallocateStmt& statement) {
  if (statement.name == nullptr) {
    context.catalog.prepared.clear();
  } else {
    context.catalog.prepared.erase(std::string(text(statement.name)));
  }
}

void close_cursor(const Context& context, const ClosePortalStmt& statement) {
  if (statement.portalname == nullptr) {
    context.catalog.cursors.clear();
  } else {
    context.catalog.cursors.erase(std::string(text(statement.portalname)));
  }
}

}  // namespace applying

namespace {

void apply_code(const Statement& statement, std::string_view sql, const TextOrigin& origin, Catalog& catalog,
                Session& session, const CodeFrame* frame) {
  if (!may_run_code(statement.tag(), catalog)) return;
  for (const CodeUnit& unit : code_of(statement, sql, origin, catalog, session.search_path(), frame)) {
    const FunctionPath path(session, unit);
    for (const EmbeddedStatement& embedded : unit.statements) {
      if (embedded.action == CodeAction::dynamic) catalog.complete = false;
      if (embedded.action != CodeAction::statement) continue;
      apply(embedded.statement, embedded.sql, catalog, session.search_path(), &unit.frame);
      apply_code(embedded.statement, embedded.sql, embedded.origin, catalog, session, &unit.frame);
      session.apply_in_code(embedded.statement.node);
    }
  }
}

}  // namespace

void apply(const Statement& statement, std::string_view sql, Catalog& catalog, const Session& session,
           const TextOrigin& origin, const CodeFrame* code) {
  apply(statement, sql, catalog, session.search_path(), code);
  if (!may_run_code(statement.tag(), catalog)) return;
  Session inside(session);
  apply_code(statement, sql, origin, catalog, inside, code);
}

FunctionPath::FunctionPath(Session& session, const CodeUnit& unit) : session_(session) {
  if (unit.search_path) before_ = session.use_search_path(*unit.search_path);
}

FunctionPath::~FunctionPath() {
  if (before_) session_.use_search_path(std::move(*before_));
}

}  // namespace pglatch
