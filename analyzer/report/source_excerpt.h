// A piece of a source file as people see it: its lines with numbers, the range underlined.
#pragma once

#include <cstddef>
#include <string>

#include "analyzer/base/byte_range.h"
#include "analyzer/report/terminal_text.h"
#include "analyzer/source/source_file.h"

namespace pglatch {

/// How an excerpt is drawn.
struct ExcerptLook {
  std::size_t number_width = 1;  ///< of the column of line numbers
  char mark = '^';               ///< what underlines
  Style mark_style = Style::plain;
  std::size_t max_cells = 120;  ///< of a line's text; what is beyond is cut off
};

/// Appends the lines of `range`, each as "12 | text" with the marks on a line below. Of a range of many lines only the
/// first and the last are shown, of a very long line only what surrounds the range. An empty range gets one mark; on a
/// blank line (an error at the end of the file) the last line before it that has text is shown as well.
void append_excerpt(std::string& out, const SourceFile& file, ByteRange range, const ExcerptLook& look,
                    const Painter& paint);

/// Digits of the largest line number in an excerpt of `range`.
[[nodiscard]] std::size_t number_width(const SourceFile& file, ByteRange range);

}  // namespace pglatch
