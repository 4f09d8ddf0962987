// A comment on a pull request, or the summary of a job: the verdict, the findings by file, the plan on a click.
#include <fmt/format.h>

#include "analyzer/plan/plan.h"
#include "analyzer/report/lint_formats.h"
#include "analyzer/report/markdown_text.h"

namespace pglatch {
namespace {

constexpr std::size_t kFoldedFrom = 20;  // more findings than this in a file are shown on a click
// GitHub's limits are 65,536 characters and 1 MiB; what ends the document needs a little of it.
constexpr std::size_t kCommentBytes = 64'000;
constexpr std::size_t kSummaryBytes = 1'000'000;

std::string verdict(const LintReport& report) {
  const std::string extent =
      fmt::format("{} in {}", counted(report.statements, "statement"), counted(report.files, "file"));
  if (report.findings.empty() && report.errors.empty()) return fmt::format("**No findings** in {}.\n", extent);
  const std::size_t errors = report.count(Severity::error);
  const std::size_t warnings = report.count(Severity::warning);
  std::string_view word = "Advice";
  if (!report.errors.empty()) word = "Not everything could be read";
  if (warnings > 0) word = "Worth a second look";
  if (errors > 0) word = "This would hurt a live database";
  return fmt::format("**{}:** {}, {}, {} in {}.\n", word, counted(errors, "error"), counted(warnings, "warning"),
                     counted(report.count(Severity::info), "info"), extent);
}

std::string row(const Finding& finding) {
  std::string text = fmt::format("| {} | {} | `{}` | {}", finding.file->lines().line(finding.range.start),
                                 to_string(finding.severity), finding.rule, markdown_prose(finding.message));
  if (!finding.help.empty()) text += fmt::format("<br>{}", markdown_prose(finding.help));
  if (finding.fix) text += "<br>`pglatch fix` makes this edit.";
  if (finding.has_plan) text += "<br>`pglatch plan` writes the safe steps.";
  return text + " |\n";
}

std::string is_are(std::size_t count) {
  return fmt::format("{} {}", counted(count, "finding"), count == 1 ? "is" : "are");
}

// The findings, as far as there is room.
std::string findings(const LintReport& report, std::size_t room) {
  std::string out;
  std::size_t shown = 0;
  for (std::size_t first = 0; first < report.findings.size();) {
    const SourceFile* file = report.findings[first].file.get();
    std::size_t next = first;
    while (next < report.findings.size() && report.findings[next].file.get() == file) ++next;
    const bool folded = next - first > kFoldedFrom;
    std::string head = fmt::format("\n### {}\n\n", markdown_prose(file->path()));
    if (folded) head += fmt::format("<details><summary>{} findings</summary>\n\n", next - first);
    head += "| Line | Severity | Rule | Finding |\n|---:|---|---|---|\n";
    std::string rows;
    while (first < next) {
      const std::string text = row(report.findings[first]);
      if (out.size() + head.size() + rows.size() + text.size() > room) break;
      rows += text;
      ++first;
      ++shown;
    }
    if (!rows.empty()) out += head + rows;
    if (!rows.empty() && folded) out += "\n</details>\n";
    if (first < next) break;
  }
  if (shown == report.findings.size()) return out;
  return out + fmt::format("\n{} not shown here.\n", is_are(report.findings.size() - shown));
}

std::string plan_of(const FormatOptions& options, std::size_t room) {
  if (!options.no_plan.empty()) return fmt::format("\nThere is no plan: {}\n", markdown_prose(options.no_plan));
  if (options.plan == nullptr) return {};
  std::string text = markdown_plan(*options.plan);
  if (text.size() <= room) return text;
  return fmt::format("\nThe plan has {}, too many to be shown here: `pglatch plan` writes it.\n",
                     counted(options.plan->steps().size(), "step"));
}

bool has_rewritten(const Plan& plan) {
  for (const OriginalStatement& statement : plan.statements) {
    if (statement.disposition == Disposition::rewritten || statement.disposition == Disposition::not_covered)
      return true;
  }
  return false;
}

std::string document(const LintReport& report, const FormatOptions& options, std::size_t most) {
  std::string out = "## pglatch\n\n" + verdict(report);
  if (!report.errors.empty()) out += "\n### Not read\n\n";
  for (const Error& error : report.errors) {
    if (out.size() > most / 4) break;
    out += fmt::format("- {}\n", markdown_prose(error.message));
  }
  out += findings(report, most - out.size());
  const bool shows_plan = !report.findings.empty() && (options.plan == nullptr || has_rewritten(*options.plan));
  if (shows_plan) out += plan_of(options, most > out.size() ? most - out.size() : 0);
  return out;
}

}  // namespace

std::string write_markdown(const LintReport& report, const FormatOptions& options) {
  return document(report, options, kCommentBytes);
}

std::string write_markdown_summary(const LintReport& report, const FormatOptions& options) {
  return document(report, options, kSummaryBytes);
}

}  // namespace pglatch
