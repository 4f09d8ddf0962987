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

// Where to begin so that the mark is in what fits.
std::uint32_t begin_of_window(std::string_view text, ByteRange line, ByteRange mark, std::size_t max_cells) {
  if (line.size() <= max_cells || mark.end - line.start <= max_cells) return line.start;
  std::uint32_t begin = mark.start;
  for (std::uint32_t back = 0; back < kLead && begin > line.start; ++back) {
    --begin;
    while (begin > line.start && is_continuation(text[begin])) --begin;
  }
  return begin;
}

// How much of a text was drawn.
struct Drawn {
  std::uint32_t bytes = 0;
  std::size_t cells = 0;
};

// Appends the characters at the beginning for which there is room.
Drawn draw(std::string& out, std::string_view text, std::size_t room) {
  Drawn drawn;
  while (true) {
    const std::string_view plain = text.substr(0, plain_prefix(text.substr(0, room - drawn.cells)));
    out += plain;
    drawn.bytes += static_cast<std::uint32_t>(plain.size());
    drawn.cells += plain.size();
    text.remove_prefix(plain.size());
    if (text.empty()) return drawn;

    const Utf8Character character = first_character(text);
    const bool tab = character.code_point == '\t';
    const char32_t shown = printable(character.code_point);
    const std::size_t cells = tab ? kTabCells : cell_width(shown);
    if (drawn.cells + cells > room) return drawn;
    if (tab) {
      out.append(kTabCells, ' ');
    } else {
      append_utf8(out, shown);
    }
    drawn.bytes += character.size;
    drawn.cells += cells;
    text.remove_prefix(character.size);
  }
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
      : out_(out), text_(file.text()), lines_(file.lines()), look_(look), paint_(paint) {}

  void context_line(std::uint32_t line) {
    const ByteRange whole = lines_.line_range(line);
    draw_line(line, whole, {whole.start, whole.start});
  }

  void marked_line(std::uint32_t line, ByteRange range) {
    const ByteRange whole = lines_.line_range(line);
    const ByteRange part = range.empty() ? range : part_on(text_, whole, range);
    const Marks marks = draw_line(line, whole, part);
    if (marks.count > 0 && (range.empty() || !part.empty())) draw_marks(marks);
  }

  void gap() {
    paint_.begin(out_, Style::quiet);
    append_number(":");
    out_ += '\n';
    paint_.end(out_, Style::quiet);
  }

 private:
  // What goes below a line.
  struct Marks {
    std::size_t blanks = 0;  // before them
    std::size_t count = 0;
  };

  // The part of the line around the range to be marked; an empty one gets one mark, or what its character takes.
  Marks draw_line(std::uint32_t number, ByteRange line, ByteRange range) {
    gutter(fmt::format_int(number).c_str());
    std::uint32_t at = begin_of_window(text_, line, range, look_.max_cells);
    std::size_t cells = 0;
    if (at > line.start) {
      out_ += "…";
      cells = 1;
    }
    const auto draw_up_to = [&](std::uint32_t end) {
      while (end < line.end && is_continuation(text_[end])) ++end;
      end = std::min(end, line.end);
      if (at >= end) return;
      const Drawn drawn = draw(out_, text_.substr(at, end - at), look_.max_cells - cells);
      at += drawn.bytes;
      cells += drawn.cells;
    };
    draw_up_to(range.start);
    Marks marks{cells, 0};
    draw_up_to(range.empty() ? range.end + 1 : range.end);
    marks.count = range.empty() && at <= range.start ? 1 : cells - marks.blanks;
    draw_up_to(line.end);
    if (at < line.end) out_ += "…";
    end_line();
    return marks;
  }

  void draw_marks(Marks marks) {
    gutter("");
    paint_.begin(out_, look_.mark_style);
    out_.append(marks.blanks, ' ');
    out_.append(marks.count, look_.mark);
    paint_.end(out_, look_.mark_style);
    out_ += '\n';
  }

  void gutter(std::string_view number) {
    paint_.begin(out_, Style::quiet);
    append_number(number);
    out_ += " |";
    paint_.end(out_, Style::quiet);
    out_ += ' ';
  }

  void append_number(std::string_view number) {
    if (number.size() < look_.number_width) out_.append(look_.number_width - number.size(), ' ');
    out_ += number;
  }

  // Nothing is seen of blanks there.
  void end_line() {
    out_.erase(out_.find_last_not_of(' ') + 1);
    out_ += '\n';
  }

  std::string& out_;
  std::string_view text_;
  const LineIndex& lines_;
  const ExcerptLook& look_;
  const Painter& paint_;
};

}  // namespace

std::size_t number_width(const SourceFile& file, ByteRange range) {
  return fmt::format_int(last_line_of(file, range)).size();
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
