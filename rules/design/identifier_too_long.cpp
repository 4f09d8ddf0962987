#include <fmt/core.h>

#include <string>
#include <vector>

#include "analyzer/parse/identifier.h"
#include "analyzer/source/lexer.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// The name that a token spells; empty where it is no name. U&"…" is left out: its escapes would have to be read.
std::string name_in(const Token& token, std::string_view sql) {
  const std::string_view written = token.of(sql);
  if (token.kind == TokenKind::word) return std::string(written);
  if (token.kind != TokenKind::quoted_identifier || written.front() != '"' || !token.terminated) return {};
  std::string name;
  for (std::size_t i = 1; i + 1 < written.size(); ++i) {
    name += written[i];
    if (written[i] == '"') ++i;
  }
  return name;
}

void report(const StatementContext& context, const Rule& rule, Reporter& reporter, ByteRange range,
            const std::string& name) {
  Finding finding = make_finding(context, rule, range, kNoRelation);
  finding.message = fmt::format(
      "PostgreSQL cuts this name off: of its {} bytes {} stay. Two names that begin alike become one, with no more "
      "than "
      "a NOTICE, and tools that look for the whole name find nothing.",
      name.size(), truncate_utf8(name, kMaxIdentifierBytes).size());
  finding.help = fmt::format("Choose a name of at most {} bytes; this one becomes {}.", kMaxIdentifierBytes,
                             truncate_utf8(name, kMaxIdentifierBytes));
  reporter.report(std::move(finding));
}

// The parser has cut the names in its tree off already: only the text has them.
void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const ByteRange statement = context.statement.range;
  if (!may_have_long_name(statement.of(context.sql))) return;
  std::vector<std::string> seen;
  Lexer lexer(context.sql, statement.start);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end && token.range.start < statement.end;
       token = lexer.next_code()) {
    if (token.range.size() <= kMaxIdentifierBytes) continue;
    std::string name = name_in(token, context.sql);
    if (name.size() <= kMaxIdentifierBytes || std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
    report(context, rule, reporter, token.range, name);
    seen.push_back(std::move(name));
  }
}

}  // namespace

extern const Rule kIdentifierTooLong;
const Rule kIdentifierTooLong{"identifier-too-long",
                              "design",
                              Severity::warning,
                              "PostgreSQL cuts names off after 63 bytes.",
                              kEveryStatement,
                              check,
                              true};

}  // namespace pglatch
