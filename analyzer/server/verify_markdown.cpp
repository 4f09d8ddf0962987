#include <fmt/format.h>

#include "analyzer/server/verify_formats.h"
#include "analyzer/server/verify_rows.h"

namespace pglatch {
namespace {

// A cell of a table: no line breaks, and bars are not its end.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string listed(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : "; ") + value;
  return out.empty() ? "not there" : out;
}

void add_differences(std::string& out, std::string_view title, const std::vector<SchemaDifference>& differences,
                     std::string_view a, std::string_view b) {
  if (differences.empty()) return;
  out += fmt::format("\n### {}\n\n| Object | {} | {} |\n|---|---|---|\n", title, a, b);
  for (const SchemaDifference& difference : differences) {
    out += fmt::format("| {} | {} | {} |\n", cell(difference.object), cell(listed(difference.original)),
                       cell(listed(difference.plan)));
  }
}

void add_lines(std::string& out, std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  out += fmt::format("\n### {}\n\n", title);
  for (const std::string& line : lines) out += fmt::format("- {}\n", cell(line));
}

}  // namespace

std::string write_verification_markdown(const Verification& verification) {
  std::string out =
      verification.holds() ? "## pglatch verify: the proof holds\n\n" : "## pglatch verify: the proof fails\n\n";
  for (const std::string& refutation : verification.refutations) out += fmt::format("- {}\n", cell(refutation));
  if (!verification.holds()) out += '\n';
  out += fmt::format("{}\n\n| | Original | Plan |\n|---|---|---|\n", verification.server);
  for (const VerificationRow& row : verification_rows(verification)) {
    out += fmt::format("| {} | {} | {} |\n", cell(row.what), cell(row.original), cell(row.plan));
  }
  std::vector<std::string> tables;
  for (const FilledTable& table : verification.tables) {
    tables.push_back(fmt::format("{}: {}{}", table.name, table.rows,
                                 table.problem.empty() ? "" : fmt::format(" (not filled: {})", table.problem)));
  }
  add_lines(out, "Rows", tables);
  add_lines(out, "Notes", verification.notes);
  add_lines(out, "Locks of the original that the model did not say", unpredicted_locks(verification.original));
  add_lines(out, "Locks of the plan that the model did not say", unpredicted_locks(verification.plan));
  add_differences(out, "Differences of the final schemas", verification.differences, "Original", "Plan");
  add_differences(out, "Changed by the second run", verification.second_changes, "Before", "After");
  return out;
}

}  // namespace pglatch
