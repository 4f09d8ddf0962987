#include "analyzer/source/embedded_text.h"

#include <algorithm>
#include <cassert>
#include <iterator>

#include "analyzer/base/ascii.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// Code in dollar quotes within code in dollar quotes.
constexpr int kMaxNesting = 4;

constexpr bool is_name_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string as_name(std::string_view text) {
  std::string name(text);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !is_name_byte(c); }, '_');
  return name;
}

}  // namespace

// Goes from front to back, so that the run of a byte is found without a search.
class EmbeddedTextWriter {
 public:
  EmbeddedTextWriter(const EmbeddedText& text, std::string& blank) : text_(text), blank_(blank) {}

  void part(std::uint32_t start, std::uint32_t end, int nesting) {
    const std::string_view view = std::string_view(text_.text_).substr(0, end);
    Lexer lexer(view, start);
    std::uint32_t at = start;
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
      for (; at < token.range.start; ++at) put({at, at + 1});
      at = token.range.end;
      const std::size_t tag = token.kind == TokenKind::dollar_string ? view.find('$', token.range.start + 1) + 1 : 0;
      const auto size = static_cast<std::uint32_t>(tag == 0 ? 0 : tag - token.range.start);
      const bool has_inside = size > 0 && token.terminated && token.range.size() >= 2 * size;
      if (has_inside && nesting < kMaxNesting) {
        put({token.range.start, token.range.start + size});
        part(token.range.start + size, token.range.end - size, nesting + 1);
        put({token.range.end - size, token.range.end});
      } else {
        put(token.range);
      }
    }
    for (; at < end; ++at) put({at, at + 1});
  }

 private:
  // The bytes of a token stay together, whatever escapes are among them.
  void put(ByteRange range) {
    const auto& runs = text_.runs_;
    while (run_ + 1 < runs.size() && runs[run_ + 1].at <= range.start) ++run_;
    const std::size_t source = runs[run_].source + (range.start - runs[run_].at);
    if (source + range.size() > blank_.size()) return;
    blank_.replace(source, range.size(), text_.text_, range.start, range.size());
  }

  const EmbeddedText& text_;
  std::string& blank_;
  std::size_t run_ = 0;
};

void EmbeddedText::add(std::string_view bytes, std::uint32_t source) {
  if (bytes.empty()) return;
  const auto at = static_cast<std::uint32_t>(text_.size());
  if (runs_.empty() || source - runs_.back().source != at - runs_.back().at) runs_.push_back({at, source});
  text_ += bytes;
}

void EmbeddedText::add(const EmbeddedText& other) {
  const auto at = static_cast<std::uint32_t>(text_.size());
  for (const Run& run : other.runs_) runs_.push_back({at + run.at, run.source});
  text_ += other.text_;
}

void EmbeddedText::add_placeholder(std::string_view file, ByteRange source) {
  std::string name = as_name(source.of(file));
  const bool has_mark = file[source.start] != '{';
  if (name.size() > (has_mark ? 3U : 2U)) {
    name.replace(0, has_mark ? 2 : 1, has_mark ? "${" : "{");
    name.back() = '}';
  }
  add(name, source.start);
}

void EmbeddedText::add_placeholder(std::string_view value, std::uint32_t source) {
  add("{" + as_name(value) + "}", source);
}

// Without a comment to the end of the line at its end, which would swallow what is put behind.
std::uint32_t EmbeddedText::size_to_write() const {
  const auto size = static_cast<std::uint32_t>(text_.size());
  const std::size_t line = text_.rfind('\n') + 1;
  if (text_.find("--", line) == std::string::npos) return size;
  Token last;
  Lexer lexer(text_);
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) last = token;
  const bool is_comment = last.kind == TokenKind::comment && last.of(text_).starts_with("--");
  return is_comment && last.range.end == size ? last.range.start : size;
}

void EmbeddedText::write(std::string& blank, std::uint32_t end) const {
  if (text_.empty()) return;
  const std::uint32_t size = size_to_write();
  if (runs_.size() == 1) {
    blank.replace(start(), size, text_, 0, size);
  } else {
    EmbeddedTextWriter(*this, blank).part(0, size, 0);
  }
  if (end < blank.size() && blank[end] == ' ') blank[end] = ';';
}

bool begins_statement(std::string_view text) noexcept {
  static constexpr std::string_view kWords[] = {
      "abort",   "alter",  "analyse",  "analyze",  "begin",      "call",     "checkpoint", "close",   "cluster",
      "comment", "commit", "copy",     "create",   "deallocate", "declare",  "delete",     "discard", "do",
      "drop",    "end",    "execute",  "explain",  "fetch",      "grant",    "import",     "insert",  "listen",
      "load",    "lock",   "merge",    "move",     "notify",     "prepare",  "reassign",   "refresh", "reindex",
      "release", "reset",  "revoke",   "rollback", "savepoint",  "security", "select",     "set",     "show",
      "start",   "table",  "truncate", "unlisten", "update",     "vacuum",   "values",     "with"};
  Lexer lexer(text);
  Token token = lexer.next_code();
  while (token.is('(', text) || token.is(';', text)) token = lexer.next_code();
  return token.kind == TokenKind::word && std::any_of(std::begin(kWords), std::end(kWords),
                                                      [&](std::string_view word) { return token.is_word(word, text); });
}

}  // namespace pglatch
