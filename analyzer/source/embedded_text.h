// SQL that stands in a file of another language, as the server will get it, and where in the file each byte of it
// stands: a string may have escapes, be put together of several, have values put in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"

namespace pglatch {

/// Filled from front to back: what is added stands behind what was added before, in the file too, and takes there at
/// least as many bytes as here. So each token has room at its own place.
class EmbeddedText {
 public:
  /// Bytes that stand for themselves or for what an escape at `source` means.
  void add(std::string_view bytes, std::uint32_t source);
  /// What is put in when the program runs, such as #{name}, {name}, $(name): something of the form of a template, see
  /// mask_templates().
  void add_placeholder(std::string_view file, ByteRange source);
  /// The same where only the value is written; at `source` there is room for its bytes and two more.
  void add_placeholder(std::string_view value, std::uint32_t source);

  /// All of another text.
  void add(const EmbeddedText& other);

  /// What the server gets.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// Puts a text of the same size in its place.
  void replace(std::string text) { text_ = std::move(text); }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  /// Where it begins in the file; 0 for an empty text.
  [[nodiscard]] std::uint32_t start() const noexcept { return runs_.empty() ? 0 : runs_.front().source; }

  /// Writes it into a text of the file's size, which is blank there: each token begins where it begins in the file.
  /// At `end`, the first byte behind, it writes a semicolon, so that whatever comes next is another statement.
  void write(std::string& blank, std::uint32_t end) const;

 private:
  [[nodiscard]] std::uint32_t size_to_write() const;

  friend class EmbeddedTextWriter;

  // From `at` on both count alike.
  struct Run {
    std::uint32_t at;
    std::uint32_t source;
  };

  std::string text_;
  std::vector<Run> runs_;
};

/// Whether a text begins as a statement of PostgreSQL does; comments may come first. Other programs take pieces of
/// statements as well: knex.raw('now()').
[[nodiscard]] bool begins_statement(std::string_view text) noexcept;

}  // namespace pglatch
