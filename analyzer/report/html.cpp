// The page for a reviewer: verdict, files with their findings and locks, the plan. One file without scripts that loads
// nothing, so that it can be mailed, archived and opened anywhere; it even forbids itself to.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "analyzer/report/html_parts.h"
#include "analyzer/report/html_text.h"
#include "analyzer/report/markdown_text.h"

namespace pglatch {
namespace {

std::vector<HtmlFile> files_of(const LintReport& report, const LocksReport* locks) {
  std::vector<HtmlFile> files;
  std::unordered_map<const SourceFile*, std::size_t> known;
  const auto file_at = [&](const SourceFile* file) -> HtmlFile& {
    const auto [entry, is_new] = known.try_emplace(file, files.size());
    if (is_new) files.push_back({file, nullptr, {}, fmt::format("f{}", files.size() + 1)});
    return files[entry->second];
  };
  if (locks != nullptr) {
    for (const ReportedFile& file : locks->files) file_at(file.file.get()).locks = &file;
  }
  for (const Finding& finding : report.findings) file_at(finding.file.get()).findings.push_back(&finding);
  return files;
}

PlannedStatements planned_statements(const Plan& plan) {
  PlannedStatements planned;
  for (const OriginalStatement& statement : plan.statements) {
    if (statement.steps.empty() || statement.disposition != Disposition::rewritten) continue;
    planned.try_emplace({statement.origin.path, statement.origin.range.start}, &statement);
  }
  return planned;
}

std::size_t count(const HtmlFile& file, Severity severity) {
  return static_cast<std::size_t>(std::count_if(file.findings.begin(), file.findings.end(),
                                                [&](const Finding* each) { return each->severity == severity; }));
}

std::string badges(const HtmlFile& file) {
  std::string out;
  for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
    const std::size_t found = count(file, severity);
    if (found > 0)
      out += fmt::format(" <span class=\"badge {0}\">{1}</span>", to_string(severity),
                         counted(found, to_string(severity)));
  }
  return out.empty() ? " <span class=\"badge clean\">nothing found</span>" : out;
}

std::string verdict(const LintReport& report) {
  const std::size_t errors = report.count(Severity::error);
  if (errors > 0) return fmt::format("This would hurt a live database: {}.", counted(errors, "error"));
  if (!report.errors.empty()) return "Not everything could be read.";
  const std::size_t warnings = report.count(Severity::warning);
  if (warnings > 0) return fmt::format("Worth a second look: {}.", counted(warnings, "warning"));
  return report.findings.empty() ? "No findings." : "No danger was found; there is advice.";
}

std::string tile(std::size_t number, std::string_view noun, std::string_view style) {
  return fmt::format("<li class=\"{}\"><b>{}</b> {}{}</li>\n", style, number, noun, number == 1 ? "" : "s");
}

std::string header(const LintReport& report, const FormatOptions& options) {
  const std::size_t errors = report.count(Severity::error);
  const std::size_t warnings = report.count(Severity::warning);
  const std::size_t infos = report.count(Severity::info);
  std::string out =
      fmt::format("<header>\n<p class=\"tool\">pglatch {}{}</p>\n<h1>{}</h1>\n<ul class=\"tiles\">\n",
                  html_text(options.tool_version),
                  options.locks == nullptr ? "" : fmt::format(", for PostgreSQL {}", options.locks->pg_version),
                  html_text(verdict(report)));
  out += tile(errors, "error", errors > 0 ? "error" : "none") +
         tile(warnings, "warning", warnings > 0 ? "warning" : "none") +
         tile(infos, "info", infos > 0 ? "info" : "none") + tile(report.statements, "statement", "") +
         tile(report.files, "file", "");
  out += "</ul>\n";
  std::string left_out;
  if (report.suppressed > 0) left_out += fmt::format(" {} ignored by comments.", counted(report.suppressed, "finding"));
  if (report.known > 0) left_out += fmt::format(" {} known by the baseline.", counted(report.known, "finding"));
  if (report.left_out > 0) left_out += fmt::format(" {} left out.", counted(report.left_out, "script"));
  if (!left_out.empty()) out += fmt::format("<p class=\"note\">Not shown:{}</p>\n", left_out);
  if (!report.errors.empty()) {
    out += "<div class=\"alert\"><h2>Not read</h2>\n<ul>\n";
    for (const Error& error : report.errors) out += fmt::format("<li>{}</li>\n", html_prose(error.message));
    out += "</ul></div>\n";
  }
  return out + "</header>\n";
}

std::string contents(const std::vector<HtmlFile>& files, bool has_plan) {
  if (files.size() + (has_plan ? 1 : 0) < 2) return {};
  std::string out = "<nav aria-label=\"Contents\">\n<ul>\n";
  for (const HtmlFile& file : files) {
    out += fmt::format("<li><a href=\"#{}\"><code>{}</code></a>{}</li>\n", file.id, html_text(file.file->path()),
                       badges(file));
  }
  if (has_plan) out += "<li><a href=\"#plan\">The safe plan</a></li>\n";
  return out + "</ul>\n</nav>\n";
}

std::string section(const HtmlFile& file, const PlannedStatements& planned, LocksTerms& terms) {
  const std::string timeline = html_timeline(file);
  const std::string listing = html_listing(file, planned, terms);
  const std::string head =
      fmt::format("<h2 id=\"{}-h\"><code>{}</code>{}</h2>\n", file.id, html_text(file.file->path()), badges(file));
  const std::string start = fmt::format("<section class=\"file\" id=\"{0}\" aria-labelledby=\"{0}-h\">\n", file.id);
  // Nothing to look at: a click away.
  if (file.findings.empty() && timeline.empty()) {
    return start + head + "<details><summary>Show its text</summary>\n" + listing + "</details>\n</section>\n";
  }
  return start + head + timeline + listing + "</section>\n";
}

std::string legend(const LocksTerms& terms, bool has_timeline) {
  std::string out;
  if (has_timeline) {
    out +=
        "<ul class=\"key\"><li class=\"reads\">blocks reads and writes</li><li class=\"writes\">blocks writes</li><li "
        "class=\"weak\">blocks other schema changes</li><li class=\"works\">works under the lock</li><li "
        "class=\"perhaps\">perhaps</li></ul>\n<p class=\"note\">A column is a statement, not a span of time; a line "
        "between two is the end of a "
        "transaction.</p>\n";
  }
  const std::vector<LegendEntry> entries = legend_of(terms);
  if (!entries.empty()) out += "<dl>\n";
  for (const LegendEntry& entry : entries) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", html_text(entry.name), html_text(entry.text));
  }
  if (!entries.empty()) out += "</dl>\n";
  if (out.empty()) return out;
  return "<section class=\"legend\" aria-labelledby=\"legend-h\">\n<h2 id=\"legend-h\">Words and colours</h2>\n" + out +
         "</section>\n";
}

bool shows(const Plan* plan) {
  return plan != nullptr &&
         std::any_of(plan->statements.begin(), plan->statements.end(), [](const OriginalStatement& each) {
           return each.disposition == Disposition::rewritten || each.disposition == Disposition::not_covered;
         });
}

}  // namespace

std::string write_html(const LintReport& report, const FormatOptions& options) {
  const std::vector<HtmlFile> files = files_of(report, options.locks);
  const Plan* plan = shows(options.plan) ? options.plan : nullptr;
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>pglatch: "
      "{}</title>\n<style>\n{}</style>\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#main\">Skip to the findings</a>\n",
      html_text(verdict(report)), html_style());
  out += header(report, options) + contents(files, plan != nullptr) + "<main id=\"main\">\n";
  const PlannedStatements planned = plan == nullptr ? PlannedStatements() : planned_statements(*plan);
  LocksTerms terms;
  bool has_timeline = false;
  for (const HtmlFile& file : files) {
    const std::string text = section(file, planned, terms);
    has_timeline = has_timeline || text.find("class=\"timeline\"") != std::string::npos;
    out += text;
  }
  if (plan != nullptr) out += html_plan(*plan);
  if (!options.no_plan.empty())
    out += fmt::format("<p class=\"alert\">There is no plan: {}</p>\n", html_prose(options.no_plan));
  out += legend(terms, has_timeline);
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace pglatch
