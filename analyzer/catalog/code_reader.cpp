#include "analyzer/catalog/code_reader.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "analyzer/parse/access.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// An expression is the target list of a SELECT.
constexpr std::string_view kSelect = "SELECT ";

}  // namespace

CodeReader::CodeReader(CodeUnit& unit, const TextOrigin& origin, ByteRange caller)
    : unit_(unit), origin_(origin), caller_(caller) {}

void CodeReader::plpgsql(std::string_view body) {
  PlpgsqlCode code = read_plpgsql(body);
  if (code.error) {
    unit_.errors.push_back({unit_.frame.statement, origin_.in_script(code.error->where), code.error->message});
    unit_.broken = true;
    return;
  }
  unit_.guards = std::move(code.guards);
  for (const PlpgsqlPiece& piece : code.pieces) {
    const std::string_view text = piece.range.of(code.text);
    const Place place{piece.conditional, piece.guard};
    bool parsed = true;
    switch (piece.kind) {
      case PlpgsqlKind::statement:
        parsed = statements(std::string(text), shifted(piece.range.start), place);
        break;
      case PlpgsqlKind::expression:
        parsed = expression(text, piece.range.start, place);
        break;
      case PlpgsqlKind::execute:
        parsed = execute(text, piece.range.start, place);
        break;
      case PlpgsqlKind::commit:
      case PlpgsqlKind::rollback: {
        EmbeddedStatement end;
        end.action = piece.kind == PlpgsqlKind::commit ? CodeAction::commit : CodeAction::rollback;
        end.statement.range = piece.range;
        end.origin = origin_;
        end.conditional = place.conditional;
        end.guard = place.guard;
        add(std::move(end));
        break;
      }
    }
    // All of it is checked before any of it runs (plpgsql_compile_inline()).
    unit_.broken = unit_.broken || !parsed;
  }
  if (unit_.broken) unit_.statements.clear();
}

void CodeReader::sql(std::string_view text) { unit_.broken = !statements(std::string(text), origin_, {}); }

void CodeReader::sql_body(std::string_view body) {
  Lexer lexer(body);
  const Token first = lexer.next_code();
  if (first.is_word("return", body)) {
    unit_.broken = !expression(body.substr(first.range.end), first.range.end, {});
    return;
  }
  const std::uint32_t start = lexer.next_code().range.end;  // BEGIN ATOMIC
  std::uint32_t end = start;
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (token.is_word("end", body)) end = token.range.start;
  }
  unit_.broken = !statements(std::string(body.substr(start, end - start)), shifted(start), {});
}

void CodeReader::unreadable() { add_dynamic({false, 0, caller_}, {}, {}); }

void CodeReader::add(EmbeddedStatement statement) {
  std::uint32_t& left = *unit_.frame.statements_left;
  if (left == 0) return;
  if (--left == 0) {
    statement = EmbeddedStatement();
    statement.action = CodeAction::dynamic;
    statement.origin = {false, 0, caller_};
  }
  unit_.statements.push_back(std::move(statement));
}

void CodeReader::add_dynamic(const TextOrigin& origin, ByteRange range, Place place) {
  EmbeddedStatement dynamic;
  dynamic.action = CodeAction::dynamic;
  dynamic.statement.range = range;
  dynamic.origin = origin;
  dynamic.conditional = place.conditional;
  dynamic.guard = place.guard;
  add(std::move(dynamic));
}

bool CodeReader::statements(std::string text, const TextOrigin& origin, Place place) {
  const std::string& sql = *unit_.texts.emplace_back(std::make_unique<const std::string>(std::move(text)));
  const ParsedScript& parsed = unit_.trees.emplace_back(parse(sql));
  for (const SyntaxError& error : parsed.errors) {
    unit_.errors.push_back({unit_.frame.statement, origin.in_script(error.where), error.message});
  }
  for (const Statement& statement : parsed.statements) {
    add({CodeAction::statement, statement, sql, origin, place.conditional, place.guard});
  }
  return parsed.errors.empty();
}

bool CodeReader::expression(std::string_view text, std::int64_t start, Place place) {
  const std::size_t first = unit_.statements.size();
  const bool parsed = statements(std::string(kSelect) + std::string(text),
                                 shifted(start - static_cast<std::int64_t>(kSelect.size())), place);
  for (std::size_t i = first; i < unit_.statements.size(); ++i) {
    EmbeddedStatement& select = unit_.statements[i];
    select.statement.range.start = std::max<std::uint32_t>(select.statement.range.start, kSelect.size());
  }
  return parsed;
}

bool CodeReader::execute(std::string_view text, std::int64_t start, Place place) {
  const std::string select = std::string(kSelect) + std::string(text);
  const ParsedScript parsed = parse(select);
  const ByteRange range{0, static_cast<std::uint32_t>(text.size())};
  const TextOrigin here = shifted(start);
  if (!parsed.errors.empty()) {
    const TextOrigin moved = shifted(start - static_cast<std::int64_t>(kSelect.size()));
    const SyntaxError& error = parsed.errors.front();
    unit_.errors.push_back({unit_.frame.statement, moved.in_script(error.where), error.message});
    return false;
  }
  const auto* query = parsed.statements.size() == 1 ? as<SelectStmt>(parsed.statements.front().node) : nullptr;
  const auto targets = each<ResTarget>(query == nullptr ? nullptr : query->targetList);
  const bool is_expression = targets.size() == 1 && query->fromClause == nullptr;
  std::optional<std::string> constant = is_expression ? constant_text(targets[0]->val, variables_) : std::nullopt;
  if (!constant && is_expression) {
    // The grammar may not take a parameter there for the literal that it stands for.
    constant = constant_statement(targets[0]->val, variables_);
    if (constant && !parse(*constant).errors.empty()) constant.reset();
  }
  if (!constant) {
    add_dynamic(here, range, place);
    return true;
  }
  const std::size_t at = text.rfind(*constant);
  const TextOrigin origin = at == std::string_view::npos || !here.verbatim
                                ? TextOrigin{false, 0, here.in_script(range)}
                                : shifted(start + static_cast<std::int64_t>(at));
  statements(std::move(*constant), origin, place);
  return true;
}

TextOrigin CodeReader::shifted(std::int64_t start) const {
  TextOrigin origin = origin_;
  origin.shift += start;
  return origin;
}

}  // namespace pglatch
