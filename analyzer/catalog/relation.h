// What the catalog knows of a relation: PostgreSQL's pg_class, pg_attribute, pg_constraint, pg_index
// and pg_inherits, as far as migrations tell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/catalog/proof.h"
#include "analyzer/catalog/rare.h"
#include "analyzer/parse/type_name.h"

namespace pglatch {

/// Stable identity of a relation: it survives renames. Never reused.
using RelationId = std::uint32_t;
inline constexpr RelationId kNoRelation = 0;

enum class RelationKind : std::uint8_t {
  table,
  partitioned_table,
  foreign_table,
  index,
  partitioned_index,
  view,
  materialized_view,
  sequence,
  composite_type,
};

/// Where the knowledge of a relation comes from.
enum class Origin : std::uint8_t {
  unknown,  ///< only its name was seen: assumed to exist, live and big
  schema,   ///< --schema, a snapshot or a server
  history,  ///< an earlier file
  script,   ///< the script being analysed
};

struct Column {
  std::string name;
  TypeRef type;
  std::string collation;
  bool not_null = false;
  bool has_default = false;
  /// Of the default before it is coerced to the column's type, as in pg_type, "int4[]" of an array; empty where it
  /// cannot be told.
  std::string default_type;
  char identity = 0;         ///< 'a' ALWAYS, 'd' BY DEFAULT, 0 none (pg_attribute.attidentity)
  char generated = 0;        ///< 's' STORED, 'v' VIRTUAL, 0 none (pg_attribute.attgenerated)
  bool local = true;         ///< defined for this table itself (attislocal)
  bool inherited = false;    ///< comes from a parent (attinhcount > 0); both can be true
  std::uint32_t script = 0;  ///< number of the script whose ADD COLUMN made it; 0: it is as old as what is known of it
};

/// A kind of pg_constraint. A not_null is entered only where it was given a name or NOT VALID, which
/// PostgreSQL keeps since 18; any other NOT NULL is Column::not_null alone.
enum class ConstraintKind : std::uint8_t { check, not_null, unique, primary_key, foreign_key, exclusion };

struct TableConstraint {
  std::string name;
  ConstraintKind kind = ConstraintKind::check;
  std::vector<std::string> columns;  ///< the key; for a CHECK, the columns that it mentions
  bool validated = true;
  bool enforced = true;
  bool no_inherit = false;
  bool deferrable = false;
  bool initially_deferred = false;
  bool local = true;  ///< as for Column
  bool inherited = false;
  RelationId index = kNoRelation;       ///< of UNIQUE, PRIMARY KEY and EXCLUDE
  RelationId referenced = kNoRelation;  ///< of FOREIGN KEY
  std::vector<std::string> referenced_columns;
  char on_update = 'a';                ///< of FOREIGN KEY: a letter of parsenodes.h, FKCONSTR_ACTION_NOACTION …
  char on_delete = 'a';                ///< the same
  std::vector<Conjunct> proof;         ///< of a CHECK: what it says, as far as PostgreSQL's prover would use it
  std::vector<std::string> functions;  ///< that a CHECK calls, as for DependentExpression
};

struct IndexDetails {
  RelationId table = kNoRelation;
  RelationId parent = kNoRelation;   ///< the partitioned index that it is attached to
  std::vector<RelationId> children;  ///< of a partitioned index: those attached to it
  bool unique = false;
  bool primary = false;
  bool valid = true;
  bool clustered = false;  ///< the table was last clustered on it, or is to be (indisclustered)
  std::string method = "btree";
  std::vector<std::string> columns;       ///< key columns; empty string for an expression
  std::vector<std::string> included;      ///< INCLUDE columns
  std::vector<std::string> mentioned;     ///< columns in expressions and in the predicate
  std::vector<std::string> functions;     ///< that these call, as for DependentExpression
  std::vector<std::string> column_names;  ///< the index's own: of an expression what PostgreSQL made up
  bool partial = false;
  bool skips_nulls_only = false;  ///< partial, by IS NOT NULL of `mentioned` alone: whoever looks for values may use it
  bool plain = true;              ///< columns alone: no expression, predicate, collation or operator class
  std::string definition;         ///< as written, from USING or the opening parenthesis on
};

enum class PartitionStrategy : std::uint8_t { none, list, range, hash };

struct PartitionKey {
  PartitionStrategy strategy = PartitionStrategy::none;
  std::vector<std::string> columns;  ///< empty string for an expression
};

struct PartitionBound {
  bool is_default = false;
  PartitionStrategy strategy = PartitionStrategy::none;
  std::vector<Constant> list;  ///< FOR VALUES IN
  std::vector<Constant> from;  ///< FOR VALUES FROM; an infinite bound has the text MINVALUE or MAXVALUE
  std::vector<Constant> to;
  int modulus = 0;
  int remainder = 0;
};

/// A column that a view reads; an empty name stands for the relation as a whole.
struct ColumnUse {
  RelationId relation = kNoRelation;
  std::string column;
};

enum class ExpressionKind : std::uint8_t { default_value, generated, trigger, policy, rule };

/// What an expression that belongs to a table mentions, as far as pg_depend would keep it: it stands in
/// the way of changing or dropping those objects, and goes with them under CASCADE.
struct DependentExpression {
  ExpressionKind kind = ExpressionKind::default_value;
  std::string name;                    ///< of the column, trigger, policy or rule; of a view's query "_RETURN"
  std::vector<std::string> columns;    ///< of the same table
  std::vector<RelationId> relations;   ///< others
  std::vector<std::string> functions;  ///< not built in; "schema.name", or as written where unknown
};

struct Relation {
  RelationId id = kNoRelation;
  std::string schema;
  std::string name;
  RelationKind kind = RelationKind::table;
  Origin origin = Origin::unknown;
  std::uint32_t script = 0;  ///< number of the script that created it, or first named it if unknown; 0 where none did
  std::uint32_t transaction = 0;  ///< number of the transaction that created it
  bool temporary = false;
  bool unlogged = false;
  bool columns_known = false;  ///< `columns` and `constraints` are all there are
  bool has_rows = false;       ///< a statement that was analysed wrote rows into it
  bool filled = false;         ///< the same, rows that the script does not spell out: they can be many
  std::uint32_t emptied = 0;   ///< number of the last script that emptied it, or found it empty; 0: none
  std::vector<Column> columns;
  std::vector<TableConstraint> constraints;
  bool populated = true;             ///< of a materialized view: not WITH NO DATA
  RelationId of_type = kNoRelation;  ///< of a typed table: its composite type
  std::vector<std::string> triggers;
  std::vector<DependentExpression> expressions;
  std::vector<RelationId> indexes;
  Rare<std::vector<IndexDetails>> dropped_indexes;  ///< that DROP INDEX took from it, in that order
  PartitionKey partition_key;                       ///< of a partitioned table
  Rare<PartitionBound> bound;                       ///< of a partition
  RelationId partition_of = kNoRelation;
  std::vector<RelationId> partitions;     ///< direct ones, in the order of their creation
  std::vector<RelationId> inherits;       ///< parents by INHERITS
  std::vector<RelationId> inherited_by;   ///< children by INHERITS
  std::vector<RelationId> referenced_by;  ///< tables with a foreign key to this one; once for each key
  Rare<IndexDetails> index;               ///< of an index
  std::vector<ColumnUse> uses;            ///< of a view or materialized view
  std::vector<RelationId> used_by;        ///< views and materialized views that read this relation
  RelationId owned_by = kNoRelation;      ///< of a sequence
  std::string owned_by_column;
  std::vector<RelationId> owned_sequences;  ///< of a table
  Rare<std::string> server;                 ///< of a foreign table
  Rare<std::string> access_method;          ///< of a table; empty for the default, heap
  Rare<std::string> tablespace;             ///< empty for the database's own
  Rare<std::string> owner;                  ///< as OWNER TO set it; empty where no statement did

  [[nodiscard]] bool is_index() const noexcept {
    return kind == RelationKind::index || kind == RelationKind::partitioned_index;
  }
  /// Holds rows of its own, so that a statement can scan or rewrite it.
  [[nodiscard]] bool has_storage() const noexcept {
    return kind == RelationKind::table || kind == RelationKind::materialized_view;
  }
  [[nodiscard]] const Column* column(std::string_view column_name) const noexcept;
  [[nodiscard]] Column* column(std::string_view column_name) noexcept;
  [[nodiscard]] const TableConstraint* constraint(std::string_view constraint_name) const noexcept;
  [[nodiscard]] TableConstraint* constraint(std::string_view constraint_name) noexcept;
  [[nodiscard]] const TableConstraint* primary_key() const noexcept;
};

/// "schema.name" with the quotes that SQL needs.
[[nodiscard]] std::string display_name(const Relation& relation);

/// "table", "partitioned table", "index" …, for messages.
[[nodiscard]] std::string_view to_string(RelationKind kind) noexcept;

/// The kind of relation that a statement on objects of this type names; a table for any other type.
[[nodiscard]] RelationKind relation_kind(ObjectType type) noexcept;

}  // namespace pglatch
