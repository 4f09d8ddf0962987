#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "analyzer/server/verify_formats.h"
#include "analyzer/server/verify_report.h"

namespace pglatch {
namespace {

using Form = ReportSection::Form;
using Cells = std::vector<std::string>;

void add_table(std::string& out, const ReportSection& section) {
  std::vector<Cells> lines{section.columns};
  lines.insert(lines.end(), section.rows.begin(), section.rows.end());
  std::vector<std::size_t> widths(section.columns.size(), 0);
  for (const Cells& line : lines) {
    for (std::size_t at = 0; at < line.size(); ++at) widths[at] = std::max(widths[at], line[at].size());
  }
  for (const Cells& line : lines) {
    std::string text;
    for (std::size_t at = 0; at < line.size(); ++at) text += fmt::format("  {:<{}}", line[at], widths[at]);
    out.append(text, 0, text.find_last_not_of(' ') + 1);
    out += '\n';
  }
}

void add_section(std::string& out, const ReportSection& section) {
  out += '\n';
  if (!section.title.empty()) out += fmt::format("{}:\n", section.title);
  if (section.form == Form::table) return add_table(out, section);
  for (const Cells& row : section.rows) {
    fmt::format_to(std::back_inserter(out), "  {}\n", row.front());
    for (std::size_t at = 1; at < row.size(); ++at) {
      fmt::format_to(std::back_inserter(out), "    {}: {}\n", section.columns[at], row[at]);
    }
  }
}

}  // namespace

std::string write_verification_text(const Verification& verification) {
  std::string out = verification.holds() ? "The proof holds: the plan makes the schema of the original, a second run "
                                           "changes nothing, no client waited too long.\n"
                                         : "The proof fails:\n";
  for (const std::string& refutation : verification.refutations) out += fmt::format("  {}\n", refutation);
  out += fmt::format("\n{}\n", verification.server);
  for (const ReportSection& section : verification_sections(verification)) add_section(out, section);
  return out;
}

}  // namespace pglatch
