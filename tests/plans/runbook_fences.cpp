#include "tests/plans/runbook_fences.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace pglatch::testing {
namespace {

std::size_t level_of(std::string_view line) {
  const std::size_t level = line.find_first_not_of('#');
  return level == std::string_view::npos || level == 0 || line[level] != ' ' ? 0 : level;
}

// Calls visit(line, language) for each line; the language is that of the block the line is in, "```" for the fences
// themselves, empty outside of blocks.
template <class Visit>
void each_line(const std::string& text, Visit&& visit) {
  std::istringstream lines(text);
  std::string fence;
  std::string language;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t start = line.find_first_not_of(' ');
    const std::string_view content =
        start == std::string::npos ? std::string_view() : std::string_view(line).substr(start);
    const std::size_t ticks = std::min(content.find_first_not_of('`'), content.size());
    if (fence.empty() && ticks >= 3) {
      fence = std::string(content.substr(0, ticks));
      language = std::string(content.substr(ticks));
      visit(line, "```");
    } else if (!fence.empty() && content == fence) {
      fence.clear();
      visit(line, "```");
    } else {
      visit(line, fence.empty() ? "" : language.c_str());
    }
  }
  if (!fence.empty()) throw std::runtime_error("a block is not closed: " + text);
}

}  // namespace

std::string section_of(const std::string& runbook, std::string_view heading) {
  std::string section;
  bool inside = false;
  each_line(runbook, [&](const std::string& line, std::string_view language) {
    const std::size_t level = language.empty() ? level_of(line) : 0;
    if (level != 0) inside = line == heading || (inside && level > level_of(heading));
    if (inside) section += line + '\n';
  });
  return section;
}

std::vector<std::string> sql_fences(const std::string& text) {
  std::vector<std::string> fences;
  bool open = false;
  each_line(text, [&](const std::string& line, std::string_view language) {
    if (language == "```") {
      open = !open;
      if (open && line.find("sql") != std::string::npos) fences.emplace_back();
    } else if (language == "sql") {
      fences.back() += line + '\n';
    }
  });
  return fences;
}

}  // namespace pglatch::testing
