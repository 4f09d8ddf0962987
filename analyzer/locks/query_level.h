// One level of a query: the tables of its FROM clause, and what its conditions say about them. From these
// follows which tables the planner reads from one end to the other, by one plain rule: a table is looked up
// by an index where a condition compares an indexed column with something that is known by then (constants,
// parameters, columns of outer queries, of tables that are looked up themselves); else it is scanned. The
// planner's own choice depends on statistics, which no migration tells.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/locks/lock_mode.h"
#include "analyzer/parse/access.h"

namespace pglatch::locks {

/// A set of sources, one bit each; sources beyond the 64th are in no set, so nothing restricts them.
using SourceSet = std::uint64_t;
inline constexpr SourceSet kAllSources = ~SourceSet{0};
[[nodiscard]] constexpr SourceSet set_of(std::size_t source) noexcept {
  return source < 64 ? SourceSet{1} << source : 0;
}

/// A condition that an index or the choice of partitions can use: "column op value". The constants are
/// there only if the value is written as a literal; a partial lookup by an expression has no column.
struct ColumnTest {
  Conjunct conjunct;                          ///< kind compare, in_list or is_null; other for all other operators
  std::vector<std::string_view> mentioned{};  ///< columns, where the left side is no column but an expression
};

struct Source {
  RelationId relation = kNoRelation;  ///< none: rows of a function, of VALUES, of a query computed by itself
  LockMode mode = LockMode::access_share;
  bool only = false;  ///< without what inherits from it
  bool few = false;   ///< without a relation: few enough rows that a join looks each of them up
  int view = -1;      ///< the same number for all that one view reads; it is taken to join them by their keys
  std::vector<ColumnTest> tests{};
  std::vector<std::vector<ColumnTest>> alternatives{};  ///< for each OR: one test of this source from every arm
};

/// What a name in FROM stands for: a source, or all that a view, subquery or aliased join is made of.
struct RangeName {
  std::string_view alias;
  int source = -1;                     ///< index among the level's, or -1
  const SelectStmt* select = nullptr;  ///< a subquery that is part of the level: its target list
  const Alias* columns = nullptr;      ///< new names of its columns
  std::vector<RangeName> inner{};
};

struct LevelColumn {
  int source = -1;
  std::string_view column;
};

class QueryLevel {
 public:
  QueryLevel(const Catalog& catalog, const QueryLevel* outer) : catalog_(catalog), outer_(outer) {}

  std::vector<Source> sources;
  std::vector<RangeName> names;

  /// Joined by USING (or IN): `left` = `right`.
  void add_equality(LevelColumn left, LevelColumn right, SourceSet restricts);
  /// The same with an expression on the left.
  void add_equality(const Node* left, LevelColumn right, SourceSet restricts);
  /// A condition without AND at its top; what it mentions has to be among the names already. That of an outer
  /// join cannot restrict the side that is kept whole.
  void add_condition(const Node* node, SourceSet restricts);

  /// Passes on what the conditions say along joins. To be called once, when all conditions are there.
  void conclude();

  /// The column that a reference means at this level; source -1 where it is one of an outer level or
  /// of no table.
  [[nodiscard]] LevelColumn resolve(const Node* reference) const;
  [[nodiscard]] LevelColumn resolve(const std::vector<RangeName>& among, std::string_view column) const;
  /// The relation, a part of that source, is looked up by one of its indexes.
  [[nodiscard]] bool is_looked_up(const Source& source, const Relation& part) const;
  /// The level has nothing but tables whose columns are known, and this is a column of none of them.
  [[nodiscard]] bool lacks(const ColumnRef& reference) const;
  /// All sources have few rows, as far as the conditions tell.
  [[nodiscard]] bool is_small() const;
  /// Some condition is never true: WHERE false.
  [[nodiscard]] bool is_never() const noexcept { return never_; }

 private:
  struct Equality {
    LevelColumn left;
    LevelColumn right;
    SourceSet restricts;
  };
  struct Dependence {  // "column = expression of other sources"
    LevelColumn column;
    SourceSet on;
    SourceSet restricts;
  };

  void add_expression(const A_Expr& expression, SourceSet restricts);
  void add_comparison(const Node* left, std::string_view op, const Node* right, SourceSet restricts);
  void add_or(const BoolExpr& either, SourceSet restricts);
  void add_test(LevelColumn column, Conjunct conjunct, SourceSet restricts);
  [[nodiscard]] LevelColumn resolve(const RangeName& name, std::string_view column) const;
  [[nodiscard]] SourceSet sources_of(const Node* expression, int depth = 0) const;
  [[nodiscard]] bool has_few(int source) const;
  [[nodiscard]] bool is_tested(const Source& source, const Relation& part) const;
  [[nodiscard]] SourceSet sources_of_subquery(const SubLink& link, int depth) const;
  bool look_up(LevelColumn column, SourceSet restricts);

  const Catalog& catalog_;
  const QueryLevel* outer_;
  std::vector<Equality> equalities_;
  std::vector<Dependence> dependences_;
  bool never_ = false;
};

/// Some index of the relation has this as its first column, and its method and predicate fit the test. Of a
/// relation of which only the name is known it is assumed.
[[nodiscard]] bool has_index_for(const Catalog& catalog, const Relation& relation, const Source& source,
                                 const ColumnTest& test);

}  // namespace pglatch::locks
