// The document to facts, with the place of what is wrong.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "analyzer/base/json_reader.h"
#include "analyzer/catalog/snapshot.h"

namespace pglatch {
namespace {

// Thrown inside of this file alone: a mistake ends the reading, wherever it is found.
struct Mistake {
  SnapshotError error;
};

[[noreturn]] void fail(std::uint32_t offset, std::string message) { throw Mistake{{offset, std::move(message)}}; }

using Kind = JsonValue::Kind;

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, 7> kNames{"null",     "true or false", "an integer", "a number",
                                                   "a string", "an array",      "an object"};
  return kNames[static_cast<std::size_t>(kind)];
}

const JsonValue* member(const JsonValue& object, std::string_view key, Kind kind) {
  const JsonValue* value = object.find(key);
  if (value == nullptr || value->kind == Kind::null) return nullptr;
  if (value->kind != kind) {
    fail(value->offset, fmt::format("\"{}\" has to be {}, not {}", key, name_of(kind), name_of(value->kind)));
  }
  return value;
}

const JsonValue& required(const JsonValue& object, std::string_view key, Kind kind) {
  if (const JsonValue* value = member(object, key, kind)) return *value;
  fail(object.offset, fmt::format("\"{}\" is missing here", key));
}

std::string text(const JsonValue& object, std::string_view key) {
  const JsonValue* value = member(object, key, Kind::string);
  return value == nullptr ? std::string() : value->string;
}

std::string required_text(const JsonValue& object, std::string_view key) {
  const JsonValue& value = required(object, key, Kind::string);
  if (value.string.empty()) fail(value.offset, fmt::format("\"{}\" is empty", key));
  if (value.string.find('\0') != std::string::npos) fail(value.offset, fmt::format("\"{}\" holds a NUL", key));
  return value.string;
}

bool flag(const JsonValue& object, std::string_view key, bool otherwise) {
  const JsonValue* value = member(object, key, Kind::boolean);
  return value == nullptr ? otherwise : value->boolean;
}

std::optional<std::uint64_t> number(const JsonValue& object, std::string_view key) {
  const JsonValue* value = member(object, key, Kind::integer);
  if (value == nullptr) return std::nullopt;
  if (value->integer < 0) fail(value->offset, fmt::format("\"{}\" cannot be negative", key));
  return static_cast<std::uint64_t>(value->integer);
}

const std::vector<JsonValue>& elements(const JsonValue& object, std::string_view key) {
  static const std::vector<JsonValue> kNone;
  const JsonValue* value = member(object, key, Kind::array);
  return value == nullptr ? kNone : value->elements;
}

void expect(const JsonValue& value, Kind kind, std::string_view what) {
  if (value.kind != kind) {
    fail(value.offset, fmt::format("{} has to be {}, not {}", what, name_of(kind), name_of(value.kind)));
  }
}

std::vector<std::string> texts(const JsonValue& object, std::string_view key) {
  std::vector<std::string> result;
  for (const JsonValue& element : elements(object, key)) {
    expect(element, Kind::string, fmt::format("an element of \"{}\"", key));
    result.push_back(element.string);
  }
  return result;
}

template <class T, class Read>
std::vector<T> read_all(const JsonValue& object, std::string_view key, const Read& read) {
  std::vector<T> result;
  for (const JsonValue& element : elements(object, key)) {
    expect(element, Kind::object, fmt::format("an element of \"{}\"", key));
    result.push_back(read(element));
  }
  return result;
}

// One of a few words.
template <std::size_t N>
std::string word(const JsonValue& object, std::string_view key, const std::array<std::string_view, N>& words) {
  const JsonValue* value = member(object, key, Kind::string);
  if (value == nullptr) return {};
  for (const std::string_view each : words) {
    if (each == value->string) return value->string;
  }
  fail(value->offset, fmt::format("\"{}\": there is no such {}; there are {}", value->string, key,
                                  fmt::join(words.begin(), words.end(), ", ")));
}

SnapshotColumn column_from(const JsonValue& object) {
  constexpr std::array<std::string_view, 2> kIdentities{"ALWAYS", "BY DEFAULT"};
  constexpr std::array<std::string_view, 2> kGenerations{"STORED", "VIRTUAL"};
  SnapshotColumn column;
  column.name = required_text(object, "name");
  column.type = required_text(object, "type");
  column.collation = text(object, "collation");
  column.default_expression = text(object, "default");
  column.identity = word(object, "identity", kIdentities);
  column.sequence = text(object, "sequence");
  column.generated = word(object, "generated", kGenerations);
  column.not_null = flag(object, "not_null", false);
  column.local = flag(object, "local", true);
  column.inherited = flag(object, "inherited", false);
  return column;
}

SnapshotConstraint constraint_from(const JsonValue& object) {
  constexpr std::array<std::string_view, 6> kKinds{"CHECK",  "NOT NULL", "PRIMARY KEY",
                                                   "UNIQUE", "EXCLUDE",  "FOREIGN KEY"};
  SnapshotConstraint constraint;
  constraint.name = required_text(object, "name");
  required(object, "kind", Kind::string);
  constraint.kind = word(object, "kind", kKinds);
  constraint.definition = required_text(object, "definition");
  constraint.valid = flag(object, "valid", true);
  constraint.local = flag(object, "local", true);
  constraint.inherited = flag(object, "inherited", false);
  constraint.offset = object.offset;
  return constraint;
}

SnapshotNumbers numbers_from(const JsonValue& object) {
  return {number(object, "rows"), number(object, "bytes"), number(object, "index_bytes"),
          number(object, "rows_written")};
}

SnapshotTable table_from(const JsonValue& object) {
  constexpr std::array<std::string_view, 3> kKinds{"table", "partitioned table", "foreign table"};
  SnapshotTable table;
  table.schema = required_text(object, "schema");
  table.name = required_text(object, "name");
  const std::string kind = word(object, "kind", kKinds);
  if (kind == kKinds[1]) table.kind = RelationKind::partitioned_table;
  if (kind == kKinds[2]) table.kind = RelationKind::foreign_table;
  table.extension = text(object, "extension");
  table.owner = text(object, "owner");
  table.unlogged = flag(object, "unlogged", false);
  table.access_method = text(object, "access_method");
  table.tablespace = text(object, "tablespace");
  table.of_type = text(object, "of_type");
  if (table.kind == RelationKind::partitioned_table) table.partition_key = required_text(object, "partition_key");
  table.partition_of = text(object, "partition_of");
  if (!table.partition_of.empty()) table.bound = required_text(object, "bound");
  table.inherits = texts(object, "inherits");
  if (table.kind == RelationKind::foreign_table) table.server = required_text(object, "server");
  required(object, "columns", Kind::array);
  table.columns = read_all<SnapshotColumn>(object, "columns", column_from);
  table.constraints = read_all<SnapshotConstraint>(object, "constraints", constraint_from);
  table.numbers = numbers_from(object);
  table.offset = object.offset;
  return table;
}

SnapshotIndex index_from(const JsonValue& object) {
  SnapshotIndex index;
  index.schema = required_text(object, "schema");
  index.name = required_text(object, "name");
  index.table = required_text(object, "table");
  index.definition = required_text(object, "definition");
  index.constraint = text(object, "constraint");
  index.parent = text(object, "parent");
  index.extension = text(object, "extension");
  index.tablespace = text(object, "tablespace");
  index.valid = flag(object, "valid", true);
  index.clustered = flag(object, "clustered", false);
  index.offset = object.offset;
  return index;
}

SnapshotView view_from(const JsonValue& object) {
  constexpr std::array<std::string_view, 2> kKinds{"view", "materialized view"};
  SnapshotView view;
  view.schema = required_text(object, "schema");
  view.name = required_text(object, "name");
  view.materialized = word(object, "kind", kKinds) == kKinds[1];
  view.populated = flag(object, "populated", true);
  view.extension = text(object, "extension");
  view.owner = text(object, "owner");
  view.definition = required_text(object, "definition");
  view.reads = texts(object, "reads");
  view.columns = texts(object, "columns");
  view.numbers = numbers_from(object);
  view.offset = object.offset;
  return view;
}

SnapshotSequence sequence_from(const JsonValue& object) {
  return {required_text(object, "schema"), required_text(object, "name"),   text(object, "extension"),
          text(object, "owned_by"),        flag(object, "identity", false), object.offset};
}

SnapshotType type_from(const JsonValue& object) {
  constexpr std::array<std::string_view, 5> kKinds{"enum", "domain", "composite", "range", "base"};
  SnapshotType type;
  type.schema = required_text(object, "schema");
  type.name = required_text(object, "name");
  required(object, "kind", Kind::string);
  type.kind = word(object, "kind", kKinds);
  type.labels = texts(object, "labels");
  if (type.kind == "domain" || type.kind == "range") type.type = required_text(object, "type");
  type.default_expression = text(object, "default");
  type.multirange = text(object, "multirange");
  type.not_null = flag(object, "not_null", false);
  type.columns = read_all<SnapshotColumn>(object, "columns", column_from);
  type.constraints = read_all<SnapshotConstraint>(object, "constraints", constraint_from);
  type.offset = object.offset;
  return type;
}

SnapshotObject object_from(const JsonValue& object) {
  return {text(object, "schema"), required_text(object, "name"), required_text(object, "definition"),
          flag(object, "uses_relations", false), object.offset};
}

void read_objects(const JsonValue& root, std::string_view key, std::vector<SnapshotObject>& objects) {
  for (SnapshotObject& object : read_all<SnapshotObject>(root, key, object_from)) objects.push_back(std::move(object));
}

void read_header(const JsonValue& root, Snapshot& snapshot) {
  const JsonValue& version = required(root, "version", Kind::integer);
  if (version.integer > kSnapshotVersion) {
    fail(version.offset, fmt::format("the snapshot has version {} and this pglatch reads up to {}: use a newer pglatch",
                                     version.integer, kSnapshotVersion));
  }
  if (version.integer < 1) fail(version.offset, "versions of snapshots begin with 1");
  const JsonValue& server = required(root, "server", Kind::object);
  snapshot.server_version = required_text(server, "version");
  const JsonValue& major = required(server, "major", Kind::integer);
  constexpr int kLargestMajor = 1000;
  if (major.integer < 1 || major.integer > kLargestMajor) fail(major.offset, "that is no version of PostgreSQL");
  snapshot.major = static_cast<int>(major.integer);
  snapshot.database = text(root, "database");
  snapshot.taken_at = text(root, "taken_at");
  snapshot.stats_seconds = number(root, "stats_seconds");
  const JsonValue* settings = member(root, "settings", Kind::object);
  if (settings == nullptr) return;
  for (const JsonMember& setting : settings->members) snapshot.settings[setting.key] = text(*settings, setting.key);
}

Snapshot snapshot_from(const JsonValue& root) {
  if (root.kind != Kind::object) fail(root.offset, "a snapshot is an object; `pglatch snapshot` writes one");
  Snapshot snapshot;
  read_header(root, snapshot);
  snapshot.schemas = texts(root, "schemas");
  for (const JsonValue& extension : elements(root, "extensions")) {
    expect(extension, Kind::object, "an extension");
    snapshot.extensions.push_back(required_text(extension, "name"));
  }
  snapshot.types = read_all<SnapshotType>(root, "types", type_from);
  snapshot.sequences = read_all<SnapshotSequence>(root, "sequences", sequence_from);
  required(root, "tables", Kind::array);
  snapshot.tables = read_all<SnapshotTable>(root, "tables", table_from);
  snapshot.indexes = read_all<SnapshotIndex>(root, "indexes", index_from);
  snapshot.views = read_all<SnapshotView>(root, "views", view_from);
  snapshot.functions = read_all<SnapshotObject>(root, "functions", object_from);
  for (const char* key : {"access_methods", "wrappers", "servers", "casts"}) {
    read_objects(root, key, snapshot.before_tables);
  }
  for (const char* key : {"statistics", "triggers", "rules", "policies", "publications", "subscriptions"}) {
    read_objects(root, key, snapshot.after_tables);
  }
  return snapshot;
}

}  // namespace

std::variant<Snapshot, SnapshotError> read_snapshot(std::string_view json) {
  const auto root = read_json(json);
  if (const auto* error = std::get_if<JsonError>(&root)) {
    return SnapshotError{error->offset, fmt::format("this is no JSON: {}", error->message)};
  }
  try {
    return snapshot_from(std::get<JsonValue>(root));
  } catch (Mistake& mistake) {
    return std::move(mistake.error);
  }
}

}  // namespace pglatch
