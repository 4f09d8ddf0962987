#include "analyzer/source/psql.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

#include "analyzer/source/copy_from_stdin.h"
#include "analyzer/source/lexer.h"
#include "analyzer/source/psql_variables.h"

namespace pglatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

constexpr bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

constexpr char at(std::string_view text, std::size_t offset) noexcept {
  return offset < text.size() ? text[offset] : '\0';
}

// --- Meta-commands ------------------------------------------------------------------------------------------

// Those that send the query buffer, as a semicolon does.
constexpr std::array<std::string_view, 9> kSending = {"crosstabview", "g",     "gdesc",        "gexec", "gset",
                                                      "gx",           "parse", "sendpipeline", "watch"};

// Those that take the rest of the line as it is, backslashes and all.
constexpr std::array<std::string_view, 9> kWholeLine = {"!", "copy", "ef", "ev", "h", "help", "sf", "sv", "?"};

template <std::size_t size>
bool is_one_of(std::string_view name, const std::array<std::string_view, size>& names) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// --- The mask -----------------------------------------------------------------------------------------------

// Works in place: what is blanked is blank for the lexer too, so it may be blanked ahead of it.
class Masker {
 public:
  explicit Masker(std::string_view text) : text_(text), lexer_(text_) {}
  Masker(const Masker&) = delete;
  Masker& operator=(const Masker&) = delete;

  std::string run() {
    for (Token token = lexer_.next_code(); token.kind != TokenKind::end; token = lexer_.next_code()) {
      if (token.kind == TokenKind::symbol && take(token.range.start)) continue;
      copy_.feed(token, text_, !open_.empty());
      previous_ = token;
    }
    return std::move(text_);
  }

 private:
  // A symbol; true where it was psql's.
  bool take(std::size_t offset) {
    switch (text_[offset]) {
      case '\\':
        return take_backslash(offset);
      case ':':
        return take_colon(offset);
      case ';':
        end_statement(offset);
        return true;
      case '(':
      case '[':
        open_ += text_[offset] == '[' && follows_a_value() ? kSubscript : text_[offset];
        return false;
      case ')':
      case ']':
        if (!open_.empty()) open_.pop_back();
        return false;
      default:
        return false;
    }
  }

  // Whether a bracket after the previous token picks an element: after ARRAY and inside of its brackets it
  // begins a row.
  [[nodiscard]] bool follows_a_value() const noexcept {
    switch (previous_.kind) {
      case TokenKind::word:
        return !previous_.is_word("array", text_);
      case TokenKind::symbol:
        return previous_.is(')', text_) || previous_.is(']', text_);
      case TokenKind::end:
        return false;
      default:
        return true;
    }
  }

  bool take_colon(std::size_t colon) {
    const char next = at(text_, colon + 1);
    if (next == ':' || next == '=') {
      resume(colon + 2);
      return false;
    }
    // A colon after a string separates key and value in JSON_OBJECT; in a subscript, bounds.
    if (previous_.kind == TokenKind::string || (!open_.empty() && open_.back() == kSubscript)) return false;
    const PsqlVariable variable = psql_variable_at(text_, colon);
    switch (variable.form) {
      case PsqlVariable::Form::none:
        return false;
      case PsqlVariable::Form::plain:
        // No statement begins with a name: this one stands for a keyword (EXPLAIN) or for statements.
        if (previous_.kind == TokenKind::end) {
          blank(colon, variable.end);
          resume(variable.end);
          return true;
        }
        text_[colon] = '_';
        break;
      case PsqlVariable::Form::string:
      case PsqlVariable::Form::identifier:
        text_[colon] = ' ';
        break;
      case PsqlVariable::Form::test:
        blank(colon, variable.end);
        text_.replace(colon, 4, "TRUE");
        break;
    }
    // What stands there now is an operand of the statement.
    previous_ = Lexer(text_, static_cast<std::uint32_t>(colon)).next();
    copy_.feed(previous_, text_, !open_.empty());
    resume(variable.end);
    return true;
  }

  bool take_backslash(std::size_t backslash) {
    const char next = at(text_, backslash + 1);
    if (next == ';') {
      text_.replace(backslash, 2, "; ");
      end_statement(backslash);
      return true;
    }
    if (next == ':') {  // a colon that is no variable's
      text_[backslash] = ' ';
      resume(backslash + 2);
      return true;
    }
    if (!is_letter(next) && next != '!' && next != '?' && next != '.' && next != '\\') return false;
    take_meta_commands(backslash);
    return true;
  }

  // The meta-commands from here to the end of the line, or to a \\ after which SQL goes on.
  void take_meta_commands(std::size_t backslash) {
    const std::size_t line_end = line_end_at(backslash);
    while (backslash < line_end) {
      if (text_[backslash + 1] == '\\') {
        blank(backslash, backslash + 2);
        resume(backslash + 2);
        return;
      }
      std::size_t name_end = backslash + 1;
      while (name_end < line_end && is_letter(text_[name_end])) ++name_end;
      if (name_end == backslash + 1 && name_end < line_end) ++name_end;  // \! \? \.
      const std::string_view line(text_.data(), line_end);
      const std::string_view name = line.substr(backslash + 1, name_end - backslash - 1);
      const bool sends = is_one_of(name, kSending);
      const bool copies = name == "copy" && copies_from_stdin(line, backslash + 1);
      const std::size_t end = is_one_of(name, kWholeLine) ? line_end : end_of_arguments(line, name_end);
      blank(backslash, end);
      if (sends) {
        text_[backslash] = ';';
        end_statement(line_end);
      }
      if (copies) blank_copy_data(line_end);
      backslash = end;
    }
    resume(line_end);
  }

  static bool copies_from_stdin(std::string_view line, std::size_t copy) noexcept {
    CopyFromStdin detector;
    Lexer lexer(line, static_cast<std::uint32_t>(copy));
    std::size_t depth = 0;
    for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
      if (token.is('(', line)) ++depth;
      if (token.is(')', line) && depth > 0) --depth;
      detector.feed(token, line, depth > 0);
    }
    return detector.reads_stdin();
  }

  // The next backslash that is not quoted. A pipe (\g | command) takes the rest of the line.
  static std::size_t end_of_arguments(std::string_view line, std::size_t offset) noexcept {
    const std::size_t first = line.find_first_not_of(" \t", offset);
    if (at(line, std::min(first, line.size())) == '|') return line.size();
    char quote = '\0';
    for (; offset < line.size(); ++offset) {
      const char c = line[offset];
      if (quote == '\0') {
        if (c == '\\') return offset;
        if (c == '\'' || c == '"' || c == '`') quote = c;
      } else if (c == quote) {
        quote = '\0';
      } else if (c == '\\' && quote == '\'') {
        ++offset;
      }
    }
    return line.size();
  }

  void end_statement(std::size_t offset) {
    if (copy_.reads_stdin()) blank_copy_data(offset);
    copy_ = {};
    open_.clear();
    previous_ = {};
  }

  // psql has read the whole line by then: data begin on the next one, after those of an earlier COPY on this
  // line, and end with a line of \. or with the file.
  void blank_copy_data(std::size_t offset) {
    const std::size_t start = std::max(line_end_at(offset), data_end_);
    std::size_t end = start;
    while ((end = text_.find("\n\\.", end)) != kNone) {
      end += 3;
      if (at(text_, end) == '\r') ++end;
      if (end >= text_.size() || text_[end] == '\n') break;
    }
    data_end_ = std::min(end, text_.size());
    blank(start, data_end_);
  }

  // Asked with growing offsets; remembered, so that a line of a million commands is searched once.
  std::size_t line_end_at(std::size_t offset) {
    if (offset > line_end_ || line_end_ == 0) line_end_ = std::min(text_.find('\n', offset), text_.size());
    return line_end_;
  }

  void blank(std::size_t start, std::size_t end) {
    const auto first = text_.begin() + static_cast<std::ptrdiff_t>(start);
    std::replace_if(
        first, first + static_cast<std::ptrdiff_t>(end - start), [](char c) { return c != '\n' && c != '\r'; }, ' ');
  }

  void resume(std::size_t offset) { lexer_ = Lexer(text_, static_cast<std::uint32_t>(offset)); }

  static constexpr char kSubscript = 's';

  std::string text_;
  Lexer lexer_;
  CopyFromStdin copy_;
  std::string open_;  // the brackets and parentheses around this place, outermost first
  Token previous_;
  std::size_t data_end_ = 0;
  std::size_t line_end_ = 0;
};

}  // namespace

std::string mask_psql(std::string_view text) {
  if (text.find('\\') == kNone && !may_have_psql_variables(text) && !may_copy_from_stdin(text)) return {};
  std::string masked = Masker(text).run();
  if (masked == text) return {};
  return masked;
}

bool runs_unseen_sql(const Script& script) {
  constexpr std::string_view kCommands[] = {"i", "ir", "include", "include_relative", "gexec", "c", "connect"};
  if (script.includes_followed) return script.hides_sql;
  if (script.masked.empty()) return false;
  const std::string_view text = script.file->text();
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    const std::string_view command = rest.substr(0, rest.find_first_of(" \t\r\n\\;"));
    const bool is_command = script.masked[at] != '\\';
    if (is_command && std::find(std::begin(kCommands), std::end(kCommands), command) != std::end(kCommands))
      return true;
  }
  return false;
}

}  // namespace pglatch
