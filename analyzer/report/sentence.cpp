#include "analyzer/report/sentence.h"

#include <algorithm>
#include <cassert>

#include "analyzer/report/terminal_text.h"

namespace pglatch {
namespace {

bool is_abbreviation(std::string_view text) noexcept {
  for (const std::string_view known : {"e.g.", "i.e.", "etc.", "vs.", "cf."}) {
    if (text.ends_with(known)) return true;
  }
  return false;
}

}  // namespace

Sentences split_first_sentence(std::string_view text) noexcept {
  char quote = 0;
  int depth = 0;
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
      continue;
    }
    if (c == '"' || c == '`') quote = c;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    const bool blank_follows = text[at + 1] == ' ' || text[at + 1] == '\n';
    if ((c == '.' || c == '!' || c == '?') && blank_follows && depth <= 0 && !is_abbreviation(text.substr(0, at + 1))) {
      const std::size_t rest = text.find_first_not_of(" \n", at + 1);
      return {text.substr(0, at + 1), rest == std::string_view::npos ? std::string_view() : text.substr(rest)};
    }
  }
  return {text, {}};
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view paragraph = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));

    const std::size_t indent = std::min(paragraph.find_first_not_of(' '), paragraph.size());
    paragraph.remove_prefix(indent);
    std::string line(indent, ' ');
    std::size_t cells = indent;
    while (!paragraph.empty()) {
      const std::size_t word_end = std::min(paragraph.find(' '), paragraph.size());
      const std::string word = printable(paragraph.substr(0, word_end));
      const std::size_t word_cells = cell_width(word);
      const bool begins_line = cells == indent;
      if (!begins_line && cells + 1 + word_cells > width) {
        lines.push_back(line);
        line.assign(indent, ' ');
        cells = indent;
      } else if (!begins_line) {
        line += ' ';
        ++cells;
      }
      line += word;
      cells += word_cells;
      const std::size_t next = paragraph.find_first_not_of(' ', word_end);
      paragraph.remove_prefix(std::min(next, paragraph.size()));
    }
    lines.push_back(line);
  }
  return lines;
}

std::string truncate(std::string_view text, std::size_t bytes) {
  constexpr std::string_view kEllipsis = "…";
  assert(bytes >= kEllipsis.size());
  if (text.size() <= bytes) return std::string(text);
  std::size_t keep = bytes - kEllipsis.size();
  while (keep > 0 && (static_cast<unsigned char>(text[keep]) & 0xC0) == 0x80) --keep;
  return std::string(text.substr(0, keep)) += kEllipsis;
}

}  // namespace pglatch
