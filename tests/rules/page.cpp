#include "tests/rules/page.h"

#include <sstream>

namespace pglatch::testing {
namespace {

constexpr std::string_view kVersion = ", PostgreSQL ";

void set_marker(Example& example, const std::string& line) {
  example.marker = line;
  const std::size_t version = line.find(kVersion);
  if (version == std::string::npos) return;
  example.marker = line.substr(0, version);
  example.pg_version = std::stoi(line.substr(version + kVersion.size()));
}

bool starts_with(const std::string& line, std::string_view prefix) { return line.rfind(prefix, 0) == 0; }

}  // namespace

Page parse_page(std::string_view markdown) {
  Page page;
  std::istringstream lines{std::string(markdown)};
  bool in_example = false;
  for (std::string line; std::getline(lines, line);) {
    if (in_example) {
      if (line == "```") {
        in_example = false;
      } else if (page.examples.back().marker.empty()) {
        set_marker(page.examples.back(), line);
      } else {
        page.examples.back().sql += line + "\n";
      }
    } else if (line == "```sql") {
      in_example = true;
      page.examples.emplace_back();
    } else if (starts_with(line, "# ")) {
      page.title = line.substr(2);
    } else if (starts_with(line, "## ")) {
      page.sections.push_back(line.substr(3));
    } else if (page.summary.empty() && !line.empty()) {
      page.summary = line;
    }
  }
  return page;
}

}  // namespace pglatch::testing
