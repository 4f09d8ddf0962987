#include "analyzer/cli/show_files.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "analyzer/report/terminal_text.h"

namespace pglatch {
namespace {

constexpr std::size_t kColumns = 7;
using Row = std::array<std::string, kColumns>;

Row row_of(const MetScript& script) {
  std::string use(to_string(script.treatment));
  if (script.purpose != Purpose::migration && script.purpose != Purpose::down) {
    use += " (" + std::string(to_string(script.purpose)) + ")";
  }
  return {printable(script.path),
          script.framework,
          script.version.empty() ? "-" : printable(script.version),
          std::string(to_string(script.direction)),
          std::string(to_string(script.mode)),
          std::move(use),
          printable(script.reason)};
}

}  // namespace

std::string show_files(const Input& input) {
  std::vector<Row> rows{{"path", "framework", "version", "direction", "mode", "use", "why"}};
  for (const MetScript& script : input.met) rows.push_back(row_of(script));
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], cell_width(row[i]));
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i + 1 < kColumns; ++i) {
      text += row[i];
      text.append(widths[i] - cell_width(row[i]) + 2, ' ');
    }
    text += row.back();
    text += '\n';
  }
  return text;
}

}  // namespace pglatch
