// One line a finding, as compilers write them: for vim's quickfix list, emacs' compile and problem matchers.
#include <fmt/format.h>

#include <iterator>

#include "analyzer/report/lint_formats.h"
#include "analyzer/report/terminal_text.h"

namespace pglatch {

std::string write_concise(const LintReport& report, const FormatOptions& /*options*/) {
  std::string out;
  for (const Finding& finding : report.findings) {
    const Position at = finding.file->lines().position(finding.range.start, ColumnUnit::code_points);
    fmt::format_to(std::back_inserter(out), "{}:{}:{}: {}: {} [{}]\n", printable(finding.file->path()), at.line,
                   at.column, to_string(finding.severity), printable(finding.message), finding.rule);
  }
  for (const Error& error : report.errors) out += fmt::format("{}\n", printable(error.message));
  return out;
}

}  // namespace pglatch
