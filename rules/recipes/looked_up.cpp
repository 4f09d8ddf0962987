#include "rules/recipes/looked_up.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "analyzer/parse/walk.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

// Joins nested deeper than this are not looked into.
constexpr int kMaxDepth = 50;

struct Joined {
  std::string_view name;  // alias, or the table's own
  const Relation* table = nullptr;
};

// "a.x = …" of one joined table, and the tables that the other side mentions.
struct Equality {
  std::string_view table;
  std::string_view column;
  std::set<std::string_view> needs;
};

std::string_view name_in_query(const RangeVar& name) {
  return text(name.alias != nullptr ? name.alias->aliasname : name.relname);
}

class Joins {
 public:
  Joins(const StatementContext& context, const RowChange& change) : context_(context), change_(change) {
    tables_.push_back({name_in_query(*change.walked_name), change.walked});
    for (const Node* item : each(change.from)) take(item, 0);
    add_condition(change.where, 0);
  }

  std::optional<std::string> find(bool one_row) {
    if (other_) return other_;
    std::set<std::string_view> known{tables_.front().name};
    for (std::size_t before = 0; before < known.size();) {
      before = known.size();
      for (const Joined& table : tables_) {
        if (is_found(table, known, one_row)) known.insert(table.name);
      }
    }
    for (const Joined& table : tables_) {
      if (known.count(table.name) == 0) return std::string(table.name);
    }
    return std::nullopt;
  }

 private:
  void take(const Node* item, int depth) {
    if (const auto* name = as<RangeVar>(item)) {
      if (name != change_.walked_name) tables_.push_back({name_in_query(*name), find_relation(context_, name)});
      return;
    }
    const auto* join = as<JoinExpr>(item);
    const bool keeps_left = join != nullptr && (join->jointype == JOIN_INNER || join->jointype == JOIN_LEFT);
    if (!keeps_left || join->isNatural || join->usingClause != nullptr || depth == kMaxDepth) {
      other_ = join == nullptr ? "what is not a table" : "a join other than JOIN … ON and LEFT JOIN … ON";
      return;
    }
    take(join->larg, depth + 1);
    take(join->rarg, depth + 1);
    add_condition(join->quals, 0);
  }

  void add_condition(const Node* condition, int depth) {
    if (condition == nullptr || depth == kMaxDepth) return;
    const auto* both = as<BoolExpr>(condition);
    if (both != nullptr && both->boolop == AND_EXPR) {
      for (const Node* argument : each(both->args)) add_condition(argument, depth + 1);
      return;
    }
    const auto* comparison = as<A_Expr>(condition);
    if (comparison == nullptr || comparison->kind != AEXPR_OP || name_of(comparison->name).name != "=") return;
    add_equality(comparison->lexpr, comparison->rexpr);
    add_equality(comparison->rexpr, comparison->lexpr);
  }

  void add_equality(const Node* side, const Node* other) {
    const auto* column = as<ColumnRef>(side);
    if (column == nullptr) return;
    Equality equality;
    equality.table = table_of(*column);
    equality.column = string_value(each(column->fields).back());
    walk(other, [&](const Node* node) {
      if (const auto* mentioned = as<ColumnRef>(node)) equality.needs.insert(table_of(*mentioned));
      return Walk::into;
    });
    if (!equality.table.empty()) equalities_.push_back(std::move(equality));
  }

  // Empty where it cannot be told.
  [[nodiscard]] std::string_view table_of(const ColumnRef& column) const {
    const auto fields = each(column.fields);
    if (fields.size() > 1) return string_value(fields[fields.size() - 2]);
    std::string_view found;
    for (const Joined& table : tables_) {
      const bool has = table.table != nullptr && table.table->column(string_value(fields[0])) != nullptr;
      if (has && !found.empty()) return {};
      if (has) found = table.name;
    }
    return found;
  }

  bool is_found(const Joined& joined, const std::set<std::string_view>& known, bool one_row) const {
    std::set<std::string_view> columns;
    for (const Equality& equality : equalities_) {
      const bool given = std::all_of(equality.needs.begin(), equality.needs.end(),
                                     [&](std::string_view table) { return known.count(table) != 0; });
      if (equality.table == joined.name && given) columns.insert(equality.column);
    }
    if (!one_row) return !columns.empty();
    return joined.table != nullptr && has_key(*joined.table, columns);
  }

  bool has_key(const Relation& table, const std::set<std::string_view>& columns) const {
    return std::any_of(table.indexes.begin(), table.indexes.end(), [&](RelationId id) {
      const Relation* index = context_.catalog.find(id);
      if (index == nullptr || !index->index->unique || !index->index->valid || index->index->partial) return false;
      return std::all_of(index->index->columns.begin(), index->index->columns.end(),
                         [&](const std::string& column) { return columns.count(column) != 0; });
    });
  }

  const StatementContext& context_;
  const RowChange& change_;
  std::vector<Joined> tables_;
  std::vector<Equality> equalities_;
  std::optional<std::string> other_;
};

}  // namespace

std::optional<std::string> not_looked_up(const StatementContext& context, const RowChange& change, bool one_row) {
  return Joins(context, change).find(one_row);
}

}  // namespace pglatch
