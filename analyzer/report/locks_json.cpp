// The JSON contract of `pglatch locks`, version 1.
#include "analyzer/base/json.h"
#include "analyzer/report/locks_formats.h"

namespace pglatch {
namespace {

constexpr int kContractVersion = 1;

void write_statement(JsonWriter& json, const LineIndex& lines, const ReportedStatement& statement) {
  json.begin_object();
  json.member("line", lines.line(statement.range.start));
  json.member("start", statement.range.start);
  json.member("end", statement.range.end);
  json.member("kind", statement.kind);
  json.member("in_transaction", statement.in_transaction);
  json.key("locks");
  json.begin_array();
  for (const ReportedLock& lock : statement.locks) {
    json.begin_object();
    json.member("relation", lock.relation);
    json.member("mode", to_string(lock.mode));
    json.member("held_until", to_string(lock.held_until));
    json.member("reason", to_string(lock.reason));
    json.end_object();
  }
  json.end_array();
  json.key("work");
  json.begin_array();
  for (const ReportedWork& work : statement.work) {
    json.begin_object();
    json.member("relation", work.relation);
    json.member("kind", to_string(work.kind));
    json.end_object();
  }
  json.end_array();
  json.key("fails");
  if (statement.fails) {
    json.string(*statement.fails);
  } else {
    json.null();
  }
  json.end_object();
}

}  // namespace

std::string write_locks_json(const LocksReport& report) {
  JsonWriter json;
  json.begin_object();
  json.member("version", kContractVersion);
  json.member("pg_version", report.pg_version);
  json.key("files");
  json.begin_array();
  for (const ReportedFile& file : report.files) {
    json.begin_object();
    json.member("path", file.file->path());
    json.key("statements");
    json.begin_array();
    for (const ReportedStatement& statement : file.statements) {
      write_statement(json, file.file->lines(), statement);
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.finish();
}

}  // namespace pglatch
