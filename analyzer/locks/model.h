// Inside the lock model: what the computation of one statement's effects works with. One file a
// family of statements; effects.cpp sends each statement to its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/locks/effects.h"
#include "analyzer/parse/access.h"

namespace pglatch::locks {

/// The context of a statement with the steps that many statements share. `relation` references are
/// valid until the next relation is resolved.
struct Model {
  const EffectsContext& context;
  Effects& effects;

  [[nodiscard]] Catalog& catalog() const noexcept { return context.catalog; }
  [[nodiscard]] int version() const noexcept { return context.pg_version; }
  [[nodiscard]] const SearchPath& path() const noexcept { return context.session.search_path(); }
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

  /// Rewrites a table: all its indexes are locked and built again with it.
  void rewrite(RelationId table, std::uint32_t subcommand = 0) const;

  /// ACCESS SHARE on what a query reads, views expanded; RowShare where it locks rows.
  void read_query(const Node* query) const;
  /// ACCESS SHARE on the relations that a query names, which is analysed but not run.
  void name_query(const Node* query) const;
  void read_relation(RelationId id, LockMode mode, bool scan, int depth = 0) const;
};

void create_index(const Model& model, const IndexStmt& statement);
void reindex(const Model& model, const ReindexStmt& statement);
void drop(const Model& model, const DropStmt& statement);
void alter_table(const Model& model, const AlterTableStmt& statement);
void create_table(const Model& model, const CreateStmt& statement);
void create_table_as(const Model& model, const CreateTableAsStmt& statement);
void create_view(const Model& model, const ViewStmt& statement);
void create_trigger(const Model& model, const CreateTrigStmt& statement);
void rename(const Model& model, const RenameStmt& statement);
void set_schema(const Model& model, const AlterObjectSchemaStmt& statement);
void comment(const Model& model, const CommentStmt& statement);
void grant(const Model& model, const GrantStmt& statement);
void alter_domain(const Model& model, const AlterDomainStmt& statement);
void alter_enum(const Model& model, const AlterEnumStmt& statement);
void alter_sequence(const Model& model, const AlterSeqStmt& statement);
void refresh_materialized_view(const Model& model, const RefreshMatViewStmt& statement);
void vacuum(const Model& model, const VacuumStmt& statement);
void cluster(const Model& model, const ClusterStmt& statement);
void truncate(const Model& model, const TruncateStmt& statement);
void lock_table(const Model& model, const LockStmt& statement);
void modify_rows(const Model& model, const Node* statement);
void copy(const Model& model, const CopyStmt& statement);
void publication(const Model& model, const List* objects);

/// Adds the locks of a foreign key from `table` (new or not) to what it references.
void add_foreign_key(const Model& model, RelationId table, const Constraint& constraint, std::uint32_t subcommand,
                     bool table_is_new);

}  // namespace pglatch::locks
