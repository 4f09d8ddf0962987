// The text of a file as HTML: line by line, with what was found marked and the kinds of words told apart.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/rule_api/finding.h"
#include "analyzer/source/lexer.h"
#include "analyzer/source/source_file.h"

namespace pglatch {

/// A piece to be marked; an empty one shows as a place.
struct HtmlMark {
  ByteRange range;
  Severity severity = Severity::info;
};

/// One file's text; it must outlive this.
class HtmlSource {
 public:
  explicit HtmlSource(const SourceFile& file);

  /// Lines `first` to `last`, each an element with its number and, of `id_prefix`, an id ("f1-l12").
  [[nodiscard]] std::string lines(std::uint32_t first, std::uint32_t last, std::span<const HtmlMark> marks,
                                  const std::string& id_prefix) const;

  /// A piece of the text.
  [[nodiscard]] std::string text(ByteRange range, std::span<const HtmlMark> marks) const;

 private:
  const SourceFile& file_;
  std::vector<Token> tokens_;  // those that look other than plain text
};

}  // namespace pglatch
