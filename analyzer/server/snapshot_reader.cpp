#include "analyzer/server/snapshot_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <variant>

#include "analyzer/base/json.h"
#include "analyzer/base/json_reader.h"
#include "analyzer/base/utf8.h"
#include "analyzer/catalog/snapshot.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/server/connection.h"
#include "analyzer/server/snapshot_queries.h"

namespace pglatch {
namespace {

constexpr int kOldestReadable = 140000;

// Under an empty search_path names are printed with their schemas. Functions that print definitions and sizes lock what
// they look at in ACCESS SHARE mode, so somebody's ALTER TABLE can hold them up, and they then hold up nobody for long.
constexpr const char* kBegin =
    "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '60s';"
    "SET LOCAL idle_in_transaction_session_timeout = '60s';"
    "SET LOCAL search_path = ''; SET LOCAL client_encoding = 'UTF8'; SET LOCAL jit = off;"
    "SET LOCAL quote_all_identifiers = off; SET LOCAL extra_float_digits = 1; SET LOCAL DateStyle = 'ISO';"
    "SET LOCAL IntervalStyle = 'postgres'";

void append(std::string& text, const JsonValue& value);

bool holds_objects(const JsonValue& array) {
  return !array.elements.empty() && array.elements.front().kind == JsonValue::Kind::object;
}

// Objects one a line, so that a difference between two snapshots shows; all else on one line.
void append_array(std::string& text, const JsonValue& array, std::string_view indent) {
  const bool lines = holds_objects(array);
  text += '[';
  for (const JsonValue& element : array.elements) {
    if (&element != &array.elements.front()) text += lines ? "," : ", ";
    if (lines) text.append("\n").append(indent);
    append(text, element);
  }
  text += ']';
}

// Its depth is that of our own queries' answers: three levels.
void append(std::string& text, const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::null:
      text += "null";
      return;
    case JsonValue::Kind::boolean:
      text += value.boolean ? "true" : "false";
      return;
    case JsonValue::Kind::integer:
      text += std::to_string(value.integer);
      return;
    case JsonValue::Kind::number:
      text += fmt::format("{}", value.number);
      return;
    case JsonValue::Kind::string:
      text += json_quoted(value.string);
      return;
    case JsonValue::Kind::array:
      return append_array(text, value, "      ");
    case JsonValue::Kind::object:
      text += '{';
      for (const JsonMember& member : value.members) {
        if (&member != &value.members.front()) text += ", ";
        text.append(json_quoted(member.key)).append(": ");
        append(text, member.value);
      }
      text += '}';
      return;
  }
}

JsonValue parsed(const Row& row) {
  auto value = read_json(to_valid_utf8(row.front().value()));
  if (const auto* error = std::get_if<JsonError>(&value)) throw std::runtime_error(error->message);
  return std::get<JsonValue>(std::move(value));
}

// By qualified, quoted name.
using Writes = std::unordered_map<std::string, std::int64_t>;

Writes rows_written(Connection& connection) {
  Writes writes;
  connection.exec(kBegin);
  for (const Row& row : connection.query(std::string(kRowsWritten))) {
    writes[row[0].value_or("")] = std::stoll(row[1].value_or("0"));
  }
  connection.exec("COMMIT");
  return writes;
}

void set_integer(JsonValue& object, std::string_view key, std::int64_t value) {
  for (JsonMember& member : object.members) {
    if (member.key != key) continue;
    member.value.kind = JsonValue::Kind::integer;
    member.value.integer = value;
  }
}

// What was counted before the sample is none of it. Counters that were reset meanwhile begin with 0.
void subtract(const Writes& before, JsonValue& table) {
  const JsonValue* written = table.find("rows_written");
  const JsonValue* schema = table.find("schema");
  const JsonValue* name = table.find("name");
  if (written == nullptr || schema == nullptr || name == nullptr) return;
  const auto found = before.find(quote_qualified(schema->string, name->string));
  if (found == before.end() || found->second > written->integer) return;
  set_integer(table, "rows_written", written->integer - found->second);
}

// What stands in quotes in libpq's words about a connection string is a part of it, and can be the password.
std::string without_quoted(std::string_view message) {
  std::string text;
  bool quoted = false;
  for (const char c : message) {
    if (c == '"') {
      if (!quoted) text += "\"…\"";
      quoted = !quoted;
    } else if (!quoted && c != '\n') {
      text += c;
    }
  }
  return text;
}

// The user and password of a URI end with its first @, unless a slash ends them before: then libpq takes a piece of the
// password for a part of the address, which its errors show.
bool splits_password(std::string_view url) {
  constexpr std::string_view kScheme = "://";
  const auto scheme = url.find(kScheme);
  if (scheme == std::string_view::npos) return false;
  const std::string_view rest = url.substr(scheme + kScheme.size());
  const auto at = rest.find('@');
  if (at == std::string_view::npos) return false;
  if (rest.find('/') < at) return true;
  const auto second = rest.find('@', at + 1);
  return second < rest.find_first_of("/?", at + 1);
}

Result<bool> check_url(const std::string& url) {
  if (splits_password(url)) {
    return Error{"--db: the password of a URI has to be encoded: write @ as %40 and / as %2F"};
  }
  char* message = nullptr;
  PQconninfoOption* options = ::PQconninfoParse(url.c_str(), &message);
  ::PQconninfoFree(options);
  if (options != nullptr) return true;
  const std::string words = message == nullptr ? "out of memory" : without_quoted(message);
  ::PQfreemem(message);
  return Error{fmt::format(
      "--db: this is no connection string or URI (postgresql://user@host/database, host=… dbname=…): {}", words)};
}

std::string trimmed_message(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

Error in_words(const SqlException& problem) {
  std::string advice;
  if (problem.sqlstate() == "55P03") {
    advice = "; somebody holds an exclusive lock on it: try again when their change of the schema is done";
  } else if (problem.sqlstate() == "57014") {
    advice = "; the catalogs could not be read in the time that a look at them may take";
  } else if (problem.sqlstate() == "42501") {
    advice = "; connect as a role that may read the system catalogs";
  }
  return {fmt::format("the catalogs of the database could not be read: {}{}", problem.error().message, advice)};
}

}  // namespace

std::string read_live_snapshot(Connection& connection, std::chrono::seconds sample) {
  const Writes before = sample.count() > 0 ? rows_written(connection) : Writes();
  if (sample.count() > 0) std::this_thread::sleep_for(sample);
  connection.exec(kBegin);
  std::string text = fmt::format("{{\n\"version\": {}", kSnapshotVersion);
  JsonValue header = parsed(connection.query(std::string(kSnapshotHeader)).front());
  if (sample.count() > 0) set_integer(header, "stats_seconds", sample.count());
  for (const JsonMember& member : header.members) {
    text.append(",\n").append(json_quoted(member.key)).append(": ");
    append(text, member.value);
  }
  for (const SnapshotQuery& query : snapshot_queries()) {
    JsonValue array;
    array.kind = JsonValue::Kind::array;
    for (const Row& row : connection.query(std::string(query.sql))) {
      array.elements.push_back(parsed(row));
      if (query.key == "tables" && sample.count() > 0) subtract(before, array.elements.back());
    }
    text.append(",\n").append(json_quoted(query.key)).append(": ");
    append_array(text, array, "  ");
  }
  connection.exec("COMMIT");
  return text + "\n}\n";
}

Result<std::string> read_live_snapshot(const std::string& url, std::chrono::seconds sample) {
  if (const auto checked = check_url(url); !checked) return checked.error();
  // Of least weight: the string, a service file and who calls us may say otherwise.
  ::setenv("PGCONNECT_TIMEOUT", "10", 0);
  ::setenv("PGAPPNAME", "pglatch", 0);
  try {
    Connection connection(url);
    if (::PQserverVersion(connection.get()) < kOldestReadable) {
      return Error{fmt::format("the server is PostgreSQL {}: its catalogs are read from 14 on",
                               ::PQserverVersion(connection.get()) / 10000)};
    }
    return read_live_snapshot(connection, sample);
  } catch (const SqlException& problem) {
    return in_words(problem);
  } catch (const std::exception& problem) {
    return Error{fmt::format("no connection to the database: {}", trimmed_message(problem.what()))};
  }
}

}  // namespace pglatch
