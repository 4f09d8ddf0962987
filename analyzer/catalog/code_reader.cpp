#include "analyzer/catalog/code_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "analyzer/parse/access.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::string_view kSelect = PlpgsqlExpression::kSelect;

// A text of which nothing known says what kind of statement it is.
bool begins_with_gap(std::string_view text) {
  Lexer lexer(text);
  bool begins = true;
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (begins && has_gap(token.of(text))) return true;
    begins = token.is(';', text);
  }
  return false;
}

// With something in the gaps so that the text parses: names; a query; nothing.
std::vector<std::string> filled_gaps(const std::string& text) {
  if (begins_with_gap(text)) return {};
  return {text, replaced(text, kTextGap, fmt::format("SELECT FROM {}", kQueryGap)),
          replaced(text, kTextGap, fmt::format("/*{}*/", kMissingGap))};
}

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
  TextVariables variables(code, parameters_);
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
        variables.go_to(static_cast<std::size_t>(&piece - code.pieces.data()));
        parsed = execute(text, piece.range.start, place, variables);
        break;
      case PlpgsqlKind::commit:
      case PlpgsqlKind::rollback: {
        EmbeddedStatement end;
        end.action = piece.kind == PlpgsqlKind::commit ? CodeAction::commit : CodeAction::rollback;
        end.statement.range = piece.range;
        end.origin = origin_;
        end.conditional = place.conditional;
        end.guard = place.guard;
        add(end);
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
  unit_.statements.push_back(statement);
}

void CodeReader::add_dynamic(const TextOrigin& origin, ByteRange range, Place place) {
  EmbeddedStatement dynamic;
  dynamic.action = CodeAction::dynamic;
  dynamic.statement.range = range;
  dynamic.origin = origin;
  dynamic.conditional = place.conditional;
  dynamic.guard = place.guard;
  add(dynamic);
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

bool CodeReader::execute(std::string_view text, std::int64_t start, Place place, const TextVariables& variables) {
  const PlpgsqlExpression expression(text);
  const ByteRange range{0, static_cast<std::uint32_t>(text.size())};
  const TextOrigin here = shifted(start);
  if (!expression.parsed.errors.empty()) {
    const TextOrigin moved = shifted(start - static_cast<std::int64_t>(kSelect.size()));
    const SyntaxError& error = expression.parsed.errors.front();
    unit_.errors.push_back({unit_.frame.statement, moved.in_script(error.where), error.message});
    return false;
  }
  std::set<std::string> texts;
  for (const TextValues& way : variables.ways()) {
    std::optional<std::string> run =
        expression.value == nullptr ? std::string(kTextGap) : text_with_gaps(expression.value, way);
    if (run) texts.insert(*std::move(run));
  }
  if (texts.empty()) add_dynamic(here, range, place);  // NULL: it is refused
  const bool certain = expression.value != nullptr && constant_text(expression.value).has_value();
  place.conditional = place.conditional || texts.size() > 1;
  for (const std::string& run : texts) {
    std::string known = replaced(run, kLiteralGap, "$1");
    // What only seems to be its text need not parse; the grammar may not take a parameter for the literal, either.
    if (has_gap(known) || (!certain && !parse(known).errors.empty())) {
      sketch(run, {false, 0, here.in_script(range)}, range, place);
      continue;
    }
    const std::size_t at = text.rfind(known);
    const TextOrigin origin = at == std::string_view::npos || !here.verbatim
                                  ? TextOrigin{false, 0, here.in_script(range)}
                                  : shifted(start + static_cast<std::int64_t>(at));
    statements(std::move(known), origin, place);
  }
  return true;
}

void CodeReader::sketch(const std::string& text, const TextOrigin& origin, ByteRange range, Place place) {
  for (std::string& filled : filled_gaps(text)) {
    ParsedScript parsed = parse(filled);
    if (!parsed.errors.empty() || parsed.statements.empty()) continue;
    const std::string& sql = *unit_.texts.emplace_back(std::make_unique<const std::string>(std::move(filled)));
    for (const Statement& statement : parsed.statements) {
      add({CodeAction::dynamic, statement, sql, origin, place.conditional, place.guard});
    }
    unit_.trees.push_back(std::move(parsed));
    return;
  }
  add_dynamic(origin, range, place);
}

TextOrigin CodeReader::shifted(std::int64_t start) const {
  TextOrigin origin = origin_;
  origin.shift += start;
  return origin;
}

}  // namespace pglatch
