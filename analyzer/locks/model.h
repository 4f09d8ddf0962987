// Inside the lock model: what the computation of one statement's effects works with. One file a
// family of statements; effects.cpp sends each statement to its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/catalog/dependencies.h"
#include "analyzer/locks/effects.h"
#include "analyzer/parse/access.h"

namespace pglatch::locks {

/// The context of a statement with the steps that many statements share. `relation` references are
/// valid until the next relation is resolved.
struct Model {
  const EffectsContext& context;
  Effects& effects;
  /// Where names are looked for, if not in the session's search path: in an element of CREATE SCHEMA.
  const SearchPath* search_path = nullptr;

  [[nodiscard]] Catalog& catalog() const noexcept { return context.catalog; }
  [[nodiscard]] int version() const noexcept { return context.pg_version; }
  [[nodiscard]] const SearchPath& path() const noexcept {
    return search_path != nullptr ? *search_path : context.session.search_path();
  }
  /// The relation of that identity; one that does not exist (any more) gives an empty relation.
  [[nodiscard]] const Relation& relation(RelationId id) const;

  /// The relation that a name means; one that is not known is assumed to exist, and to be of `guess`.
  /// Where the catalog is complete it does not exist: the statement is refused, unless it is written
  /// with IF EXISTS (`missing_ok`), and the answer is kNoRelation. System relations always exist.
  RelationId resolve(NameView name, RelationKind guess = RelationKind::table, bool missing_ok = false) const;
  RelationId resolve(const RangeVar* name, RelationKind guess = RelationKind::table, bool missing_ok = false) const;
  RelationId resolve(const List* name, RelationKind guess = RelationKind::table, bool missing_ok = false) const;
  /// The relation of that name if the catalog has it, else kNoRelation.
  [[nodiscard]] RelationId find(NameView name) const;
  /// Refuses the statement where all columns of the relation are known and this is none of them.
  /// Returns true where it does.
  bool refuse_missing_column(RelationId id, std::string_view column) const;
  /// Refuses to create a relation where one of that name is known to exist. Returns true where it does.
  bool refuse_existing(NameView name) const;

  void lock(RelationId id, LockMode mode, LockReason reason = LockReason::target) const {
    effects.lock(id, mode, reason);
  }
  /// Locks all indexes of a table.
  void lock_indexes(RelationId table, LockMode mode) const;
  /// Locks a relation and, unless `only`, everything below it. Returns them, the root first.
  std::vector<RelationId> lock_tree(RelationId root, LockMode mode, bool only = false) const;
  /// Everything below and including `root` (only it where `only`).
  [[nodiscard]] std::vector<RelationId> tree(RelationId root, bool only) const;
  /// PostgreSQL's PreventInTransactionBlock(): refuses the statement where a transaction is open for
  /// certain. Returns true where it does.
  bool refuse_in_transaction(std::string_view statement) const;
  /// RequireTransactionBlock(): refuses where each statement is a transaction of its own. Returns true
  /// where it does.
  bool refuse_outside_transaction(std::string_view statement) const;

  /// Rewrites a table: all its indexes are locked and built again with it.
  void rewrite(RelationId table, std::uint32_t subcommand = 0) const;

  /// A relation that PostgreSQL itself has: its locks are of no concern to anybody.
  [[nodiscard]] bool is_system(NameView name) const;

  /// Runs a query: query() below.
  void read_query(const Node* query) const;
  /// Locks the relations that a query names, which is analysed but not run.
  void name_query(const Node* query) const;
  /// Reads all of a relation, or where not `scan`, only plans to. `depth`: of views that lead to it.
  void read_relation(RelationId id, LockMode mode, bool scan, int depth = 0) const;
};

/// How far a query gets.
enum class QueryStage : std::uint8_t {
  analysed,  ///< the definition of a view or rule: the relations that it names are locked
  planned,   ///< EXPLAIN, a cursor that nobody has fetched from: also what views stand for, partitions, indexes
  run,
};

/// Notes the effects of a SELECT, INSERT, UPDATE, DELETE or MERGE, or of the subqueries and sequence functions in
/// an expression. The functions that it calls are not looked into.
void query(const Model& model, const Node* node, QueryStage stage = QueryStage::run);

/// Sends a statement to its own function of those below.
void dispatch(const Model& model, const Node* statement);

void create_index(const Model& model, const IndexStmt& statement);
void reindex(const Model& model, const ReindexStmt& statement);
void drop(const Model& model, const DropStmt& statement);
void drop_owned(const Model& model, const DropOwnedStmt& statement);
void alter_table(const Model& model, const AlterTableStmt& statement);
void move_all(const Model& model, const AlterTableMoveAllStmt& statement);
void create_table(const Model& model, const CreateStmt& statement);
void create_table_as(const Model& model, const CreateTableAsStmt& statement);
/// SELECT INTO; returns false where the statement is a plain query.
bool select_into(const Model& model, const SelectStmt& statement);
void create_view(const Model& model, const ViewStmt& statement);
void create_schema(const Model& model, const CreateSchemaStmt& statement);
void create_function(const Model& model, const CreateFunctionStmt& statement);
void create_sequence(const Model& model, const CreateSeqStmt& statement);
void create_trigger(const Model& model, const CreateTrigStmt& statement);
void rename(const Model& model, const RenameStmt& statement);
void rename_trigger(const Model& model, const RenameStmt& statement);
void rename_rule_or_policy(const Model& model, const RenameStmt& statement);
void set_schema(const Model& model, const AlterObjectSchemaStmt& statement);
void comment(const Model& model, const CommentStmt& statement);
void grant(const Model& model, const GrantStmt& statement);
void alter_domain(const Model& model, const AlterDomainStmt& statement);
void alter_enum(const Model& model, const AlterEnumStmt& statement);
void create_domain(const Model& model, const CreateDomainStmt& statement);
void create_composite_type(const Model& model, const CompositeTypeStmt& statement);
void alter_sequence(const Model& model, const AlterSeqStmt& statement);
void refresh_materialized_view(const Model& model, const RefreshMatViewStmt& statement);
void vacuum(const Model& model, const VacuumStmt& statement);
void cluster(const Model& model, const ClusterStmt& statement);
void truncate(const Model& model, const TruncateStmt& statement);
void lock_table(const Model& model, const LockStmt& statement);
void copy(const Model& model, const CopyStmt& statement);
void explain(const Model& model, const ExplainStmt& statement);
void prepare(const Model& model, const PrepareStmt& statement);
void declare_cursor(const Model& model, const DeclareCursorStmt& statement);
void fetch(const Model& model, const FetchStmt& statement);
/// Adds the effects of the code that the statement runs (embedded_code.h).
void run_code(const Model& model, const Statement& statement);
void create_rule(const Model& model, const RuleStmt& statement);
void create_policy(const Model& model, const CreatePolicyStmt& statement);
void alter_policy(const Model& model, const AlterPolicyStmt& statement);
void alter_default_privileges(const Model& model, const AlterDefaultPrivilegesStmt& statement);
void reassign_owned(const Model& model, const ReassignOwnedStmt& statement);
void security_label(const Model& model, const SecLabelStmt& statement);
void create_statistics(const Model& model, const CreateStatsStmt& statement);
void alter_statistics(const Model& model, const AlterStatsStmt& statement);
void create_publication(const Model& model, const CreatePublicationStmt& statement);
void alter_publication(const Model& model, const AlterPublicationStmt& statement);
/// Statements without effects on relations that refuse a transaction block, or need one.
void refuse_by_transaction(const Model& model, const Node* statement);

/// Refuses ALTER VIEW, SEQUENCE … of a relation of another kind, and anything but ALTER TYPE of a composite type.
/// Returns true where it does.
bool refuse_other_kind(const Model& model, const Relation& relation, ObjectType type);
/// Deletes objects with what depends on them: everything that goes is locked (performMultipleDeletions() in
/// dependency.c). Refuses as refuse_deletion() does.
void delete_objects(const Model& model, const std::vector<ObjectAddress>& targets, DropBehavior behavior);
/// Everything that deleting objects comes to, on that version.
[[nodiscard]] std::vector<Dependent> dependents_of(const Model& model, const std::vector<ObjectAddress>& targets);
/// Refuses where a target is a part of another object, or where objects depend on the targets and CASCADE is
/// not said. `deleted` is what dependents_of() gives. Returns true where it refuses.
bool refuse_deletion(const Model& model, const std::vector<ObjectAddress>& targets,
                     const std::vector<Dependent>& deleted, DropBehavior behavior);

/// Refuses a statement that uses an enum's label which its own transaction added. Returns true where it does.
/// Worth a call only where the catalog says that the transaction added any.
bool refuse_new_enum_labels(const Model& model, const Node* statement);
/// Refuses to create a type where one of that name is known to exist. Returns true where it does.
bool refuse_existing_type(const Model& model, NameView name);
/// Refuses to change the columns of a relation whose row type a column stores. Returns true where it does.
bool refuse_row_type_use(const Model& model, RelationId table);
/// Locks the tables that are OF a composite type, and everything below them, for a change of the type. Without
/// CASCADE the change is refused where there are any.
std::vector<RelationId> lock_typed_tables(const Model& model, RelationId type, bool cascade);

/// What the rows of a table have for a new foreign key to check.
enum class KeyRows : std::uint8_t {
  none,   ///< the table is new
  nulls,  ///< a column of the key is new and null in each of them: they are read, and nothing is looked up
  any,
};

/// Adds the locks of a foreign key from `table` to what it references.
void add_foreign_key(const Model& model, RelationId table, const Constraint& constraint, std::uint32_t subcommand,
                     KeyRows rows);

}  // namespace pglatch::locks
