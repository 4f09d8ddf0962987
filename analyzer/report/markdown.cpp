// A comment on a pull request, or the summary of a job: the verdict, then the findings by file.
#include <fmt/format.h>

#include "analyzer/report/lint_formats.h"
#include "analyzer/report/terminal_text.h"

namespace pglatch {
namespace {

constexpr std::size_t kFoldedFrom = 20;  // more findings than this in a file are shown on a click

// Nothing in the text is markup, or ends the cell of a table.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (std::string_view("\\`*_|[]~@#").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string verdict(const LintReport& report) {
  const std::string extent =
      fmt::format("{} in {}", counted(report.statements, "statement"), counted(report.files, "file"));
  if (report.findings.empty() && report.errors.empty()) return fmt::format("**No findings** in {}.\n", extent);
  return fmt::format("**{}, {}, {}** in {}.\n", counted(report.count(Severity::error), "error"),
                     counted(report.count(Severity::warning), "warning"), counted(report.count(Severity::info), "info"),
                     extent);
}

std::string row(const Finding& finding) {
  std::string text = fmt::format("| {} | {} | `{}` | {}", finding.file->lines().line(finding.range.start),
                                 to_string(finding.severity), finding.rule, escaped(finding.message));
  if (!finding.help.empty()) text += fmt::format("<br>{}", escaped(finding.help));
  if (finding.fix) text += "<br>`pglatch fix` makes this edit.";
  if (finding.has_plan) text += "<br>`pglatch plan` writes the safe steps.";
  return text + " |\n";
}

}  // namespace

std::string write_markdown(const LintReport& report, const FormatOptions& /*options*/) {
  std::string out = "## pglatch\n\n" + verdict(report);
  for (std::size_t first = 0; first < report.findings.size();) {
    const SourceFile* file = report.findings[first].file.get();
    std::size_t next = first;
    while (next < report.findings.size() && report.findings[next].file.get() == file) ++next;
    const bool folded = next - first > kFoldedFrom;
    out += fmt::format("\n### {}\n\n", escaped(file->path()));
    if (folded) out += fmt::format("<details><summary>{} findings</summary>\n\n", next - first);
    out += "| Line | Severity | Rule | Finding |\n|---:|---|---|---|\n";
    for (; first < next; ++first) out += row(report.findings[first]);
    if (folded) out += "\n</details>\n";
  }
  if (!report.errors.empty()) out += "\n### Not read\n\n";
  for (const Error& error : report.errors) out += fmt::format("- {}\n", escaped(error.message));
  return out;
}

}  // namespace pglatch
