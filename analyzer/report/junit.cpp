// JUnit's XML as Jenkins, GitLab, Azure and Buildkite read it: a suite a file, a failed case a finding. A report
// without any case would look like one that was not written, so a clean run has one that passed.
#include <fmt/format.h>

#include "analyzer/report/lint_formats.h"
#include "analyzer/report/xml.h"

namespace pglatch {
namespace {

void write_case(XmlWriter& xml, const Finding& finding) {
  const Position at = finding.file->lines().position(finding.range.start, ColumnUnit::code_points);
  xml.begin("testcase", {{"classname", finding.file->path()},
                         {"name", fmt::format("{} at line {}", finding.rule, at.line)},
                         {"file", finding.file->path()},
                         {"line", std::to_string(at.line)}});
  const std::string place = fmt::format("{}:{}:{}", finding.file->path(), at.line, at.column);
  xml.element("failure", {{"type", std::string(to_string(finding.severity))}, {"message", finding.message}},
              fmt::format("{}: {}\n{}", place, finding.message, finding.help));
  xml.end();
}

}  // namespace

std::string write_junit(const LintReport& report, const FormatOptions& /*options*/) {
  const std::string failures = std::to_string(report.findings.size());
  const std::string errors = std::to_string(report.errors.size());
  const bool clean = report.findings.empty() && report.errors.empty();
  const std::size_t cases = clean ? 1 : report.findings.size() + report.errors.size();
  XmlWriter xml;
  xml.begin("testsuites",
            {{"name", "pglatch"}, {"tests", std::to_string(cases)}, {"failures", failures}, {"errors", errors}});
  for (std::size_t first = 0; first < report.findings.size();) {
    const SourceFile* file = report.findings[first].file.get();
    std::size_t next = first;
    while (next < report.findings.size() && report.findings[next].file.get() == file) ++next;
    const std::string count = std::to_string(next - first);
    xml.begin("testsuite", {{"name", file->path()}, {"tests", count}, {"failures", count}, {"errors", "0"}});
    for (; first < next; ++first) write_case(xml, report.findings[first]);
    xml.end();
  }
  if (clean || !report.errors.empty()) {
    xml.begin("testsuite", {{"name", "pglatch"},
                            {"tests", std::to_string(clean ? 1 : report.errors.size())},
                            {"failures", "0"},
                            {"errors", errors}});
    if (clean) xml.element("testcase", {{"classname", "pglatch"}, {"name", "no findings"}});
    for (const Error& error : report.errors) {
      xml.begin("testcase", {{"classname", "pglatch"}, {"name", "input that could not be read"}});
      xml.element("error", {{"message", error.message}});
      xml.end();
    }
    xml.end();
  }
  xml.end();
  return xml.finish();
}

}  // namespace pglatch
