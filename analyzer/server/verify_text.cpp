#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "analyzer/server/verify_formats.h"
#include "analyzer/server/verify_rows.h"

namespace pglatch {
namespace {

void add_table(std::string& out, const std::vector<VerificationRow>& rows) {
  std::size_t first = 0;
  std::size_t second = 0;
  for (const VerificationRow& row : rows) {
    first = std::max(first, row.what.size());
    second = std::max(second, row.original.size());
  }
  for (const VerificationRow& row : rows) {
    fmt::format_to(std::back_inserter(out), "  {:<{}}  {:<{}}  {}\n", row.what, first, row.original, second, row.plan);
  }
}

void add_values(std::string& out, std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) fmt::format_to(std::back_inserter(out), "    {}: not there\n", name);
  for (const std::string& value : values) fmt::format_to(std::back_inserter(out), "    {}: {}\n", name, value);
}

void add_differences(std::string& out, std::string_view title, const std::vector<SchemaDifference>& differences,
                     std::string_view a, std::string_view b) {
  if (differences.empty()) return;
  fmt::format_to(std::back_inserter(out), "\n{}:\n", title);
  for (const SchemaDifference& difference : differences) {
    fmt::format_to(std::back_inserter(out), "  {}\n", difference.object);
    add_values(out, a, difference.original);
    add_values(out, b, difference.plan);
  }
}

void add_lines(std::string& out, std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  fmt::format_to(std::back_inserter(out), "\n{}:\n", title);
  for (const std::string& line : lines) fmt::format_to(std::back_inserter(out), "  {}\n", line);
}

}  // namespace

std::string write_verification_text(const Verification& verification) {
  std::string out = verification.holds() ? "The proof holds: the plan makes the schema of the original, a second run "
                                           "changes nothing, no client waited too long.\n"
                                         : "The proof fails:\n";
  for (const std::string& refutation : verification.refutations) out += fmt::format("  {}\n", refutation);
  out += fmt::format("\n{}\n\n", verification.server);
  std::vector<VerificationRow> rows{{"", "original", "plan"}};
  const auto measured = verification_rows(verification);
  rows.insert(rows.end(), measured.begin(), measured.end());
  add_table(out, rows);
  std::vector<std::string> tables;
  for (const FilledTable& table : verification.tables) {
    tables.push_back(fmt::format("{}: {}{}", table.name, table.rows,
                                 table.problem.empty() ? "" : fmt::format(" (not filled: {})", table.problem)));
  }
  add_lines(out, "Rows", tables);
  add_lines(out, "Notes", verification.notes);
  add_lines(out, "Locks of the original that the model did not say", unpredicted_locks(verification.original));
  add_lines(out, "Locks of the plan that the model did not say", unpredicted_locks(verification.plan));
  add_differences(out, "Differences of the final schemas", verification.differences, "original", "plan");
  add_differences(out, "Changed by the second run", verification.second_changes, "before", "after");
  return out;
}

}  // namespace pglatch
