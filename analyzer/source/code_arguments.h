// The SQL that a program hands to a call: its arguments as far as they are written down as strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "analyzer/source/code_tokens.h"

namespace pglatch {

/// A string as the program makes it: put together of several, with what is put in as placeholders.
struct CodeString {
  EmbeddedText text;
  std::uint32_t end = 0;  ///< the first byte behind it
};

/// One argument of a call: a string, or a list of them.
struct CodeArgument {
  std::string_view name;            ///< where the call says it: sql="…"
  std::vector<CodeString> strings;  ///< none where it is something else
};

/// The tokens of a program, and what they say.
class Code {
 public:
  Code(std::string_view text, std::vector<CodeToken> tokens);

  [[nodiscard]] std::size_t size() const noexcept { return tokens_.size(); }
  /// Tokens beyond the last are the last, which is of kind `end`.
  [[nodiscard]] const CodeToken& at(std::size_t index) const noexcept;
  [[nodiscard]] bool is(std::size_t index, char symbol) const { return at(index).is(symbol, text_); }
  [[nodiscard]] bool is_word(std::size_t index, std::string_view word) const { return at(index).is_word(word, text_); }
  /// The words and symbols that stand there one behind the other: {"transaction", ":", "false"}.
  [[nodiscard]] bool has(std::size_t index, std::initializer_list<std::string_view> tokens) const;
  /// Anywhere.
  [[nodiscard]] bool has(std::initializer_list<std::string_view> tokens) const;

  /// The arguments of the call whose name is the token at `index`, with parentheses or, as Ruby has it, without.
  [[nodiscard]] std::vector<CodeArgument> arguments(std::size_t index) const;

  /// Behind the bracket that closes the one at `open`; the end where none does.
  [[nodiscard]] std::size_t behind_brackets(std::size_t open) const;

  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  CodeArgument argument(std::size_t& index) const;
  bool string(std::size_t& index, CodeString& out, int nesting) const;
  bool joined(std::size_t& index, CodeString& out) const;
  void format(std::size_t index, CodeString& string) const;
  void skip_argument(std::size_t& index) const;
  void find_constants();

  std::string_view text_;
  std::vector<CodeToken> tokens_;
  std::map<std::string_view, std::size_t> constants_;  // where the string begins that a name stands for
};

}  // namespace pglatch
