// The commands of a shell script, as far as their words stand there. POSIX, "Shell Command Language": "Quoting",
// "Redirection", "Here-Document"; of bash: $'…' and here-strings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/source/embedded_text.h"

namespace pglatch {

/// One word, its quotes taken off.
struct ShellWord {
  EmbeddedText text;
  std::uint32_t start = 0;  ///< in the file, with its quotes
  std::uint32_t end = 0;    ///< the first byte behind its text: a closing quote is not of it
  bool is_dynamic = false;  ///< variables or substitutions are in it
};

struct ShellCommand {
  std::vector<ShellWord> words;
  std::optional<ShellWord> here;   ///< a here-document or here-string
  std::optional<ShellWord> input;  ///< the file of `< file`
};

/// Commands with pipes between them.
using ShellPipeline = std::vector<ShellCommand>;

/// The pipelines of a script that stands in its file from `base` on, one by one; those of command substitutions come
/// after the ones that they are in.
class ShellReader {
 public:
  ShellReader(std::string_view script, std::uint32_t base) : text_(script), base_(base) {}

  /// False at the end of the script.
  bool next(ShellPipeline& pipeline);

  /// What stands in $(…) and `…`, as far as it was read: ranges of the script.
  [[nodiscard]] const std::vector<ByteRange>& substitutions() const noexcept { return substitutions_; }

 private:
  struct HereDocument {
    std::size_t command;
    std::string delimiter;
    bool is_literal;
  };

  [[nodiscard]] char at(std::size_t offset) const noexcept { return offset < text_.size() ? text_[offset] : '\0'; }
  [[nodiscard]] std::uint32_t in_file(std::size_t offset) const noexcept {
    return base_ + static_cast<std::uint32_t>(offset);
  }
  [[nodiscard]] ByteRange range_in_file(std::size_t start, std::size_t end) const noexcept {
    return {in_file(start), in_file(end)};
  }
  void skip_blanks();
  bool take_line_end(ShellPipeline& pipeline);
  void take_redirection(ShellPipeline& pipeline);
  void take_here_document(ShellPipeline& pipeline);
  void read_here_documents(ShellPipeline& pipeline);
  ShellWord word();
  void quoted(ShellWord& word, std::size_t end);
  void ansi_quoted(ShellWord& word, std::size_t end);
  bool take_expansion(ShellWord& word);
  void put(ShellWord& word, std::size_t start, std::size_t end);
  void put_placeholder(ShellWord& word, std::size_t start, std::size_t end);
  [[nodiscard]] std::size_t end_of_double_quotes(std::size_t open) const;
  [[nodiscard]] std::size_t end_of_substitution(std::size_t open) const;

  std::string_view text_;
  std::uint32_t base_;
  std::size_t at_ = 0;
  bool after_pipe_ = false;
  mutable bool never_closed_ = false;  // some substitution was not: no later one is looked for
  std::vector<HereDocument> pending_;
  std::vector<ByteRange> substitutions_;
};

}  // namespace pglatch
