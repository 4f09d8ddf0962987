#include "analyzer/report/source_excerpt.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "analyzer/base/utf8.h"

namespace pglatch {
namespace {

constexpr std::uint32_t kLead = 30;          // characters kept before the range where a line has to be cut
constexpr std::size_t kTabCells = 4;         // a tab is that many blanks, wherever it stands
constexpr std::uint32_t kMaxWholeLines = 4;  // a range of more lines is shown by its first and last ones
constexpr std::uint32_t kLinesBeforeGap = 2;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

// A source line and the marks that go below it.
struct Row {
  std::string text;
  std::string marks;
};

// Where to begin so that the mark is in what fits.
std::uint32_t begin_of_window(std::string_view text, ByteRange line, ByteRange mark, std::size_t max_cells) {
  if (line.size() <= max_cells || mark.end - line.start <= max_cells) return line.start;
  std::uint32_t begin = mark.start;
  for (std::uint32_t back = 0; back < kLead && begin > line.start; ++back) {
    --begin;
    while (begin > line.start && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  }
  return begin;
}

// The part of `line` around `mark`; an empty mark is drawn as one.
Row draw(std::string_view text, ByteRange line, ByteRange mark, bool marked, const ExcerptLook& look) {
  Row row;
  std::uint32_t at = begin_of_window(text, line, mark, look.max_cells);
  std::size_t cells = 0;
  if (at > line.start) {
    row.text = "…";
    row.marks = " ";
    cells = 1;
  }
  while (at < line.end) {
    const Utf8Character character = first_character(text.substr(at, line.end - at));
    const bool tab = character.code_point == '\t';
    const char32_t shown = printable(character.code_point);
    const std::size_t width = tab ? kTabCells : cell_width(shown);
    if (cells + width > look.max_cells) {
      row.text += "…";
      break;
    }
    if (tab) {
      row.text.append(width, ' ');
    } else {
      append_utf8(row.text, shown);
    }
    const bool inside = mark.contains(at) || (mark.empty() && mark.start == at);
    row.marks.append(width, inside ? look.mark : ' ');
    cells += width;
    at += character.size;
  }
  if (mark.empty() && mark.start >= at) row.marks += look.mark;
  if (!marked) row.marks.clear();
  row.marks.erase(row.marks.find_last_not_of(' ') + 1);
  row.text.erase(row.text.find_last_not_of(' ') + 1);
  return row;
}

// The part of a range on one line without the blanks around it.
ByteRange part_on(std::string_view text, ByteRange line, ByteRange range) {
  ByteRange part{std::max(line.start, range.start), std::min(line.end, range.end)};
  part.end = std::max(part.end, part.start);
  while (part.end > part.start && is_blank(text[part.end - 1])) --part.end;
  while (part.start < part.end && is_blank(text[part.start])) ++part.start;
  return part;
}

std::uint32_t last_line_of(const SourceFile& file, ByteRange range) {
  return file.lines().line(range.empty() ? range.end : range.end - 1);
}

class Excerpt {
 public:
  Excerpt(std::string& out, const SourceFile& file, const ExcerptLook& look, const Painter& paint)
      : out_(out), file_(file), look_(look), paint_(paint) {}

  void context_line(std::uint32_t line) {
    const ByteRange whole = file_.lines().line_range(line);
    append(line, draw(file_.text(), whole, {whole.start, whole.start}, false, look_));
  }

  void marked_line(std::uint32_t line, ByteRange range) {
    const ByteRange whole = file_.lines().line_range(line);
    const ByteRange part = range.empty() ? range : part_on(file_.text(), whole, range);
    append(line, draw(file_.text(), whole, part, range.empty() || !part.empty(), look_));
  }

  void gap() { out_ += paint_(Style::quiet, fmt::format("{:>{}}\n", ":", look_.number_width)); }

 private:
  void append(std::uint32_t line, const Row& row) {
    append_gutter(fmt::format("{}", line), row.text);
    if (!row.marks.empty()) append_gutter("", paint_(look_.mark_style, row.marks));
  }

  void append_gutter(std::string_view number, std::string_view text) {
    out_ += paint_(Style::quiet, fmt::format("{:>{}} |", number, look_.number_width));
    if (!text.empty()) out_ += ' ';
    out_ += text;
    out_ += '\n';
  }

  std::string& out_;
  const SourceFile& file_;
  const ExcerptLook& look_;
  const Painter& paint_;
};

}  // namespace

std::size_t number_width(const SourceFile& file, ByteRange range) {
  return fmt::formatted_size("{}", last_line_of(file, range));
}

void append_excerpt(std::string& out, const SourceFile& file, ByteRange range, const ExcerptLook& look,
                    const Painter& paint) {
  Excerpt excerpt(out, file, look, paint);
  const LineIndex& lines = file.lines();
  const std::uint32_t first = lines.line(range.start);
  const std::uint32_t last = last_line_of(file, range);

  const ByteRange first_range = lines.line_range(first);
  const std::string_view first_text = first_range.of(file.text());
  if (range.empty() && std::all_of(first_text.begin(), first_text.end(), is_blank)) {
    std::uint32_t before = first_range.start;
    while (before > 0 && is_blank(file.text()[before - 1])) --before;
    if (before > 0) {
      const std::uint32_t line = lines.line(before - 1);
      excerpt.context_line(line);
      if (line + 1 < first) excerpt.gap();
    }
  }

  const bool whole = last - first < kMaxWholeLines;
  for (std::uint32_t line = first; line <= last; ++line) {
    if (!whole && line == first + kLinesBeforeGap) {
      excerpt.gap();
      line = last;
    }
    excerpt.marked_line(line, range);
  }
}

}  // namespace pglatch
