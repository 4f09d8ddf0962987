#include "analyzer/source/markdown_fences.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

constexpr std::size_t kShortestFence = 3;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

void skip_blanks(std::string_view line, std::size_t& at) {
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
}

// Moves behind the marks of quotations; gives how many there are, at most `most`.
std::size_t skip_quotations(std::string_view line, std::size_t& at, std::size_t most) {
  std::size_t count = 0;
  for (std::size_t next = at; count < most;) {
    skip_blanks(line, next);
    if (next >= line.size() || line[next] != '>') break;
    at = ++next;
    ++count;
  }
  return count;
}

// Moves behind "- ", "* ", "+ ", "1. ", "1) ": the item that a fence begins.
void skip_list_marker(std::string_view line, std::size_t& at) {
  std::size_t end = at;
  skip_blanks(line, end);
  const std::size_t start = end;
  while (end < line.size() && is_digit(line[end])) ++end;
  const std::string_view marks = end == start ? "-*+" : ".)";
  if (end >= line.size() || marks.find(line[end]) == std::string_view::npos) return;
  if (end + 1 < line.size() && (line[end + 1] == ' ' || line[end + 1] == '\t')) at = end + 1;
}

struct Fence {
  char mark = '\0';
  std::size_t length = 0;
  std::size_t quotations = 0;
};

// The opening fence of a line, with the info string behind it.
bool opens(std::string_view line, Fence& fence, std::string_view& info) {
  std::size_t at = 0;
  fence.quotations = skip_quotations(line, at, line.size());
  skip_list_marker(line, at);
  skip_blanks(line, at);
  if (at >= line.size() || (line[at] != '`' && line[at] != '~')) return false;
  fence.mark = line[at];
  const std::size_t end = std::min(line.find_first_not_of(fence.mark, at), line.size());
  fence.length = end - at;
  info = trimmed(line.substr(end));
  // Backticks behind backticks are code within a sentence.
  return fence.length >= kShortestFence && (fence.mark != '`' || info.find('`') == std::string_view::npos);
}

bool closes(std::string_view line, const Fence& fence) {
  const std::string_view rest = trimmed(line);
  return rest.size() >= fence.length && rest.find_first_not_of(fence.mark) == std::string_view::npos;
}

// "sql", "{.sql}", "sql,linenos", "sql title=x", "{sql}".
std::string language_of(std::string_view info) {
  const std::size_t start = std::min(info.find_first_not_of("{. "), info.size());
  info.remove_prefix(start);
  return to_lower(info.substr(0, info.find_first_of(" \t,{}:;")));
}

}  // namespace

std::vector<FencedBlock> fenced_blocks(std::string_view text) {
  std::vector<FencedBlock> blocks;
  LineReader lines(text);
  Fence fence;
  std::string_view info;
  bool is_open = false;
  const auto close = [&](std::uint32_t end) {
    blocks.back().end = end;
    is_open = false;
  };
  while (const auto line = lines.next()) {
    if (is_open) {
      std::size_t at = 0;
      const bool goes_on = skip_quotations(line->text, at, fence.quotations) == fence.quotations;
      if (!goes_on) {
        close(line->range.start);
      } else if (closes(line->text.substr(at), fence)) {
        close(line->range.start + static_cast<std::uint32_t>(line->text.find(fence.mark)));
        continue;
      } else {
        std::vector<ByteRange>& parts = blocks.back().parts;
        const ByteRange part{line->range.start + static_cast<std::uint32_t>(at), line->next};
        if (fence.quotations == 0 && !parts.empty()) {
          parts.back().end = part.end;
        } else {
          parts.push_back(part);
        }
        continue;
      }
    }
    if (!opens(line->text, fence, info)) continue;
    is_open = true;
    blocks.push_back({language_of(info), {}, 0, line->number});
  }
  if (is_open) close(static_cast<std::uint32_t>(text.size()));
  return blocks;
}

}  // namespace pglatch
