#include "analyzer/engine/suppression_comment.h"

#include <string.h>

#include <optional>

#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::string_view kIgnore = "ignore";
constexpr std::string_view kPglatch = "pglatch:";
constexpr std::string_view kSquawk = "squawk-ignore";
constexpr std::string_view kSquawkFile = "squawk-ignore-file";
constexpr std::string_view kEugene = "eugene:";
constexpr std::string_view kAtlas = "atlas:";
constexpr std::string_view kNoLint = "nolint";

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
bool is_line_end(char c) noexcept { return c == '\n' || c == '\r'; }
bool is_keyword_character(char c) noexcept { return (c >= 'a' && c <= 'z') || c == '-'; }

// What may stand between the names and the reason: a dash of any kind, a colon.
bool leads_in_reason(char c) noexcept { return is_blank(c) || c == '-' || c == ':'; }

// Reads one line of a comment from left to right.
class Line {
 public:
  Line(std::string_view text, ByteRange range) noexcept : text_(text), at_(range.start), end_(range.end) {}

  [[nodiscard]] std::uint32_t at() const noexcept { return at_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
  [[nodiscard]] ByteRange rest() const noexcept { return {at_, end_}; }
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }

  void skip_blanks() noexcept {
    while (is_blank(peek())) ++at_;
  }

  bool take(std::string_view expected) noexcept {
    if (text_.substr(at_, end_ - at_).substr(0, expected.size()) != expected) return false;
    at_ += static_cast<std::uint32_t>(expected.size());
    return true;
  }

  template <class Predicate>
  ByteRange take_while(Predicate predicate) noexcept {
    const std::uint32_t start = at_;
    while (!at_end() && predicate(text_[at_])) ++at_;
    return {start, at_};
  }

 private:
  std::string_view text_;
  std::uint32_t at_;
  std::uint32_t end_;
};

// "RULE, RULE reason": names up to the first one that no comma follows.
void read_names_and_reason(Line& line, SuppressionComment& read) {
  for (;;) {
    line.skip_blanks();
    ByteRange name = line.take_while([](char c) { return !is_blank(c) && c != ','; });
    // A reason can be set off by a colon: that is no part of the name, and a dash alone is none.
    if (name.empty()) break;
    read.names.push_back(name);
    line.skip_blanks();
    if (line.peek() != ',') break;
    line.take(",");
  }
  line.take_while(leads_in_reason);
  read.reason = line.rest();
  read.has_reason = !read.reason.empty();
}

// "ID, ID", all that is between two commas being one name.
void read_name_list(std::string_view text, ByteRange list, SuppressionComment& read) {
  std::uint32_t at = list.start;
  while (at < list.end) {
    ByteRange name{at, at};
    while (name.end < list.end && text[name.end] != ',') ++name.end;
    at = name.end + 1;
    while (!name.empty() && is_blank(text[name.start])) ++name.start;
    while (!name.empty() && is_blank(text[name.end - 1])) --name.end;
    if (!name.empty()) read.names.push_back(name);
  }
}

// The names end in a colon where the reason follows one; a dash alone begins the reason.
void tidy_names(std::string_view text, SuppressionComment& read) {
  if (read.names.empty()) return;
  ByteRange& last = read.names.back();
  while (!last.empty() && text[last.end - 1] == ':') --last.end;
  if (last.of(text).find_first_not_of('-') == std::string_view::npos) read.names.pop_back();
}

std::optional<SuppressionComment> read_pglatch(std::string_view text, Line line) {
  SuppressionComment read;
  const std::uint32_t start = line.at();
  if (!line.take(kPglatch)) return std::nullopt;
  const ByteRange word = line.take_while(is_keyword_character);
  // A colon in a sentence is none of ours.
  if (word.empty()) return std::nullopt;
  read.keyword = {start, word.end};
  const std::string_view keyword = word.of(text);
  if (keyword == "ignore") {
    read.kind = SuppressionKind::statement;
  } else if (keyword == "ignore-file") {
    read.kind = SuppressionKind::file;
  } else if (keyword == "ignore-begin") {
    read.kind = SuppressionKind::begin;
  } else if (keyword == "ignore-end") {
    read.kind = SuppressionKind::end;
  } else {
    read.kind = SuppressionKind::unknown;
    return read;
  }
  if (!line.at_end() && !is_blank(line.peek()) && line.peek() != ':') {
    read.kind = SuppressionKind::unknown;
    return read;
  }
  line.take(":");
  read_names_and_reason(line, read);
  tidy_names(text, read);
  return read;
}

// Text behind two more dashes is squawk's place for the reason.
std::optional<SuppressionComment> read_squawk(std::string_view text, Line line, std::uint32_t end) {
  SuppressionComment read;
  read.dialect = SuppressionDialect::squawk;
  const std::uint32_t start = line.at();
  if (line.take(kSquawkFile)) {
    read.kind = SuppressionKind::file;
  } else if (!line.take(kSquawk)) {
    return std::nullopt;
  }
  if (!line.at_end() && !is_blank(line.peek())) return std::nullopt;
  read.keyword = {start, line.at()};
  const std::string_view rest = text.substr(line.at(), end - line.at());
  const std::size_t dashes = rest.find("--");
  if (dashes != std::string_view::npos) {
    const std::size_t reason = rest.find_first_not_of("- \t", dashes);
    read.has_reason = reason != std::string_view::npos;
    if (read.has_reason) read.reason = {line.at() + static_cast<std::uint32_t>(reason), end};
    end = line.at() + static_cast<std::uint32_t>(dashes);
  }
  read_name_list(text, {line.at(), end}, read);
  // For a statement squawk wants names, and passes over a comment without.
  read.all_rules = read.names.empty() && read.kind == SuppressionKind::file;
  return read;
}

std::optional<SuppressionComment> read_eugene(std::string_view text, Line line, std::uint32_t end) {
  SuppressionComment read;
  read.dialect = SuppressionDialect::eugene;
  const std::uint32_t start = line.at();
  if (!line.take(kEugene)) return std::nullopt;
  line.skip_blanks();
  if (!line.take(kIgnore)) return std::nullopt;
  read.keyword = {start, line.at()};
  if (!line.at_end() && !is_blank(line.peek()) && line.peek() != ':') return std::nullopt;
  line.take(":");
  read_name_list(text, {line.at(), end}, read);
  read.all_rules = read.names.empty();
  return read;
}

// Whether the comment is one of those at the top of the file, each in lines of their own, that an empty line ends.
bool is_in_header(std::string_view text, ByteRange comment) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string_view line = text.substr(at, text.find_first_of("\r\n", at) - at);
    if (line.empty()) return comment.start < at;
    if (!line.starts_with("--")) return false;
    at += line.size();
    if (text.substr(at).starts_with("\r\n")) ++at;
    ++at;
  }
  return true;
}

std::optional<SuppressionComment> read_atlas(std::string_view text, ByteRange comment, Line line) {
  SuppressionComment read;
  read.dialect = SuppressionDialect::atlas;
  const std::uint32_t start = line.at();
  if (!line.take(kAtlas) || !line.take(kNoLint) || (!line.at_end() && !is_blank(line.peek()))) return std::nullopt;
  read.keyword = {start, line.at()};
  if (is_in_header(text, comment)) read.kind = SuppressionKind::file;
  for (line.skip_blanks(); !line.at_end(); line.skip_blanks()) {
    read.names.push_back(line.take_while([](char c) { return !is_blank(c); }));
  }
  read.all_rules = read.names.empty();
  return read;
}

ByteRange body_of(std::string_view text, ByteRange comment, bool is_block) {
  ByteRange body{comment.start + 2, comment.end};
  if (is_block && body.size() >= 2 && body.of(text).substr(body.size() - 2) == "*/") body.end -= 2;
  return body;
}

}  // namespace

bool may_suppress(std::string_view text) noexcept {
  if (!may_have_comments(text)) return false;
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':', colon + 1)) {
    const std::string_view before = text.substr(0, colon + 1);
    if (before.ends_with(kPglatch) || before.ends_with(kAtlas)) return true;
  }
  // All of every file is looked at: memmem is several times as fast as find() for letters that are frequent.
  return ::memmem(text.data(), text.size(), kIgnore.data(), kIgnore.size()) != nullptr;
}

std::vector<SuppressionComment> read_suppressions(std::string_view text, ByteRange comment) {
  std::vector<SuppressionComment> found;
  const bool is_block = text[comment.start] == '/';
  const ByteRange body = body_of(text, comment, is_block);
  for (std::uint32_t at = body.start; at < body.end; ++at) {
    ByteRange line{at, at};
    while (line.end < body.end && !is_line_end(text[line.end])) ++line.end;
    at = line.end;
    while (!line.empty() && (is_blank(text[line.start]) || (is_block && text[line.start] == '*'))) ++line.start;
    while (!line.empty() && is_blank(text[line.end - 1])) --line.end;
    if (line.empty()) continue;
    const Line reader(text, line);
    auto read = read_pglatch(text, reader);
    if (!read) read = read_squawk(text, reader, line.end);
    // eugene and Atlas do not look into block comments.
    if (!read && !is_block) read = read_eugene(text, reader, line.end);
    if (!read && !is_block) read = read_atlas(text, comment, reader);
    if (!read) continue;
    read->comment = comment;
    read->range = {read->keyword.start, line.end};
    found.push_back(std::move(*read));
  }
  return found;
}

}  // namespace pglatch
