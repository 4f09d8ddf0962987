#include "analyzer/source/runbook_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

#include "analyzer/base/ascii.h"
#include "analyzer/source/embedded_text.h"
#include "analyzer/source/frameworks/text_lines.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

constexpr bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

void blank(std::string& text, ByteRange range) {
  std::replace_if(
      text.begin() + range.start, text.begin() + range.end, [](char c) { return c != '\n' && c != '\r'; }, ' ');
}

// Behind "shop=# ", "shop-> ", "shop(# ": what psql asks with (PostgreSQL documentation, psql, "Prompting").
std::size_t end_of_prompt(std::string_view line) noexcept {
  std::size_t at = 0;
  while (at < line.size() && (is_letter(line[at]) || is_digit(line[at]))) ++at;
  constexpr std::string_view kStates = "=-('\"$*!^";
  if (at == 0 || at + 2 >= line.size() || kStates.find(line[at]) == kNone) return 0;
  return (line[at + 1] == '#' || line[at + 1] == '>') && line[at + 2] == ' ' ? at + 3 : 0;
}

// "----+------", below the head of a result; of a single column it is dashes only, as many a comment is.
bool is_rule(std::string_view line) noexcept {
  line = trimmed(line);
  return line.size() > 2 && line.find_first_not_of("-+") == kNone && line.starts_with("--");
}

// "(3 rows)", "(1 row)".
bool is_row_count(std::string_view line) noexcept {
  line = trimmed(line);
  return line.starts_with('(') && (line.ends_with(" rows)") || line.ends_with(" row)")) && line.size() > 1 &&
         is_digit(line[1]);
}

bool is_plan_line(std::string_view line) noexcept {
  return line.find("(cost=") != kNone || line.find("(actual ") != kNone || trimmed(line) == "QUERY PLAN";
}

// "CREATE INDEX", "UPDATE 3", "INSERT 0 1": what the server answers, on a line of its own and without a semicolon.
bool is_command_tag(std::string_view line) noexcept {
  constexpr std::string_view kTags[] = {
      "BEGIN",      "COMMIT",     "ROLLBACK", "CREATE INDEX", "CREATE TABLE", "ALTER TABLE", "ALTER INDEX",
      "DROP INDEX", "DROP TABLE", "VACUUM",   "ANALYZE",      "SET",          "REINDEX",     "DO"};
  line = trimmed(line);
  if (std::find(std::begin(kTags), std::end(kTags), line) != std::end(kTags)) return true;
  for (const std::string_view verb : {"UPDATE ", "DELETE ", "INSERT 0 ", "COPY ", "SELECT "}) {
    if (!line.starts_with(verb)) continue;
    const std::string_view count = line.substr(verb.size());
    return !count.empty() && std::all_of(count.begin(), count.end(), is_digit);
  }
  return line.starts_with("Time: ") && line.find(" ms") != kNone;
}

// A table that a query returned begins with the line above its rule.
class OutputMask {
 public:
  explicit OutputMask(std::string_view text) : text_(text), masked_(text) {
    LineReader reader(text);
    while (const auto line = reader.next()) lines_.push_back(*line);
  }

  std::string run() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (!trimmed(lines_[i].text).empty()) is_plan_ = is_plan_line(lines_[i].text) || (is_plan_ && !ends_statement(i));
      if (is_plan_) blank(masked_, lines_[i].range);
      if (is_rule(lines_[i].text)) take_table(i);
      if (is_row_count(lines_[i].text)) blank(masked_, lines_[i].range);
      take_prompt(i);
      if (has_prompts_ && is_command_tag(lines_[i].text)) blank(masked_, lines_[i].range);
    }
    return masked_ == text_ ? std::string() : std::move(masked_);
  }

 private:
  // The plan is over, and SQL goes on.
  [[nodiscard]] bool ends_statement(std::size_t i) const {
    const std::string_view line = lines_[i].text;
    return line.find(';') != kNone || begins_statement(line) || trimmed(line).starts_with("--");
  }

  void take_prompt(std::size_t i) {
    const std::size_t end = end_of_prompt(lines_[i].text);
    if (end == 0) return;
    has_prompts_ = true;
    const std::uint32_t start = lines_[i].range.start;
    blank(masked_, {start, start + static_cast<std::uint32_t>(end)});
  }

  void take_table(std::size_t rule) {
    if (rule < looked_until_) return;
    const bool has_columns = lines_[rule].text.find('+') != kNone;
    std::size_t last = rule;
    while (last + 1 < lines_.size() && !is_row_count(lines_[last].text) && !trimmed(lines_[last + 1].text).empty()) {
      ++last;
    }
    looked_until_ = last;
    if (!has_columns && !is_row_count(lines_[last].text)) return;
    const bool has_head = rule > 0 && lines_[rule - 1].text.find(';') == kNone;
    for (std::size_t i = has_head ? rule - 1 : rule; i <= last; ++i) blank(masked_, lines_[i].range);
  }

  std::string_view text_;
  std::string masked_;
  std::vector<TextLine> lines_;
  bool is_plan_ = false;
  bool has_prompts_ = false;
  std::size_t looked_until_ = 0;  // the line at which the table ends, or none does
};

// Behind the bracket that closes <name>, or `open` where none does.
std::size_t end_of_brackets(std::string_view text, std::size_t open) noexcept {
  std::size_t at = open + 1;
  if (at >= text.size() || !is_letter(text[at])) return open;
  while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]) || text[at] == '-' || text[at] == '.')) ++at;
  return at < text.size() && text[at] == '>' ? at + 1 : open;
}

}  // namespace

std::string mask_angle_brackets(std::string_view text) {
  if (text.find('<') == kNone) return {};
  std::string masked(text);
  Lexer lexer(masked);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (!token.is('<', masked)) continue;
    const std::size_t end = end_of_brackets(masked, token.range.start);
    for (std::size_t at = token.range.start; at < end; ++at) {
      if (!is_letter(masked[at]) && !is_digit(masked[at])) masked[at] = '_';
    }
    lexer = Lexer(masked, std::max(token.range.end, static_cast<std::uint32_t>(end)));
  }
  return masked == text ? std::string() : masked;
}

std::string mask_psql_output(std::string_view text) { return OutputMask(text).run(); }

bool has_ellipsis(std::string_view text) noexcept {
  Lexer lexer(text);
  Token previous;
  std::size_t dots = 0;
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (token.kind == TokenKind::word && token.of(text).find("\u2026") != kNone) return true;
    const bool is_dot = token.is('.', text);
    const bool follows = dots > 0 && previous.range.end == token.range.start;
    dots = is_dot ? (follows ? dots + 1 : 1) : 0;
    if (dots == 3) return true;
    previous = token;
  }
  return false;
}

bool looks_like_sql(std::string_view text) noexcept {
  if (!begins_statement(text)) return false;
  Lexer lexer(text);
  Token token = lexer.next_code();
  const Token first = token;
  std::size_t words = 0;
  for (; token.kind != TokenKind::end && !token.is(';', text); token = lexer.next_code()) {
    words += token.kind == TokenKind::word ? 1 : 0;
  }
  const bool is_alone = first.is_word("begin", text) || first.is_word("commit", text) ||
                        first.is_word("rollback", text) || first.is_word("end", text);
  return token.kind != TokenKind::end && (words > 1 || is_alone);
}

}  // namespace pglatch
