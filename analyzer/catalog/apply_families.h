// Inside apply(): what the files for the families of statements share. References and pointers to
// relations are valid until the next change of the catalog; ids always are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/embedded_code.h"
#include "analyzer/parse/access.h"
#include "analyzer/parse/parser.h"

namespace pglatch::applying {

/// What a statement is applied to.
struct Context {
  const Statement& statement;
  std::string_view sql;  ///< of the script
  Catalog& catalog;
  const SearchPath& path;
  const CodeFrame* code = nullptr;  ///< that the statement stands in; `sql` is then a text of its own

  [[nodiscard]] const Relation& relation(RelationId id) const { return *catalog.find(id); }
  [[nodiscard]] const Relation* find(const RangeVar* name) const { return catalog.find(name_of(name), path); }
  [[nodiscard]] const Relation* find(const List* name) const { return catalog.find(name_of(name), path); }
  RelationId resolve(const RangeVar* name, RelationKind guess = RelationKind::table) const {
    return catalog.resolve(name_of(name), path, guess).id;
  }
  /// The schema in which CREATE makes an object of that name.
  [[nodiscard]] std::string_view target_schema(NameView name) const {
    return name.schema.empty() ? creation_schema(path) : name.schema;
  }
  /// Below and including `root`, or only it.
  [[nodiscard]] std::vector<RelationId> tree(RelationId root, bool recurse) const;
  /// CREATE makes a relation of that name: not where IF NOT EXISTS finds one, and not where this
  /// script has made one before. One from another script gives way: files need not be one history. For the same
  /// reason IF NOT EXISTS does not find what another script has only named.
  [[nodiscard]] bool may_create(std::string_view schema, std::string_view name, bool if_not_exists) const;
};

/// A relation with the name and persistence that a RangeVar gives to a new one.
[[nodiscard]] Relation new_relation(const Context& context, const RangeVar* name, RelationKind kind);

/// The column of that name; where the relation's columns are not all known, one is added. Else null.
[[nodiscard]] Column* column_for(Relation& relation, std::string_view name);

[[nodiscard]] bool contains(const std::vector<std::string>& names, std::string_view name) noexcept;
/// The names in a list of String nodes.
[[nodiscard]] std::vector<std::string> names_in(const List* list);

// Constraints ------------------------------------------------------------------------------------

/// A constraint as a statement gives it, in a column definition (then `column` is its name) or not.
struct ConstraintClause {
  const Constraint* node = nullptr;
  std::string_view column;
  bool deferrable = false;
  bool enforced = true;
  bool initially_deferred = false;
  std::string_view given_name{};  ///< in place of the node's own, which has none

  [[nodiscard]] std::string_view name() const noexcept { return given_name.empty() ? text(node->conname) : given_name; }
};

/// A column definition without its sequence, and its constraints that are more than properties of the
/// column appended to `clauses`.
[[nodiscard]] Column column_from(const ColumnDef& definition, std::vector<ConstraintClause>& clauses);
[[nodiscard]] ConstraintClause table_constraint(const Constraint& node);

/// A CHECK of `table`, which need not be in the catalog yet.
[[nodiscard]] TableConstraint check_from(const Context& context, const Relation& table, const ConstraintClause& clause,
                                         bool new_table);
/// An explicit NOT NULL constraint; its column is to be changed by the caller.
[[nodiscard]] TableConstraint not_null_from(const Context& context, const Relation& table,
                                            const ConstraintClause& clause, bool new_table);
/// Adds a PRIMARY KEY, UNIQUE or EXCLUDE constraint with its index to a table and its partitions.
void add_index_constraint(const Context& context, RelationId table, const ConstraintClause& clause, bool recurse);
void add_foreign_key(const Context& context, RelationId table, const ConstraintClause& clause, bool new_table);
/// A CHECK that a table's children or partitions get from it.
void inherit_constraint(const Context& context, RelationId child, const TableConstraint& constraint);
/// A foreign key that a partition gets from its parent; one that is there already is taken for it.
void inherit_foreign_key(const Context& context, RelationId partition, const TableConstraint& constraint);
/// A child's constraint is the one that it got from its parent's: CHECKs have the same name, foreign keys
/// need not.
[[nodiscard]] bool comes_from(const TableConstraint& child, const TableConstraint& parent) noexcept;
/// Sets NOT NULL for columns of a table and of everything below it.
void set_not_null(const Context& context, RelationId table, const std::vector<std::string>& columns);
void drop_constraint(const Context& context, RelationId table, std::string_view name, bool cascade, bool recurse);

// Sequences --------------------------------------------------------------------------------------

/// The sequence of a serial or identity column, named as SEQUENCE NAME in its options says, else as PostgreSQL would.
void create_owned_sequence(const Context& context, RelationId table, std::string_view column,
                           const List* options = nullptr);
/// The options of GENERATED … AS IDENTITY; null where there are none.
[[nodiscard]] const List* identity_options(const ColumnDef& definition);
void drop_owned_sequences(const Context& context, RelationId table, std::string_view column);

// Indexes ----------------------------------------------------------------------------------------

/// An index to be made, with the constraint that it serves, if any (its name and index are set when
/// the index is made).
struct NewIndex {
  std::string name;                       ///< empty: chosen as PostgreSQL does
  std::vector<std::string> column_names;  ///< for choosing a name
  IndexDetails details;
  std::optional<TableConstraint> constraint;
};

/// Makes the index, and those of the partitions where `recurse`: matching ones that are not attached
/// yet are taken (DefineIndex() in indexcmds.c). Returns its id.
RelationId create_index_tree(const Context& context, RelationId table, NewIndex index, bool recurse);
/// A partition gets the indexes of its parent that it has no match for, and the matches are attached
/// (AttachPartitionEnsureIndexes() in tablecmds.c).
void create_partition_indexes(const Context& context, RelationId parent, RelationId partition);
/// The index of a table on which it is clustered from now on; none where the name is empty.
void set_clustered_index(const Context& context, RelationId table, std::string_view index);
/// A copy of an index for another table.
[[nodiscard]] NewIndex copy_of_index(const Context& context, const Relation& index);
/// A partitioned index is valid when every partition has a valid index attached to it; so is then
/// perhaps the one above (validatePartitionedIndex() in tablecmds.c).
void validate_partitioned_index(const Context& context, RelationId index);
void attach_index(const Context& context, RelationId parent, RelationId child);

// Partitions and inheritance ---------------------------------------------------------------------

/// The parent of a partition: an unknown relation is then known to be partitioned. Not partitioned
/// for certain: kNoRelation.
[[nodiscard]] RelationId partition_parent(const Context& context, const RangeVar* name);
/// What a new or attached partition gets from its parent besides columns.
void complete_partition(const Context& context, RelationId parent, RelationId partition);
void attach_partition(const Context& context, RelationId parent, const PartitionCmd& command);
void detach_partition(const Context& context, RelationId parent, const PartitionCmd& command);
void add_inheritance(const Context& context, RelationId child, RelationId parent);
void remove_inheritance(const Context& context, RelationId child, RelationId parent);

// Columns ----------------------------------------------------------------------------------------

void add_column(const Context& context, RelationId table, const AlterTableCmd& command, bool recurse);
void drop_column(const Context& context, RelationId table, std::string_view column, bool cascade, bool recurse);
/// The subcommands of ALTER TABLE that begin with ALTER COLUMN.
void alter_column(const Context& context, RelationId table, const AlterTableCmd& command, bool recurse);

// Storage ----------------------------------------------------------------------------------------

void create_access_method(const Context& context, const CreateAmStmt& statement);
/// Null means the default.
void set_access_method(Relation& table, std::string_view name);
void set_tablespace(Relation& relation, std::string_view name);
void move_all(const Context& context, const AlterTableMoveAllStmt& statement);

// Queries ----------------------------------------------------------------------------------------

/// The functions that an expression or query calls and a statement has created, as DependentExpression has them.
[[nodiscard]] std::vector<std::string> functions_in(const Context& context, const Node* node);
/// What a query reads, unknown relations entered.
[[nodiscard]] std::vector<ColumnUse> uses_of(const Context& context, const Node* query);
/// The columns of a query's result, under `names` as far as these go. False where not all of them can
/// be told.
bool result_columns(const Context& context, const Node* query, const List* names, std::vector<Column>& columns);

/// Drops a relation and everything that depends on it, as CASCADE does.
void drop_with_dependents(const Context& context, RelationId id);

// Statements, one function for each kind ---------------------------------------------------------

void create_table(const Context& context, const CreateStmt& statement, bool foreign);
void create_table_as(const Context& context, const CreateTableAsStmt& statement);
void select_into(const Context& context, const SelectStmt& statement);
void create_view(const Context& context, const ViewStmt& statement);
void create_index(const Context& context, const IndexStmt& statement);
void alter_table(const Context& context, const AlterTableStmt& statement);
void drop(const Context& context, const DropStmt& statement);
void drop_owned(const Context& context, const DropOwnedStmt& statement);
void rename(const Context& context, const RenameStmt& statement);
void set_schema(const Context& context, const AlterObjectSchemaStmt& statement);
void create_sequence(const Context& context, const CreateSeqStmt& statement);
void alter_sequence(const Context& context, const AlterSeqStmt& statement);
void create_trigger(const Context& context, const CreateTrigStmt& statement);
void create_policy(const Context& context, const CreatePolicyStmt& statement);
void alter_policy(const Context& context, const AlterPolicyStmt& statement);
void create_rule(const Context& context, const RuleStmt& statement);
void create_statistics(const Context& context, const CreateStatsStmt& statement);
void create_publication(const Context& context, const CreatePublicationStmt& statement);
void alter_publication(const Context& context, const AlterPublicationStmt& statement);
void create_subscription(const Context& context, const CreateSubscriptionStmt& statement);
void drop_subscription(const Context& context, const DropSubscriptionStmt& statement);
/// Gives a trigger, policy or rule of the table another name among its expressions.
void rename_expression(const Context& context, RelationId table, ExpressionKind kind, std::string_view from,
                       std::string_view to);
/// Gives an object of Catalog::put_other() another schema and name.
void move_other(const Context& context, ObjectType type, NameView name, std::string_view schema,
                std::string_view new_name);
void create_enum(const Context& context, const CreateEnumStmt& statement);
void alter_enum(const Context& context, const AlterEnumStmt& statement);
void create_domain(const Context& context, const CreateDomainStmt& statement);
void alter_domain(const Context& context, const AlterDomainStmt& statement);
void create_composite_type(const Context& context, const CompositeTypeStmt& statement);
void create_range_type(const Context& context, const CreateRangeStmt& statement);
void create_base_type(const Context& context, const DefineStmt& statement);
void create_cast(const Context& context, const CreateCastStmt& statement);
void create_extension(const Context& context, const CreateExtensionStmt& statement);
void create_function(const Context& context, const CreateFunctionStmt& statement);
void alter_function(const Context& context, const AlterFunctionStmt& statement);
void create_schema(const Context& context, const CreateSchemaStmt& statement);
/// Rows written by INSERT, COPY, MERGE or REFRESH, or removed by TRUNCATE.
void write_rows(const Context& context, const Node* statement);
void reindex(const Context& context, const ReindexStmt& statement);
void prepare(const Context& context, const PrepareStmt& statement);
void deallocate(const Context& context, const DeallocateStmt& statement);
void declare_cursor(const Context& context, const DeclareCursorStmt& statement);
void close_cursor(const Context& context, const ClosePortalStmt& statement);
void cluster(const Context& context, const ClusterStmt& statement);
void create_foreign_table(const Context& context, const CreateForeignTableStmt& statement);
void create_server(const Context& context, const CreateForeignServerStmt& statement);
void create_foreign_data_wrapper(const Context& context, const CreateFdwStmt& statement);

/// Sends a statement to its function.
void dispatch(const Context& context, const Node* node);

}  // namespace pglatch::applying
