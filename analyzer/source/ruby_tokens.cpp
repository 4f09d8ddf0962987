// Ruby's documentation, "Literals": strings, here-documents, percent literals.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "analyzer/base/ascii.h"
#include "analyzer/source/code_tokens.h"

namespace pglatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

class RubyScanner {
 public:
  explicit RubyScanner(std::string_view text) : code_(text), text_(text) {}

  std::vector<CodeToken> run() {
    while (true) {
      skip_space();
      if (code_.at_end() || is_end_mark()) return code_.take();
      take_one();
    }
  }

 private:
  // A here-document that was announced on this line.
  struct Pending {
    std::size_t token;
    std::string delimiter;
  };

  // Texts of here-documents begin behind the line that announces them.
  void skip_space() {
    for (code_.skip_blanks(); code_.peek() == '\n'; code_.skip_blanks()) {
      code_.begin_line(code_.at() + 1);
      if (!pending_.empty()) read_pending();
      skip_block_comment();
    }
  }

  void skip_block_comment() {
    if (text_.substr(code_.at(), 6) != "=begin") return;
    const std::size_t end = text_.find("\n=end", code_.at());
    code_.move_to(end == kNone ? text_.size() : end + 5);
    code_.skip_line();
  }

  bool is_end_mark() const {
    return text_.substr(code_.at(), 8) == "__END__\n" && (code_.at() == 0 || text_[code_.at() - 1] == '\n');
  }

  void take_one() {
    const char c = code_.peek();
    if (c == '#') return code_.skip_line();
    if (c == '\'' || c == '"' || c == '`') return take_quoted(c);
    if (c == '<' && code_.peek(1) == '<' && take_announcement()) return;
    if (c == '%' && take_percent()) return;
    if (c == '/' && !code_.follows_value() && take_regex()) return;
    if (c == '?' && !code_.follows_value() && !is_code_letter(code_.peek(2))) {  // ?" is a character
      code_.take_symbol();
      if (!code_.at_end() && !is_space(code_.peek())) code_.take_symbol();
      return;
    }
    if (is_code_letter(c)) {
      code_.take_word();
      CodeToken& word = code_.tokens().back();
      const char next = code_.peek();
      if ((next == '!' || next == '?') && code_.peek(1) != '=') {
        ++word.range.end;
        code_.move_to(word.range.end);
      }
      return;
    }
    code_.take_symbol();
  }

  void take_quoted(char quote) {
    const std::size_t body = code_.at() + 1;
    const std::size_t close = code_.find_close(quote, body, false);
    if (close == kNone) return code_.take_symbol();
    code_.take_string(body, close, close + 1, quote == '\'' ? StringStyle::single : StringStyle::hash);
  }

  // <<~SQL, <<-SQL, <<SQL, <<~'SQL', <<~"SQL".
  bool take_announcement() {
    std::size_t at = code_.at() + 2;
    const bool has_mark = at < text_.size() && (text_[at] == '~' || text_[at] == '-');
    if (has_mark) ++at;
    const char quote = at < text_.size() && (text_[at] == '\'' || text_[at] == '"') ? text_[at] : '\0';
    if (quote != '\0') ++at;
    const std::size_t start = at;
    while (at < text_.size() && is_code_letter(text_[at])) ++at;
    if (at == start || (quote != '\0' && (at >= text_.size() || text_[at] != quote))) return false;
    // Without a mark it may be an operator: in capitals it hardly is.
    const bool is_capital = text_[start] >= 'A' && text_[start] <= 'Z';
    if (!has_mark && !is_capital) return false;
    pending_.push_back({code_.tokens().size(), std::string(text_.substr(start, at - start))});
    const std::size_t end = quote == '\0' ? at : at + 1;
    code_.take_string(end, end, end, quote == '\'' ? StringStyle::raw : StringStyle::hash);
    return true;
  }

  // One that never ends has no text, and what follows is read as code.
  void read_pending() {
    for (const Pending& pending : pending_) {
      const std::size_t start = code_.at();
      if (never_closed_.count(pending.delimiter) > 0) continue;
      never_closed_.insert(pending.delimiter);
      for (std::size_t line = start; line < text_.size();) {
        const std::size_t next = std::min(text_.find('\n', line), text_.size());
        if (trimmed(text_.substr(line, next - line)) == pending.delimiter) {
          code_.tokens()[pending.token].body = {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(line)};
          code_.begin_line(std::min(next + 1, text_.size()));
          never_closed_.erase(pending.delimiter);
          break;
        }
        line = next + 1;
      }
    }
    pending_.clear();
  }

  // %q(…), %Q[…], %(…); %w and others are no SQL, but may have quotes in them.
  bool take_percent() {
    std::size_t at = code_.at() + 1;
    const char kind = at < text_.size() && std::string_view("qQwWiIrxs").find(text_[at]) != kNone ? text_[at] : '\0';
    if (kind != '\0') ++at;
    if (at >= text_.size() || is_code_letter(text_[at]) || is_space(text_[at]) || text_[at] == '=') return false;
    // A rest of a division has a blank on both sides or on none.
    const bool after_blank = code_.at() > 0 && is_space(text_[code_.at() - 1]);
    if (code_.follows_value() && !after_blank) return false;
    const char open = text_[at];
    const char close = open == '(' ? ')' : open == '[' ? ']' : open == '{' ? '}' : open == '<' ? '>' : open;
    if (never_closed_.count(std::string(1, close)) > 0) return false;
    std::size_t depth = 1;
    std::size_t end = at + 1;
    for (; end < text_.size(); ++end) {
      if (text_[end] == '\\') {
        ++end;
      } else if (text_[end] == close) {
        if (--depth == 0) break;
      } else if (text_[end] == open) {
        ++depth;
      }
    }
    if (end >= text_.size()) {
      never_closed_.insert(std::string(1, close));
      return false;
    }
    if (kind == '\0' || kind == 'Q' || kind == 'q') {
      code_.take_string(at + 1, end, end + 1, kind == 'q' ? StringStyle::single : StringStyle::hash);
    } else {
      code_.take_symbol();
      code_.move_to(end + 1);
    }
    return true;
  }

  bool take_regex() {
    const std::size_t close = code_.find_close('/', code_.at() + 1, true);
    if (close == kNone) return false;
    code_.take_symbol();
    code_.move_to(close + 1);
    return true;
  }

  CodeScanner code_;
  std::string_view text_;
  std::vector<Pending> pending_;
  std::set<std::string> never_closed_;  // brackets and delimiters that were not found up to the end
};

}  // namespace

std::vector<CodeToken> ruby_tokens(std::string_view text) { return RubyScanner(text).run(); }

}  // namespace pglatch
