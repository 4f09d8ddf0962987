// Programs as far as it takes to find the strings of SQL in them: words, symbols, strings. Tolerant of anything: what
// is no string for certain is none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/source/embedded_text.h"

namespace pglatch {

/// What a string's letters mean.
enum class StringStyle : std::uint8_t {
  raw,      ///< themselves
  escaped,  ///< backslashes mean something
  single,   ///< Ruby's '…': a backslash takes the meaning of a quote and of a backslash only
  braces,   ///< Python's f"…": {expression}, and {{ is a brace
  raw_braces,
  hash,    ///< Ruby's "…": #{expression}
  dollar,  ///< JavaScript's `…`: ${expression}
};

struct CodeToken {
  enum class Kind : std::uint8_t { word, symbol, string, end };
  Kind kind = Kind::end;
  StringStyle style = StringStyle::raw;
  bool begins_line = false;
  ByteRange range;           ///< with quotes; of a here-document what announces it
  ByteRange body;            ///< of a string: what stands in the quotes
  std::uint32_t indent = 0;  ///< how many bytes stand before the first token of its line

  [[nodiscard]] bool is(char symbol, std::string_view text) const {
    return kind == Kind::symbol && text[range.start] == symbol;
  }
  [[nodiscard]] bool is_word(std::string_view word, std::string_view text) const {
    return kind == Kind::word && range.of(text) == word;
  }
};

/// All tokens without comments; one of kind `end` at last. Strings that are never closed are symbols.
[[nodiscard]] std::vector<CodeToken> python_tokens(std::string_view text);
[[nodiscard]] std::vector<CodeToken> ruby_tokens(std::string_view text);
[[nodiscard]] std::vector<CodeToken> javascript_tokens(std::string_view text);

/// Adds what a string means; expressions in it become placeholders.
void add_string(std::string_view text, const CodeToken& string, EmbeddedText& out);

/// Reads a program's characters; the part that is the same in all languages.
class CodeScanner {
 public:
  explicit CodeScanner(std::string_view text) : text_(text) {}

  [[nodiscard]] char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool at_end() const noexcept { return at_ >= text_.size(); }
  [[nodiscard]] std::size_t at() const noexcept { return at_; }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

  /// Moves behind blanks, and behind those and line ends.
  void skip_blanks() noexcept;
  void skip_space() noexcept;
  /// To the end of the line.
  void skip_line() noexcept;
  void move_to(std::size_t offset) noexcept { at_ = offset; }
  /// To where a line begins.
  void begin_line(std::size_t offset) noexcept;

  /// Adds the word or symbol that begins here. Bytes beyond ASCII are letters.
  void take_word(std::string_view further_letters = {});
  void take_symbol();
  /// Adds the string that begins here and goes on to `end`.
  void take_string(std::size_t body, std::size_t body_end, std::size_t end, StringStyle style);

  [[nodiscard]] std::vector<CodeToken>& tokens() noexcept { return tokens_; }
  /// find_unescaped() from `at` on. What was not found from an earlier place is not looked for again.
  [[nodiscard]] std::size_t find_close(char quote, std::size_t at, bool in_line) noexcept;
  /// The last token can be the end of a value: what follows is an operator.
  [[nodiscard]] bool follows_value() const noexcept;
  [[nodiscard]] std::vector<CodeToken> take();

 private:
  void add(CodeToken::Kind kind, std::size_t end);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;  // where it begins
  bool begins_line_ = true;
  std::uint32_t indent_ = 0;
  std::vector<CodeToken> tokens_;
  std::map<char, std::size_t> open_until_;  // no such quote from some place to here
};

/// The first `quote` from `at` on without a backslash before it, up to the end of the line if `in_line`; npos: none.
[[nodiscard]] std::size_t find_unescaped(std::string_view text, char quote, std::size_t at, bool in_line) noexcept;

/// Behind the brace that closes the one at `open`, passing over strings; npos: none closes it.
[[nodiscard]] std::size_t end_of_braces(std::string_view text, std::size_t open) noexcept;

[[nodiscard]] constexpr bool is_code_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace pglatch
