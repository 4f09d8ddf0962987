#include "analyzer/report/html_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "analyzer/base/ascii.h"
#include "analyzer/report/html_text.h"

namespace pglatch {
namespace {

// The words that carry a migration's meaning: enough to read it by, not PostgreSQL's list of keywords. Sorted.
constexpr std::string_view kWords[] = {
    "add",        "all",          "alter",      "analyze",   "and",       "as",           "attach",   "begin",
    "between",    "by",           "cascade",    "case",      "check",     "cluster",      "column",   "comment",
    "commit",     "concurrently", "constraint", "copy",      "create",    "database",     "default",  "deferrable",
    "delete",     "detach",       "disable",    "distinct",  "do",        "domain",       "drop",     "else",
    "enable",     "end",          "execute",    "exists",    "extension", "false",        "foreign",  "from",
    "function",   "generated",    "grant",      "group",     "having",    "identity",     "if",       "in",
    "index",      "inherits",     "insert",     "into",      "is",        "join",         "key",      "language",
    "left",       "like",         "limit",      "local",     "lock",      "materialized", "not",      "null",
    "on",         "only",         "or",         "order",     "owner",     "partition",    "primary",  "procedure",
    "references", "reindex",      "rename",     "returning", "revoke",    "rollback",     "schema",   "select",
    "sequence",   "set",          "table",      "then",      "to",        "trigger",      "truncate", "type",
    "union",      "unique",       "update",     "using",     "vacuum",    "valid",        "validate", "values",
    "view",       "when",         "where",      "with",
};
static_assert(std::is_sorted(std::begin(kWords), std::end(kWords)));

bool is_keyword(std::string_view word) {
  return std::binary_search(std::begin(kWords), std::end(kWords), to_lower(word));
}

std::string_view class_of(const Token& token, std::string_view text) {
  switch (token.kind) {
    case TokenKind::comment:
      return "c";
    case TokenKind::string:
    case TokenKind::dollar_string:
      return "s";
    case TokenKind::word:
      return is_keyword(token.of(text)) ? "k" : std::string_view();
    default:
      return {};
  }
}

// The gravest mark on a place, or null.
const HtmlMark* mark_at(std::span<const HtmlMark> marks, std::uint32_t offset) {
  const HtmlMark* found = nullptr;
  for (const HtmlMark& mark : marks) {
    if (mark.range.contains(offset) && (found == nullptr || found->severity < mark.severity)) found = &mark;
  }
  return found;
}

}  // namespace

HtmlSource::HtmlSource(const SourceFile& file) : file_(file) {
  Lexer lexer(file.text());
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (!class_of(token, file.text()).empty()) tokens_.push_back(token);
  }
}

std::string HtmlSource::text(ByteRange range, std::span<const HtmlMark> marks) const {
  const std::string_view text = file_.text();
  auto token = std::upper_bound(tokens_.begin(), tokens_.end(), range.start,
                                [](std::uint32_t offset, const Token& next) { return offset < next.range.end; });
  std::string out;
  const auto append_place = [&](std::uint32_t offset) {
    for (const HtmlMark& mark : marks) {
      if (mark.range.empty() && mark.range.start == offset) {
        out += fmt::format("<mark class=\"{} at\"></mark>", to_string(mark.severity));
      }
    }
  };
  for (std::uint32_t at = range.start; at < range.end;) {
    while (token != tokens_.end() && token->range.end <= at) ++token;
    std::string_view name;
    std::uint32_t end = range.end;
    if (token != tokens_.end() && token->range.start <= at) {
      name = class_of(*token, text);
      end = std::min(end, token->range.end);
    } else if (token != tokens_.end()) {
      end = std::min(end, token->range.start);
    }
    for (const HtmlMark& mark : marks) {
      if (mark.range.start > at) end = std::min(end, mark.range.start);
      if (mark.range.end > at) end = std::min(end, mark.range.end);
    }
    append_place(at);
    const std::string piece = html_text(ByteRange{at, end}.of(text));
    const HtmlMark* mark = mark_at(marks, at);
    if (mark != nullptr) out += fmt::format("<mark class=\"{}\">", to_string(mark->severity));
    out += name.empty() ? piece : fmt::format("<span class=\"{}\">{}</span>", name, piece);
    if (mark != nullptr) out += "</mark>";
    at = end;
  }
  append_place(range.end);
  return out;
}

std::string HtmlSource::lines(std::uint32_t first, std::uint32_t last, std::span<const HtmlMark> marks,
                              const std::string& id_prefix) const {
  std::string out;
  for (std::uint32_t line = first; line <= last; ++line) {
    const ByteRange range = file_.lines().line_range(line);
    std::vector<HtmlMark> here;
    for (const HtmlMark& mark : marks) {
      if (mark.range.start <= range.end && mark.range.end >= range.start) here.push_back(mark);
    }
    out += fmt::format("<span class=\"line\" id=\"{0}l{1}\" data-n=\"{1}\"><span>{2}\n</span></span>", id_prefix, line,
                       text(range, here));
  }
  return out;
}

}  // namespace pglatch
