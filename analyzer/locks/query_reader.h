// Inside the lock model: follows a query through analysis, planning and execution, and notes what each of
// them locks and reads. Statements that write rows are in write_rows.cpp.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/locks/model.h"
#include "analyzer/locks/query_level.h"

namespace pglatch::locks {

/// Queries, views and joins nested deeper are not looked into.
inline constexpr int kMaxQueryDepth = 100;

class QueryReader {
 public:
  QueryReader(const Model& model, QueryStage stage) : model_(model), stage_(stage) {}

  /// A SELECT, INSERT, UPDATE, DELETE or MERGE, or an expression. Returns whether its result has few rows.
  bool statement(const Node* node, const QueryLevel* outer = nullptr);
  /// Subqueries and calls of functions in an expression, or a list of them, that belongs to `level`.
  void expressions(const void* node, const QueryLevel* level);
  /// All of a relation, as SELECT * reads it.
  void relation(RelationId id, LockMode mode, int depth = 0);
  /// Rows that come from elsewhere (COPY) go into a table; `columns` as in INSERT.
  void copy_rows(const RangeVar& name, const List* columns);

 private:
  struct WithQuery {
    std::string_view name;
    const CommonTableExpr* node = nullptr;
    bool inlined = false;  // a subquery in all but name
    bool few = false;
  };

  // Which of the names in FROM have their rows locked: all, or those that are listed.
  struct RowLocks {
    bool all = false;
    std::vector<std::string_view> names{};
    [[nodiscard]] bool on(std::string_view name) const;
  };

  // Counts a level of nesting while it lives.
  class Nested {
   public:
    explicit Nested(int& depth) : depth_(depth) { ++depth_; }
    ~Nested() { --depth_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

   private:
    int& depth_;
  };

  // A level of a query while its FROM clause is being read.
  struct Building {
    QueryLevel& level;
    RowLocks locks{};
    int depth = 0;
  };

  QueryReader(const Model& model, QueryStage stage, std::vector<WithQuery> with)
      : model_(model), stage_(stage), with_(std::move(with)) {}

  bool select(const SelectStmt& select, const QueryLevel* outer, bool locks_rows);
  void with(const WithClause* clause, const Node* query);
  [[nodiscard]] const WithQuery* find_with(const RangeVar& name) const;
  [[nodiscard]] RowLocks row_locks(const SelectStmt& select, bool from_parent) const;

  void add_from(Building& building, const Node* item, std::vector<RangeName>& names);
  void add_table(Building& building, const RangeVar& table, std::vector<RangeName>& names);
  void add_relation(Building& building, RelationId id, Source source, RangeName& name, int depth);
  void add_subquery(Building& building, const Node* query, const Alias* alias, std::string_view name,
                    std::vector<RangeName>& names);
  void add_join(Building& building, const JoinExpr& join, std::vector<RangeName>& names);
  void add_rows(Building& building, const Alias* alias, bool few, std::vector<RangeName>& names);
  void add_conditions(Building& building, const Node* node, SourceSet restricts, int depth = 0);
  bool add_semi_join(Building& building, const SubLink& link, SourceSet restricts, bool anti);

  // Refuses a column that the level is known to lack (errorMissingColumn() in parse_relation.c). Only of a
  // statement of the script: in code it may be a variable. Returns true where it does.
  bool refuse_missing_columns(const void* expressions, const QueryLevel& level);

  // Locks partitions and indexes of what the level reads and notes its scans. Returns what is left of the
  // source at `target` by the choice of partitions, the root first.
  std::vector<RelationId> read(QueryLevel& level, int target = -1, bool ordered = false);

  // In write_rows.cpp.
  struct NewRows;
  void insert(const InsertStmt& statement);
  bool update(const UpdateStmt& statement);
  bool remove(const DeleteStmt& statement);
  void merge(const MergeStmt& statement);
  [[nodiscard]] RelationId written_table(RelationId target, bool finds_rows);
  RelationId add_target(Building& building, const RangeVar& name);
  void insert_rows(RelationId table, const NewRows& rows);
  [[nodiscard]] std::vector<RelationId> partitions_for(RelationId table, const NewRows& rows) const;
  void update_rows(RelationId table, const List* targets, const std::vector<RelationId>& parts);
  void delete_rows(const std::vector<RelationId>& parts);
  void lock_partition_parents(RelationId partition);
  void add_row_writes(const std::vector<RelationId>& parts);

  const Model& model_;
  QueryStage stage_;
  std::vector<WithQuery> with_;
  int depth_ = 0;
};

/// The target list calls an aggregate or window function.
[[nodiscard]] bool has_aggregate(const List* targets);

/// The planner opens the indexes of the relation: all but those of a partitioned table before 16.
[[nodiscard]] bool plans_with_indexes(const Model& model, const Relation& relation) noexcept;

/// nextval(), currval() and setval() of a sequence that the call names: RowExclusiveLock on it
/// (lock_and_open_sequence() in sequence.c).
void call_sequence_function(const Model& model, const FuncCall& call);

/// The sequences from which a column of the relation takes its default.
[[nodiscard]] std::vector<RelationId> default_sequences(const Model& model, RelationId table, const Column& column);

}  // namespace pglatch::locks
