// The JSON contract of `pglatch locks`, version 1.
#include "analyzer/base/json.h"
#include "analyzer/report/locks_formats.h"

namespace pglatch {
namespace {

constexpr int kContractVersion = 1;

template <class Items, class Write>
void write_array(JsonWriter& json, std::string_view key, const Items& items, const Write& write) {
  json.key(key);
  json.begin_array();
  for (const auto& item : items) {
    json.begin_object();
    write(item);
    json.end_object();
  }
  json.end_array();
}

void write_milliseconds(JsonWriter& json, std::string_view key, const std::optional<std::int64_t>& milliseconds) {
  json.key(key);
  milliseconds ? json.integer(*milliseconds) : json.null();
}

// Members that are only there where they are not what is usual.
void write_unusual(JsonWriter& json, bool conditional, bool live) {
  if (conditional) json.member("conditional", true);
  if (!live) json.member("live", false);
}

void write_statement(JsonWriter& json, const LineIndex& lines, const ReportedStatement& statement) {
  json.begin_object();
  json.member("line", lines.line(statement.range.start));
  json.member("start", statement.range.start);
  json.member("end", statement.range.end);
  json.member("kind", statement.kind);
  json.member("in_transaction", statement.in_transaction == InTransaction::yes);
  write_array(json, "locks", statement.locks, [&](const ReportedLock& lock) {
    json.member("relation", lock.relation);
    json.member("mode", to_string(lock.mode));
    json.member("held_until", to_string(lock.held_until));
    json.member("reason", to_string(lock.reason));
    write_unusual(json, lock.conditional, lock.live);
  });
  write_array(json, "work", statement.work, [&](const ReportedWork& work) {
    json.member("relation", work.relation);
    json.member("kind", to_string(work.kind));
    write_unusual(json, work.conditional, work.live);
  });
  json.key("fails");
  statement.fails ? json.string(*statement.fails) : json.null();
  write_array(json, "held", statement.held, [&](const ReportedHeldLock& held) {
    json.member("relation", held.relation);
    json.member("mode", to_string(held.mode));
    if (held.taken_at) json.member("line", lines.line(*held.taken_at));
    write_unusual(json, held.conditional, true);
  });
  write_milliseconds(json, "lock_timeout_ms", statement.lock_timeout_ms);
  write_milliseconds(json, "statement_timeout_ms", statement.statement_timeout_ms);
  write_array(json, "dynamic_sql", statement.dynamic_sql, [&](ByteRange range) {
    json.member("start", range.start);
    json.member("end", range.end);
  });
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
