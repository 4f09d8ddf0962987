// GitLab's code quality report: an array in the format of Code Climate. One entry that GitLab does not like makes it
// drop all that follow, and entries with equal fingerprints become one.
// GitLab documentation, "Code Quality", "Code Quality report format".
#include <fmt/format.h>

#include <map>

#include "analyzer/base/json.h"
#include "analyzer/engine/fingerprint.h"
#include "analyzer/report/lint_formats.h"

namespace pglatch {
namespace {

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "major";
    case Severity::warning:
      return "minor";
    case Severity::info:
      return "info";
  }
  return "info";
}

// Relative paths must not begin with "./".
std::string path_of(const Finding& finding, const FormatOptions& options) {
  std::string path = options.path_of(*finding.file);
  while (path.starts_with("./")) path.erase(0, 2);
  return path;
}

}  // namespace

std::string write_gitlab(const LintReport& report, const FormatOptions& options) {
  std::map<std::pair<std::string, std::uint64_t>, int> seen;
  JsonWriter json;
  json.begin_array();
  for (const Finding& finding : report.findings) {
    const std::string path = path_of(finding, options);
    const std::uint64_t hash = fingerprint(finding);
    const LineIndex& lines = finding.file->lines();
    json.begin_object();
    json.member("description", fmt::format("{}: {}", finding.rule, finding.message));
    json.member("check_name", finding.rule);
    json.member("fingerprint", fmt::format("{}-{:016x}-{}", path, hash, ++seen[{path, hash}]));
    json.member("severity", severity_of(finding.severity));
    json.key("location");
    json.begin_object();
    json.member("path", path);
    json.key("lines");
    json.begin_object();
    json.member("begin", lines.line(finding.range.start));
    json.member("end", lines.line(finding.range.end));
    json.end_object();
    json.end_object();
    json.end_object();
  }
  json.end_array();
  return json.finish();
}

}  // namespace pglatch
