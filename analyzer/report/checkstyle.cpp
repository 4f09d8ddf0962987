// Checkstyle's XML, which Jenkins' Warnings plugin and many review bots read.
#include <fmt/format.h>

#include "analyzer/report/lint_formats.h"
#include "analyzer/report/xml.h"

namespace pglatch {

std::string write_checkstyle(const LintReport& report, const FormatOptions& /*options*/) {
  XmlWriter xml;
  xml.begin("checkstyle", {{"version", "4.3"}});
  const SourceFile* last = nullptr;
  for (const Finding& finding : report.findings) {
    if (finding.file.get() != last) {
      if (last != nullptr) xml.end();
      xml.begin("file", {{"name", finding.file->path()}});
    }
    last = finding.file.get();
    const Position at = last->lines().position(finding.range.start, ColumnUnit::code_points);
    xml.element("error", {{"line", std::to_string(at.line)},
                          {"column", std::to_string(at.column)},
                          {"severity", std::string(to_string(finding.severity))},
                          {"message", fmt::format("{} {}", finding.message, finding.help)},
                          {"source", fmt::format("pglatch.{}", finding.rule)}});
  }
  if (last != nullptr) xml.end();
  xml.end();
  return xml.finish();
}

}  // namespace pglatch
