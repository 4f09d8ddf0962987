#include <fmt/format.h>

#include "analyzer/base/markdown.h"
#include "analyzer/server/verify_formats.h"
#include "analyzer/server/verify_report.h"

namespace pglatch {
namespace {

std::string table_row(const std::vector<std::string>& cells) {
  std::string out;
  for (const std::string& cell : cells) out += fmt::format("| {} ", markdown_cell(cell));
  return out + "|\n";
}

void add_section(std::string& out, const ReportSection& section) {
  if (!section.title.empty()) out += fmt::format("\n### {}\n", section.title);
  out += '\n';
  if (section.form == ReportSection::Form::lines) {
    for (const auto& row : section.rows) out += fmt::format("- {}\n", markdown_cell(row.front()));
    return;
  }
  out += table_row(section.columns);
  for (std::size_t at = 0; at < section.columns.size(); ++at) out += "|---";
  out += "|\n";
  for (const auto& row : section.rows) out += table_row(row);
}

}  // namespace

std::string write_verification_markdown(const Verification& verification) {
  std::string out =
      verification.holds() ? "## pglatch verify: the proof holds\n\n" : "## pglatch verify: the proof fails\n\n";
  for (const std::string& refutation : verification.refutations)
    out += fmt::format("- {}\n", markdown_cell(refutation));
  if (!verification.holds()) out += '\n';
  out += verification.server + '\n';
  for (const ReportSection& section : verification_sections(verification)) add_section(out, section);
  return out;
}

}  // namespace pglatch
