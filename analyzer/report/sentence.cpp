#include "analyzer/report/sentence.h"

#include <algorithm>
#include <cassert>

#include "analyzer/base/utf8.h"
#include "analyzer/report/terminal_text.h"

namespace pglatch {
namespace {

bool is_abbreviation(std::string_view text) noexcept {
  for (const std::string_view known : {"e.g.", "i.e.", "etc.", "vs.", "cf."}) {
    if (text.ends_with(known)) return true;
  }
  return false;
}

// As many words as take no more than that many cells, but one at least.
std::string_view first_line(std::string_view text, std::size_t cells) noexcept {
  std::size_t end = fitting_prefix(text, cells);
  if (end < text.size()) {
    const std::size_t blank = text.rfind(' ', end);
    end = blank == std::string_view::npos ? text.find(' ', end) : blank;
  }
  return text.substr(0, text.find_last_not_of(' ', end) + 1);
}

}  // namespace

Sentences split_first_sentence(std::string_view text) noexcept {
  int depth = 0;
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    switch (text[at]) {
      case '"':
      case '`':
        at = std::min(text.find(text[at], at + 1), text.size() - 1);
        break;
      case '(':
      case '[':
        ++depth;
        break;
      case ')':
      case ']':
        --depth;
        break;
      case '.':
      case '!':
      case '?': {
        const bool blank_follows = text[at + 1] == ' ' || text[at + 1] == '\n';
        if (!blank_follows || depth > 0 || is_abbreviation(text.substr(0, at + 1))) break;
        const std::size_t rest = std::min(text.find_first_not_of(" \n", at + 1), text.size());
        return {text.substr(0, at + 1), text.substr(rest)};
      }
      default:
        break;
    }
  }
  return {text, {}};
}

void append_wrapped(std::string& out, std::string_view text, std::size_t width, std::string_view hanging) {
  for (bool first = true; !text.empty(); first = false) {
    std::string_view paragraph = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(paragraph.size() + 1, text.size()));
    if (!first) out += hanging;
    if (!first && paragraph.empty()) out.erase(out.find_last_not_of(' ') + 1);

    const std::size_t indent = std::min(paragraph.find_first_not_of(' '), paragraph.size());
    paragraph.remove_prefix(indent);
    out.append(indent, ' ');
    while (!paragraph.empty()) {
      const std::string_view line = first_line(paragraph, indent < width ? width - indent : 0);
      append_printable(out, line);
      paragraph.remove_prefix(std::min(paragraph.find_first_not_of(' ', line.size()), paragraph.size()));
      if (paragraph.empty()) break;
      out += '\n';
      out += hanging;
      out.append(indent, ' ');
    }
    out += '\n';
  }
}

std::string truncate(std::string_view text, std::size_t bytes) {
  constexpr std::string_view kEllipsis = "…";
  assert(bytes >= kEllipsis.size());
  if (text.size() <= bytes) return std::string(text);
  std::size_t keep = bytes - kEllipsis.size();
  while (keep > 0 && is_continuation(text[keep])) --keep;
  return std::string(text.substr(0, keep)) += kEllipsis;
}

}  // namespace pglatch
