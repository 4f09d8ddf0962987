// A snapshot: what the catalogs of a live database said at one moment, kept as a JSON document
// (integrations/schemas/snapshot.schema.json). To be loaded, its facts become the statements that would make these
// objects, which apply() replays: names, expressions and proofs come out as those of a replayed history do.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/settings.h"
#include "analyzer/catalog/table_sizes.h"

namespace pglatch {

/// The format of the documents that are written; older ones are read as well.
inline constexpr int kSnapshotVersion = 1;

/// What is wrong with a document, and where.
struct SnapshotError {
  std::uint32_t offset = 0;  ///< byte
  std::string message;
};

// Facts as the document has them. Names are as in the catalogs, without quotes; what is said to be SQL is quoted and
// qualified as PostgreSQL prints it under an empty search_path. Empty: there is none.

struct SnapshotColumn {
  std::string name;
  std::string type;                ///< SQL
  std::string collation;           ///< SQL; not that of the type
  std::string default_expression;  ///< SQL, of a generated column its expression
  std::string identity;            ///< "ALWAYS", "BY DEFAULT"
  std::string sequence;            ///< SQL, of an identity column
  std::string generated;           ///< "STORED", "VIRTUAL"
  bool not_null = false;           ///< and no row breaks it
  bool local = true;
  bool inherited = false;
};

struct SnapshotConstraint {
  std::string name;
  std::string kind;        ///< "CHECK", "NOT NULL", "PRIMARY KEY", "UNIQUE", "EXCLUDE", "FOREIGN KEY"
  std::string definition;  ///< SQL after CONSTRAINT name
  bool valid = true;
  bool local = true;
  bool inherited = false;
  std::uint32_t offset = 0;  ///< in the document, here and below
};

/// How big a relation is, and what was written into it in the last Snapshot::stats_seconds.
struct SnapshotNumbers {
  std::optional<std::uint64_t> rows;   ///< estimated; nothing: never analyzed
  std::optional<std::uint64_t> bytes;  ///< without indexes
  std::optional<std::uint64_t> index_bytes;
  std::optional<std::uint64_t> rows_written;  ///< inserted, updated, deleted
};

struct SnapshotTable {
  std::string schema;
  std::string name;
  RelationKind kind = RelationKind::table;
  std::string extension;  ///< that it belongs to, here and below
  std::string owner;
  bool unlogged = false;
  std::string access_method;  ///< not heap
  std::string tablespace;
  std::string of_type;                ///< SQL
  std::string partition_key;          ///< SQL after PARTITION BY
  std::string partition_of;           ///< SQL
  std::string bound;                  ///< SQL: FOR VALUES … or DEFAULT
  std::vector<std::string> inherits;  ///< SQL, each
  std::string server;                 ///< of a foreign table
  std::vector<SnapshotColumn> columns;
  std::vector<SnapshotConstraint> constraints;
  SnapshotNumbers numbers;
  std::uint32_t offset = 0;
};

struct SnapshotIndex {
  std::string schema;
  std::string name;
  std::string table;       ///< SQL
  std::string definition;  ///< SQL: CREATE INDEX …
  std::string constraint;  ///< of the table, that it serves
  std::string parent;      ///< SQL: the partitioned index that it is attached to
  std::string extension;
  std::string tablespace;
  bool valid = true;
  bool clustered = false;
  std::uint32_t offset = 0;
};

struct SnapshotView {
  std::string schema;
  std::string name;
  bool materialized = false;
  bool populated = true;
  std::string extension;
  std::string owner;
  std::string definition;            ///< SQL: its query
  std::vector<std::string> reads;    ///< SQL: views that it reads
  std::vector<std::string> columns;  ///< their names
  SnapshotNumbers numbers;
  std::uint32_t offset = 0;
};

struct SnapshotSequence {
  std::string schema;
  std::string name;
  std::string extension;
  std::string owned_by;  ///< SQL: table.column
  bool identity = false;
  std::uint32_t offset = 0;
};

struct SnapshotType {
  std::string schema;
  std::string name;
  std::string kind;                 ///< "enum", "domain", "composite", "range", "base"
  std::vector<std::string> labels;  ///< of an enum
  std::string type;                 ///< SQL, of a domain what it is over, of a range its subtype
  std::string default_expression;   ///< SQL, of a domain
  std::string multirange;           ///< of a range, in the same schema
  bool not_null = false;
  std::vector<SnapshotColumn> columns;          ///< of a composite type
  std::vector<SnapshotConstraint> constraints;  ///< of a domain
  std::uint32_t offset = 0;
};

/// An object that PostgreSQL can print the whole statement of.
struct SnapshotObject {
  std::string schema;
  std::string name;
  std::string definition;       ///< SQL
  bool uses_relations = false;  ///< of a function: it can be made only after tables and views
  std::uint32_t offset = 0;
};

struct Snapshot {
  int major = 0;               ///< of the server
  std::string server_version;  ///< "15.18"
  std::string database;
  std::string taken_at;                                      ///< ISO 8601
  std::optional<std::uint64_t> stats_seconds;                ///< for how long writes were counted; nothing: not known
  std::map<std::string, std::string, std::less<>> settings;  ///< that a session of the role begins with
  std::vector<std::string> schemas;
  std::vector<std::string> extensions;
  std::vector<SnapshotType> types;
  std::vector<SnapshotSequence> sequences;
  std::vector<SnapshotTable> tables;
  std::vector<SnapshotIndex> indexes;
  std::vector<SnapshotView> views;
  std::vector<SnapshotObject> functions;
  std::vector<SnapshotObject> before_tables;  ///< access methods, wrappers, servers, casts
  std::vector<SnapshotObject> after_tables;   ///< statistics, triggers, rules, policies, publications, subscriptions
};

/// Reads a document; says where it is no such one: no JSON, a member that is missing or of another type, a version
/// that this program does not know yet.
[[nodiscard]] std::variant<Snapshot, SnapshotError> read_snapshot(std::string_view json);

/// A statement that makes an object of a snapshot.
struct SnapshotStatement {
  std::string sql;            ///< without semicolon
  std::uint32_t offset = 0;   ///< of the object in the document
  bool by_extension = false;  ///< CREATE EXTENSION does the same
};

/// The statements that make the schema of a snapshot, in an order in which they can be run. Sizes, owners and what is
/// not valid are not in it.
[[nodiscard]] std::vector<SnapshotStatement> snapshot_statements(const Snapshot& snapshot);

/// Fills a catalog that is empty, as Origin::schema, and marks it complete. Gives the objects that this program cannot
/// read (a newer server's grammar), whose absence makes the catalog incomplete.
[[nodiscard]] std::vector<SnapshotError> load_snapshot(const Snapshot& snapshot, Catalog& catalog);

/// Sizes of tables and materialized views; `source` is what messages call the snapshot.
[[nodiscard]] TableSizes sizes_of(const Snapshot& snapshot, std::string_view source);

/// Schemas and names of the relations that extensions brought.
[[nodiscard]] std::set<std::pair<std::string, std::string>> relations_of_extensions(const Snapshot& snapshot);

/// What sessions begin with, as far as the snapshot tells.
[[nodiscard]] Settings session_settings(const Snapshot& snapshot);

}  // namespace pglatch
