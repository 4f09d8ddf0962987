// reviewdog's JSON: findings as review comments, safe edits as suggestions to accept with a click. Columns count bytes
// (reviewdog, proto/rdf/reviewdog.proto).
#include <fmt/format.h>

#include "analyzer/base/json.h"
#include "analyzer/report/lint_formats.h"

namespace pglatch {
namespace {

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "ERROR";
    case Severity::warning:
      return "WARNING";
    case Severity::info:
      return "INFO";
  }
  return "INFO";
}

void write_position(JsonWriter& json, std::string_view key, const SourceFile& file, std::uint32_t offset) {
  const Position at = file.lines().position(offset, ColumnUnit::bytes);
  json.key(key);
  json.begin_object();
  json.member("line", at.line);
  json.member("column", at.column);
  json.end_object();
}

void write_range(JsonWriter& json, const SourceFile& file, ByteRange range) {
  json.key("range");
  json.begin_object();
  write_position(json, "start", file, range.start);
  write_position(json, "end", file, range.end);
  json.end_object();
}

void write_location(JsonWriter& json, const SourceFile& file, ByteRange range) {
  json.key("location");
  json.begin_object();
  json.member("path", file.path());
  write_range(json, file, range);
  json.end_object();
}

void write_diagnostic(JsonWriter& json, const Finding& finding) {
  const SourceFile& file = *finding.file;
  json.begin_object();
  json.member("message", fmt::format("{}\n{}", finding.message, finding.help));
  write_location(json, file, finding.range);
  json.member("severity", severity_of(finding.severity));
  json.key("code");
  json.begin_object();
  json.member("value", finding.rule);
  json.end_object();
  if (finding.fix) {
    json.key("suggestions");
    json.begin_array();
    for (const Edit& edit : finding.fix->edits) {
      json.begin_object();
      write_range(json, file, edit.range);
      json.member("text", edit.text);
      json.end_object();
    }
    json.end_array();
  }
  if (!finding.related.empty()) {
    json.key("related_locations");
    json.begin_array();
    for (const RelatedRange& related : finding.related) {
      json.begin_object();
      json.member("message", related.message);
      write_location(json, file, related.range);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

}  // namespace

std::string write_rdjson(const LintReport& report, const FormatOptions& /*options*/) {
  JsonWriter json;
  json.begin_object();
  json.key("source");
  json.begin_object();
  json.member("name", "pglatch");
  json.end_object();
  json.key("diagnostics");
  json.begin_array();
  for (const Finding& finding : report.findings) write_diagnostic(json, finding);
  json.end_array();
  json.end_object();
  return json.finish();
}

}  // namespace pglatch
