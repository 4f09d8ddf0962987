// The JSON contract of `pglatch lint`, version 1.
#include "analyzer/base/json.h"

#include "analyzer/report/lint_formats.h"

namespace pglatch {
namespace {

constexpr int kContractVersion = 1;

void write_related(JsonWriter& json, const Finding& finding) {
  json.key("related");
  json.begin_array();
  for (const RelatedRange& related : finding.related) {
    const Position at = finding.file->lines().position(related.range.start, ColumnUnit::code_points);
    json.begin_object();
    json.member("start", related.range.start);
    json.member("end", related.range.end);
    json.member("line", at.line);
    json.member("column", at.column);
    json.member("message", related.message);
    json.end_object();
  }
  json.end_array();
}

void write_fix(JsonWriter& json, const std::optional<Fix>& fix) {
  json.key("fix");
  if (!fix) {
    json.null();
    return;
  }
  json.begin_object();
  json.member("title", fix->title);
  json.key("edits");
  json.begin_array();
  for (const Edit& edit : fix->edits) {
    json.begin_object();
    json.member("start", edit.range.start);
    json.member("end", edit.range.end);
    json.member("text", edit.text);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_finding(JsonWriter& json, const Finding& finding) {
  const LineIndex& lines = finding.file->lines();
  const Position start = lines.position(finding.range.start, ColumnUnit::code_points);
  const Position end = lines.position(finding.range.end, ColumnUnit::code_points);
  json.begin_object();
  json.member("path", finding.file->path());
  json.member("rule", finding.rule);
  json.member("severity", to_string(finding.severity));
  json.member("message", finding.message);
  json.member("help", finding.help);
  json.member("line", start.line);
  json.member("column", start.column);
  json.member("end_line", end.line);
  json.member("end_column", end.column);
  json.member("start", finding.range.start);
  json.member("end", finding.range.end);
  json.strings("relations", finding.relations);
  write_related(json, finding);
  write_fix(json, finding.fix);
  json.end_object();
}

}  // namespace

std::string write_json(const LintReport& report, const FormatOptions& /*options*/) {
  JsonWriter json;
  json.begin_object();
  json.member("version", kContractVersion);
  json.key("findings");
  json.begin_array();
  for (const Finding& finding : report.findings) write_finding(json, finding);
  json.end_array();
  json.key("summary");
  json.begin_object();
  json.member("files", report.files);
  json.member("statements", report.statements);
  json.member("errors", report.count(Severity::error));
  json.member("warnings", report.count(Severity::warning));
  json.member("infos", report.count(Severity::info));
  json.end_object();
  json.end_object();
  return json.finish();
}

}  // namespace pglatch
