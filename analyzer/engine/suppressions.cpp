#include "analyzer/engine/suppressions.h"

#include <algorithm>

#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::string_view kIgnore = "pglatch:ignore";
constexpr std::string_view kFile = "-file";

bool is_rule_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

// "rule, rule reason …": names up to the first one that no comma follows.
std::vector<std::string_view> rules_of(std::string_view text) {
  std::vector<std::string_view> rules;
  for (;;) {
    skip_blanks(text);
    std::size_t size = 0;
    while (size < text.size() && is_rule_character(text[size])) ++size;
    if (size == 0) return rules;
    rules.push_back(text.substr(0, size));
    text.remove_prefix(size);
    skip_blanks(text);
    if (text.empty() || text.front() != ',') return rules;
    text.remove_prefix(1);
  }
}

// A comment behind a statement on the same line, or inside one, speaks of that statement; any other
// of the next one.
ByteRange statement_of(ByteRange comment, std::string_view sql, std::span<const ByteRange> statements) {
  const auto after = std::upper_bound(statements.begin(), statements.end(), comment.start,
                                      [](std::uint32_t offset, ByteRange range) { return offset < range.start; });
  if (after != statements.begin()) {
    const ByteRange before = *(after - 1);
    if (before.contains(comment.start)) return before;
    const std::string_view between = sql.substr(before.end, comment.start - before.end);
    if (between.find('\n') == std::string_view::npos) return before;
  }
  return after == statements.end() ? ByteRange{} : *after;
}

}  // namespace

Suppressions::Suppressions(const Script& script, std::span<const ByteRange> statements) {
  // The file's own text, not the masked one: comments are the same in both.
  const std::string_view text = script.file->text();
  if (text.find(kIgnore) == std::string_view::npos) return;
  for (const ByteRange comment : find_comments(script.sql())) {
    std::string_view body = comment.of(text);
    const auto at = body.find(kIgnore);
    if (at == std::string_view::npos) continue;
    body.remove_prefix(at + kIgnore.size());
    const bool file = body.substr(0, kFile.size()) == kFile;
    if (file) body.remove_prefix(kFile.size());
    const ByteRange statement = file ? ByteRange{} : statement_of(comment, text, statements);
    for (const std::string_view rule : rules_of(body)) entries_.push_back({rule, statement, file});
  }
}

bool Suppressions::covers(std::string_view rule, ByteRange statement) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.rule == rule && (entry.file || entry.statement == statement);
  });
}

}  // namespace pglatch
