#include "analyzer/source/templates.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "analyzer/base/ascii.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Code in dollar quotes within code in dollar quotes.
constexpr int kMaxNesting = 4;

constexpr char at(std::string_view text, std::size_t offset) noexcept {
  return offset < text.size() ? text[offset] : '\0';
}

constexpr bool begins_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

constexpr bool is_name_byte(char c) noexcept { return begins_name(c) || (c >= '0' && c <= '9'); }

std::size_t end_of_name(std::string_view text, std::size_t offset) noexcept {
  while (is_name_byte(at(text, offset))) ++offset;
  return offset;
}

// Not so: the '{}' of JSON, and the $body$ of a string.
bool may_begin_template(std::string_view text, std::size_t offset) noexcept {
  const char next = at(text, offset + 1);
  const std::size_t name_end = end_of_name(text, offset + 1);
  switch (text[offset]) {
    case '{':
      return next == '{' || next == '%' || next == '#' || (name_end > offset + 1 && at(text, name_end) == '}');
    case '$':
      return next == '{' || (begins_name(next) && at(text, name_end) != '$');
    default:  // @
      return begins_name(next);
  }
}

bool may_have_templates(std::string_view text) noexcept {
  for (const char mark : {'{', '$', '@'}) {
    for (std::size_t offset = text.find(mark); offset != kNone; offset = text.find(mark, offset + 1)) {
      if (may_begin_template(text, offset)) return true;
    }
  }
  return false;
}

// --- Conditions -----------------------------------------------------------------------------------------------------

enum class Step : std::uint8_t { none, opens, goes_over, closes };

// The inside of {{ … }} or {% … %} without what says where blanks are cut.
std::string_view inside_of(std::string_view mark) { return trimmed(mark.substr(2, mark.size() - 4), " \t\r\n\f\v-~"); }

std::string_view first_word(std::string_view inside) { return inside.substr(0, inside.find_first_of(" \t\r\n(")); }

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_opening(std::string_view word) {
  return is_one_of(word, {"if", "unless", "range", "with", "define", "block", "for", "each", "macro"});
}

Step step_of(std::string_view inside) {
  if (inside.starts_with('/') && !inside.starts_with("/*")) return Step::closes;
  if (inside.starts_with('#')) inside.remove_prefix(1);
  const std::string_view word = first_word(inside);
  if (word == "end" || (word.starts_with("end") && is_opening(word.substr(3)))) return Step::closes;
  if (is_one_of(word, {"else", "elif", "elsif", "elseif"})) return Step::goes_over;
  // Alone it is a value of that name.
  return is_opening(word) && inside.size() > word.size() ? Step::opens : Step::none;
}

// Whether {{ … }} puts no value in: a condition, a comment, a piece of another file.
bool is_directive(std::string_view inside) {
  if (inside.empty() || step_of(inside) != Step::none) return true;
  if (inside.starts_with("/*") || inside.starts_with('!') || inside.starts_with('#') || inside.starts_with('>')) {
    return true;
  }
  return is_one_of(first_word(inside), {"template", "include", "partial", "break", "continue", "import"});
}

enum class Database : std::uint8_t { any, ours, another };

Database database_of(std::string_view condition) {
  const std::string lower = to_lower(condition);
  const auto has = [&](std::string_view word) { return lower.find(word) != kNone; };
  if (has("not ") || has("!=") || has("ne ")) return Database::any;
  if (has("postgres") || has("pgsql")) return Database::ours;
  for (const std::string_view name : {"mysql", "mariadb", "sqlite", "mssql", "sqlserver", "oracle", "clickhouse"}) {
    if (has(name)) return Database::another;
  }
  return Database::any;
}

// --- The mask -------------------------------------------------------------------------------------------------------

// Values that stand for no name: `${postgres-only} DO $$` is commented out for another database, and so is each line
// of the code.
using NoNames = std::set<std::string, std::less<>>;

class Masker {
 public:
  Masker(std::string& text, std::size_t start, std::size_t end, int nesting, NoNames& no_names)
      : text_(text),
        end_(end),
        nesting_(nesting),
        no_names_(no_names),
        lexer_(view(), static_cast<std::uint32_t>(start)) {}
  Masker(const Masker&) = delete;
  Masker& operator=(const Masker&) = delete;

  void run() {
    for (Token token = lexer_.next_code(); token.kind != TokenKind::end; token = lexer_.next_code()) {
      if (take(token)) continue;
      previous_ = token.is(';', view()) ? Token{} : token;
    }
  }

 private:
  // Not what lies behind the end: this may be the inside of a string.
  [[nodiscard]] std::string_view view() const noexcept { return std::string_view(text_).substr(0, end_); }

  bool take(const Token& token) {
    const std::size_t offset = token.range.start;
    switch (token.kind) {
      case TokenKind::symbol:
        return take_symbol(offset);
      case TokenKind::quoted_identifier:
        return take_quoted(token);
      case TokenKind::dollar_string:
        take_code(token);
        return false;
      default:
        return false;
    }
  }

  bool take_symbol(std::size_t offset) {
    const std::string_view text = view();
    const char next = at(text, offset + 1);
    switch (text[offset]) {
      case '{':
        if (next == '%' || next == '#') return take_directive(offset, next == '%' ? "%}" : "#}");
        if (next == '{') {
          const std::size_t end = text.find("}}", offset);
          if (end == kNone) return false;
          if (is_directive(inside_of(text.substr(offset, end + 2 - offset)))) return take_directive(offset, "}}");
        }
        return take_value(offset);
      case '$':
        if (next == '{' && take_dollar_quote(offset)) return true;
        return take_value(offset);
      case '@':
        return take_at(offset);
      default:
        return false;
    }
  }

  // The end of the value that begins at `offset`, or `offset` where none does.
  [[nodiscard]] std::size_t end_of_value(std::size_t offset) const {
    const std::string_view text = view();
    if (text.substr(offset).starts_with("{{")) {
      const std::size_t end = text.find("}}", offset);
      return end == kNone || is_directive(inside_of(text.substr(offset, end + 2 - offset))) ? offset : end + 2;
    }
    const bool is_dollar = text[offset] == '$';
    const std::size_t brace = is_dollar ? offset + 1 : offset;
    if (at(text, brace) == '{') {
      const std::size_t end = text.find_first_of("}\n", brace);
      const bool is_name = is_dollar || end_of_name(text, brace + 1) == end;
      return end == kNone || text[end] != '}' || end == brace + 1 || !is_name ? offset : end + 1;
    }
    return is_dollar && begins_name(at(text, brace)) ? end_of_name(text, brace) : offset;
  }

  bool take_value(std::size_t offset) {
    std::size_t end = end_of_value(offset);
    if (end == offset) return false;
    // With the letters and values on both sides it is one name.
    std::size_t start = offset;
    if (previous_.kind == TokenKind::word && previous_.range.end == offset) start = previous_.range.start;
    for (std::size_t next = end; next < end_; end = next) {
      next = end_of_name(view(), end);
      if (next < end_ && (text_[next] == '{' || text_[next] == '$')) next = end_of_value(next);
      if (next == end) break;
    }
    const bool stands_alone = start == offset && end == end_of_value(offset);
    const bool is_type = previous_.is_word("interval", view());
    const std::string_view value = view().substr(start, end - start);
    const bool begins_line = trimmed(view().substr(0, start), " \t").ends_with('\n');
    const bool begins_statement = previous_.kind == TokenKind::end;
    const bool no_name = begins_statement || previous_.is(')', view()) || (begins_line && no_names_.count(value) > 0);
    if (stands_alone && no_name && at(view(), end) != '.') {
      if (begins_statement) no_names_.emplace(value);
      blank(start, end);
      resume(end);
      return true;
    }
    quote(start, offset, end);
    // interval ${period}: a constant's type comes before a string, and before nothing else.
    const bool is_constant = stands_alone && is_type && text_[start] == '"' && text_[end - 1] == '"';
    if (is_constant) text_[start] = text_[end - 1] = '\'';
    return true;
  }

  // One of two braces gives its place to a quote. Letters beside a value are folded, as those of a name are.
  void quote(std::size_t start, std::size_t value, std::size_t end) {
    const std::size_t value_end = end_of_value(value);
    std::string name = "\"" + to_lower(view().substr(start, value - start));
    std::string_view inside = view().substr(value, value_end - value);
    if (inside.starts_with("{{")) {
      inside = inside.substr(1, inside.size() - 2);
      name += inside;
    } else if (inside.starts_with("${")) {
      (name += '$') += inside.substr(2, inside.size() - 3);
    } else if (inside.starts_with('{')) {
      name += inside.substr(1, inside.size() - 2);
    } else {  // $name: only one byte can be spared
      blank_into_name(start, end);
      return;
    }
    name += to_lower(view().substr(value_end, end - value_end));
    std::replace(name.begin() + 1, name.end(), '"', '\'');
    if (name.find_first_of("\r\n") != kNone) {  // a line ending keeps its place
      name = view().substr(start, end - start);
      name.front() = name.back() = '"';
      std::replace(name.begin() + 1, name.end() - 1, '"', '\'');
    } else {
      name += '"';
    }
    put(start, name);
    previous_ = {TokenKind::quoted_identifier, range(start, end), true};
    resume(end);
  }

  void blank_into_name(std::size_t start, std::size_t end) {
    std::replace_if(
        text_.begin() + static_cast<std::ptrdiff_t>(start), text_.begin() + static_cast<std::ptrdiff_t>(end),
        [](char c) { return !is_name_byte(c); }, '_');
    previous_ = {TokenKind::word, range(start, end), true};
    resume(end);
  }

  // "{{ index .Options "Namespace" }}" ends at its last quote only. It shall be the same name as the value without
  // quotes, so that a brace of each pair goes, and blanks come behind it.
  bool take_quoted(const Token& token) {
    const std::size_t offset = token.range.start;
    const std::size_t open = view().substr(0, token.range.end).find("{{", offset);
    if (open == kNone) return false;
    const std::size_t close = view().find("}}", open);
    if (close == kNone || view().substr(open, close - open).find_first_of("\r\n;") != kNone) return false;
    const std::size_t end = view().find_first_of("\"\r\n", close);
    if (end == kNone || text_[end] != '"') return false;
    std::string name(view().substr(offset + 1, open - offset - 1));
    name += view().substr(open + 1, close - open);
    name += view().substr(close + 2, end - close - 2);
    std::replace(name.begin(), name.end(), '"', '\'');
    put(offset, '"' + name + "\"  ");
    previous_ = {TokenKind::quoted_identifier, range(offset, end + 1), true};
    resume(end + 1);
    return true;
  }

  // @schema.table, @extschema@.
  bool take_at(std::size_t offset) {
    const std::string_view text = view();
    if (!begins_name(at(text, offset + 1))) return false;
    const std::size_t end = end_of_name(text, offset + 1);
    const bool closes = at(text, end) == '@' && !begins_name(at(text, end + 1));
    if (at(text, end) != '.' && !closes) return false;
    const std::string_view before = text.substr(0, offset);
    if (!before.empty() && std::string_view("<>@=~|&!#-+*/%^?").find(before.back()) != kNone) return false;
    blank_into_name(offset, closes ? end + 1 : end);
    return true;
  }

  bool take_dollar_quote(std::size_t offset) {
    const std::size_t close = end_of_name(view(), offset + 2);
    if (at(view(), close) != '}' || at(view(), close + 1) != '$' || close == offset + 2) return false;
    const std::string tag(view().substr(offset, close + 2 - offset));
    const std::size_t again = view().find(tag, offset + tag.size());
    if (again == kNone) return false;
    std::string plain = tag;
    plain[1] = plain[plain.size() - 2] = '_';
    put(offset, plain);
    put(again, plain);
    resume(offset);
    return true;
  }

  void take_code(const Token& token) {
    if (nesting_ >= kMaxNesting) return;
    const std::size_t tag = view().find('$', token.range.start + 1) + 1 - token.range.start;
    if (!token.terminated || token.range.size() < 2 * tag) return;
    Masker(text_, token.range.start + tag, token.range.end - tag, nesting_ + 1, no_names_).run();
  }

  bool take_directive(std::size_t offset, std::string_view close) {
    const std::size_t end = view().find(close, offset + 2);
    if (end == kNone) return false;
    const std::size_t behind = end + 2;
    const std::string inside(inside_of(view().substr(offset, behind - offset)));
    blank(offset, behind);
    resume(close != "#}" && leaves_out(inside) ? blank_branch(behind) : behind);
    return true;
  }

  // Whether what follows is for another database.
  bool leaves_out(std::string_view inside) {
    switch (step_of(inside)) {
      case Step::opens:
        open_.push_back(database_of(inside) == Database::ours);
        return database_of(inside) == Database::another;
      case Step::goes_over: {
        if (open_.empty()) return false;
        if (open_.back()) return true;
        open_.back() = database_of(inside) == Database::ours;
        return database_of(inside) == Database::another;
      }
      case Step::closes:
        if (!open_.empty()) open_.pop_back();
        return false;
      case Step::none:
        return false;
    }
    return false;
  }

  // Up to the directive that ends the branch. Not by tokens: they are another database's.
  std::size_t blank_branch(std::size_t start) {
    std::size_t depth = 0;
    std::size_t offset = start;
    while ((offset = view().find('{', offset)) < end_) {
      const char next = at(view(), offset + 1);
      const std::size_t end = next == '{' || next == '%' ? view().find(next == '{' ? "}}" : "%}", offset + 2) : kNone;
      if (end == kNone) {
        ++offset;
        continue;
      }
      const Step step = step_of(inside_of(view().substr(offset, end + 2 - offset)));
      if (depth == 0 && (step == Step::closes || step == Step::goes_over)) break;
      if (step == Step::opens) ++depth;
      if (step == Step::closes) --depth;
      offset = end + 2;
    }
    offset = std::min(offset, end_);
    blank(start, offset);
    return offset;
  }

  void blank(std::size_t start, std::size_t end) {
    std::replace_if(
        text_.begin() + static_cast<std::ptrdiff_t>(start), text_.begin() + static_cast<std::ptrdiff_t>(end),
        [](char c) { return c != '\n' && c != '\r'; }, ' ');
  }

  void put(std::size_t offset, std::string_view what) { text_.replace(offset, what.size(), what); }

  void resume(std::size_t offset) { lexer_ = Lexer(view(), static_cast<std::uint32_t>(offset)); }

  static ByteRange range(std::size_t start, std::size_t end) noexcept {
    return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
  }

  std::string& text_;
  std::size_t end_;
  int nesting_;
  NoNames& no_names_;
  Lexer lexer_;
  Token previous_;
  std::vector<bool> open_;  // the conditions around this place: whether a branch was PostgreSQL's by name
};

}  // namespace

std::string mask_templates(std::string_view text) {
  if (!may_have_templates(text)) return {};
  std::string masked(text);
  NoNames no_names;
  Masker(masked, 0, masked.size(), 0, no_names).run();
  if (masked == text) return {};
  return masked;
}

bool is_filled_in(const Script& script, ByteRange statement) noexcept {
  return !script.masked.empty() && statement.of(script.masked) != statement.of(script.file->text());
}

}  // namespace pglatch
