// What a statement must not hold so that it can be run for one range of rows after the other. A value may depend on
// the row and on what nobody changes meanwhile, not on the rows of other ranges nor on how often it is computed.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "analyzer/catalog/builtin_functions.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/parse/walk.h"
#include "rules/recipes/looked_up.h"
#include "rules/recipes/row_change.h"
#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"

namespace pglatch {
namespace {

// Views on views: nobody nests this deep.
constexpr int kMaxViews = 20;

// Volatile functions that give each row a value of its own, whether all rows are asked at once or not.
constexpr std::string_view kValues[] = {"random",           "random_normal",   "gen_random_uuid", "uuidv4", "uuidv7",
                                        "uuid_generate_v4", "clock_timestamp", "timeofday",       "nextval"};

constexpr std::string_view kAggregates[] = {"any_value",
                                            "array_agg",
                                            "avg",
                                            "bit_and",
                                            "bit_or",
                                            "bit_xor",
                                            "bool_and",
                                            "bool_or",
                                            "corr",
                                            "count",
                                            "covar_pop",
                                            "covar_samp",
                                            "cume_dist",
                                            "dense_rank",
                                            "every",
                                            "json_agg",
                                            "json_agg_strict",
                                            "json_object_agg",
                                            "json_object_agg_strict",
                                            "json_object_agg_unique",
                                            "json_object_agg_unique_strict",
                                            "jsonb_agg",
                                            "jsonb_agg_strict",
                                            "jsonb_object_agg",
                                            "jsonb_object_agg_strict",
                                            "jsonb_object_agg_unique",
                                            "jsonb_object_agg_unique_strict",
                                            "max",
                                            "min",
                                            "mode",
                                            "percent_rank",
                                            "percentile_cont",
                                            "percentile_disc",
                                            "range_agg",
                                            "range_intersect_agg",
                                            "rank",
                                            "regr_avgx",
                                            "regr_avgy",
                                            "regr_count",
                                            "regr_intercept",
                                            "regr_r2",
                                            "regr_slope",
                                            "regr_sxx",
                                            "regr_sxy",
                                            "regr_syy",
                                            "stddev",
                                            "stddev_pop",
                                            "stddev_samp",
                                            "string_agg",
                                            "sum",
                                            "var_pop",
                                            "var_samp",
                                            "xmlagg",
                                            "variance"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool returns_rows(const Node* node) {
#if PG_VERSION_NUM >= 180000
  if (const auto* update = as<UpdateStmt>(node)) return update->returningClause != nullptr;
  if (const auto* removal = as<DeleteStmt>(node)) return removal->returningClause != nullptr;
  const auto* insert = as<InsertStmt>(node);
  return insert != nullptr && insert->returningClause != nullptr;
#else
  if (const auto* update = as<UpdateStmt>(node)) return update->returningList != nullptr;
  if (const auto* removal = as<DeleteStmt>(node)) return removal->returningList != nullptr;
  const auto* insert = as<InsertStmt>(node);
  return insert != nullptr && insert->returningList != nullptr;
#endif
}

bool names(const std::vector<std::string>& columns, std::string_view column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

class RangeRefusals {
 public:
  RangeRefusals(const StatementContext& context, const RowChange& change, const std::vector<std::string>& keys)
      : context_(context), change_(change), keys_(keys) {}

  std::optional<Refusal> find() {
    look_at_clauses();
    look_at_query();
    look_at_nodes();
    look_at_assignments();
    look_at_constraints();
    look_at_joins();
    look_at_transaction();
    return std::move(found_);
  }

 private:
  void refuse(std::string reason, std::string manual) {
    if (!found_) found_ = Refusal{std::move(reason), std::move(manual)};
  }

  void look_at_clauses() {
    const Node* node = context_.statement.node;
    if (returns_rows(node)) {
      refuse("RETURNING gives its rows to whoever sent the statement, which a plan does not.",
             "Take RETURNING away, and make the plan again.");
    }
    const auto* insert = as<InsertStmt>(node);
    if (insert != nullptr && insert->onConflictClause != nullptr) {
      refuse("ON CONFLICT makes what becomes of a row depend on the rows before it: in ranges that can be others.",
             "Exclude the rows that are there already (NOT EXISTS …) in the code that copies, in batches.");
    }
    const bool is_rewritten =
        std::any_of(change_.changed->expressions.begin(), change_.changed->expressions.end(),
                    [](const DependentExpression& one) { return one.kind == ExpressionKind::rule; });
    if (is_rewritten) {
      refuse(fmt::format("{} has rules, which make other statements of it.", display_name(*change_.changed)),
             "Do in batches what the rules would do, outside of the migration.");
    }
  }

  void look_at_query() {
    const SelectStmt* query = change_.query;
    if (query == nullptr) return;
    const bool combines = query->distinctClause != nullptr || query->groupClause != nullptr ||
                          query->havingClause != nullptr || query->windowClause != nullptr;
    bool over_rows = combines;
    walk(query->targetList, [&](const Node* node) {
      if (node->type == T_SubLink) return Walk::over;
      if (node->type == T_JsonArrayAgg || node->type == T_JsonObjectAgg) over_rows = true;
      if (const auto* call = as<FuncCall>(node)) {
        over_rows = over_rows || call->over != nullptr || call->agg_star || call->agg_within_group ||
                    call->agg_distinct || call->agg_filter != nullptr || call->agg_order != nullptr ||
                    is_one_of(name_of(call->funcname).name, kAggregates);
      }
      return Walk::into;
    });
    if (over_rows) {
      refuse(
          "A row that it writes is made of several rows (an aggregate, a window function, GROUP BY, DISTINCT), which "
          "can be in different ranges.",
          "Compute the rows along the groups' key, in batches, outside of the migration.");
    }
    if (query->sortClause != nullptr || query->limitCount != nullptr || query->limitOffset != nullptr) {
      refuse("ORDER BY and LIMIT are about all rows: ranges of a key have an order and a number of their own.",
             "Take ORDER BY away where the order does not matter; write LIMIT as a condition on the key.");
    }
  }

  void look_at_nodes() {
    // First, since what it gives has names like tables.
    const bool has_with = !walk(context_.statement.node,
                                [](const Node* node) { return node->type == T_WithClause ? Walk::stop : Walk::into; });
    if (has_with) {
      refuse("What WITH gives would be computed anew for each range, with what other ranges have changed by then.",
             "Write it as a condition on the row, or do it in batches outside of the migration.");
    }
    // The assignments and the query's columns are computed once for a row, a subquery perhaps once for all.
    walk(change_.targets, [&](const Node* node) {
      if (node->type == T_SubLink) return Walk::over;
      if (const auto* call = as<FuncCall>(node); call != nullptr && is_value(*call)) values_.push_back(call);
      return Walk::into;
    });
    walk(context_.statement.node, [&](const Node* node) {
      look_at(*node);
      return found_ ? Walk::stop : Walk::into;
    });
  }

  static bool is_value(const FuncCall& call) { return is_one_of(name_of(call.funcname).name, kValues); }

  void look_at(const Node& node) {
    if (node.type == T_LockingClause) {
      refuse("It locks rows until its end (FOR UPDATE, FOR SHARE), which several transactions cannot.",
             "Take the locking clause away, and make the plan again.");
    } else if (node.type == T_CurrentOfExpr) {
      refuse("WHERE CURRENT OF is about one row of a cursor.", "Run it as it stands.");
    } else if (node.type == T_ParamRef) {
      refuse("It has parameters, whose values a plan does not know.", "Write the values into the statement.");
    } else if (const auto* call = as<FuncCall>(&node)) {
      look_at_call(*call);
    } else if (const auto* name = as<RangeVar>(&node)) {
      look_at_table(*name);
    }
  }

  void look_at_call(const FuncCall& call) {
    if (std::find(values_.begin(), values_.end(), &call) != values_.end()) return;
    const NameView name = name_of(call.funcname);
    const bool qualified = !name.schema.empty() && name.schema != "pg_catalog";
    const auto builtin = qualified ? BuiltinVolatility::unknown : builtin_volatility(name.name);
    if (builtin == BuiltinVolatility::stable) return;
    const FunctionObject* function = context_.catalog.find_function(name, context_.session.search_path());
    if (function != nullptr && function->volatility == Volatility::immutable && !function->overloaded) return;
    const std::string shown = fmt::format("{}()", quote_qualified(name.schema, name.name));
    if (builtin == BuiltinVolatility::volatile_) {
      return refuse(fmt::format("{} is volatile, and does not merely give each row a value: in ranges it is called at "
                                "other times, or more often.",
                                shown),
                    "Compute the value before, or do it in batches outside of the migration.");
    }
    refuse(
        fmt::format("Whether {} depends on the row alone cannot be told: it is not known to be IMMUTABLE, and can read "
                    "or change what other ranges have changed by then.",
                    shown),
        "Make the plan with the schema of the database (--schema), where the function is IMMUTABLE; else do it in "
        "batches outside of the migration.");
  }

  void look_at_table(const RangeVar& name) {
    const auto* insert = as<InsertStmt>(context_.statement.node);
    if (&name == change_.walked_name || (insert != nullptr && &name == insert->relation)) {
      if (insert == nullptr || &name == insert->relation || !reads_changed(*change_.walked, 0)) return;
    }
    const Relation* table = find_relation(context_, &name);
    const std::string shown = quote_qualified(text(name.schemaname), text(name.relname));
    if (table == nullptr || table->origin == Origin::unknown) {
      return refuse(
          fmt::format("What {} is, and whether it reads what the statement changes, is not known here.", shown),
          "Make the plan with the schema of the database (--schema).");
    }
    if (table->temporary) {
      return refuse(fmt::format("{} is a temporary table: the session that goes on after an interruption does not have "
                                "it.",
                                shown),
                    "Use an ordinary table, and drop it at the end.");
    }
    if (reads_changed(*table, 0)) {
      refuse(fmt::format("It reads {}, which it changes: a range would see what the ranges before it have done.",
                         display_name(*change_.changed)),
             "Put what it has to read into a table of its own before, or do it in batches outside of the migration.");
    }
  }

  [[nodiscard]] bool reads_changed(const Relation& table, int depth) const {
    const Catalog& catalog = context_.catalog;
    if (unit_of(catalog, table.id) == unit_of(catalog, change_.changed->id) || depth == kMaxViews) return true;
    return std::any_of(table.uses.begin(), table.uses.end(), [&](const ColumnUse& use) {
      const Relation* used = catalog.find(use.relation);
      return used != nullptr && used->id != table.id && reads_changed(*used, depth + 1);
    });
  }

  void look_at_assignments() {
    if (change_.kind != RowChangeKind::update) return;
    for (const ResTarget* target : each<ResTarget>(change_.targets)) {
      const std::string column(text(target->name));
      assigned_.push_back(column);
      if (!names(keys_, quote_identifier_sql(column))) continue;
      refuse(fmt::format("It changes {}, along which the rows would be walked: a row could be met twice, or never.",
                         quote_identifier_sql(column)),
             "Give the new value to a column of its own, in batches, and swap the columns.");
    }
  }

  void look_at_constraints() {
    for (const TableConstraint& constraint : change_.changed->constraints) {
      const bool unique = constraint.kind == ConstraintKind::unique || constraint.kind == ConstraintKind::primary_key ||
                          constraint.kind == ConstraintKind::exclusion;
      if (unique && constraint.deferrable && change_.kind != RowChangeKind::remove && changes(constraint.columns)) {
        refuse(fmt::format("{} is checked at the end of the statement: between ranges rows can be in each other's way "
                           "that are not in the end.",
                           quote_identifier_sql(constraint.name)),
               "Choose values that are free at any time, or do it in one transaction while nobody needs the table.");
      }
      const bool to_itself =
          constraint.kind == ConstraintKind::foreign_key && constraint.referenced == change_.changed->id;
      const bool takes_along = constraint.on_delete == FKCONSTR_ACTION_CASCADE;
      if (!to_itself) continue;
      if ((change_.kind == RowChangeKind::remove && !takes_along) ||
          (change_.kind == RowChangeKind::update && changes(constraint.referenced_columns)) ||
          change_.kind == RowChangeKind::insert) {
        refuse(fmt::format("By {} rows of {} refer to each other: all at once they can go, a range before the others "
                           "may not.",
                           quote_identifier_sql(constraint.name), display_name(*change_.changed)),
               "Take the rows in the order in which they refer to each other, in batches, outside of the migration.");
      }
    }
  }

  [[nodiscard]] bool changes(const std::vector<std::string>& columns) const {
    if (change_.kind == RowChangeKind::insert) return true;
    return std::any_of(columns.begin(), columns.end(),
                       [&](const std::string& column) { return names(assigned_, column); });
  }

  void look_at_joins() {
    if (found_ || change_.from == nullptr) return;
    const bool one_row = change_.kind != RowChangeKind::insert;
    const auto other = not_looked_up(context_, change_, one_row);
    if (!other) return;
    refuse(
        fmt::format("It joins {}, which is not looked up {} for each row of {}: each range would go through it again.",
                    *other, one_row ? "by a unique key" : "by a value", display_name(*change_.walked)),
        "Join by a key that is equal to columns of the row, or make the plan with the schema of the database "
        "(--schema), where that key is unique.");
  }

  // What holds until the end of a transaction would hold for no range.
  void look_at_transaction() {
    if (context_.session.in_transaction() == InTransaction::no) return;
    for (auto statement = context_.preceding.rbegin(); statement != context_.preceding.rend(); ++statement) {
      if (statement->node->type == T_TransactionStmt) return;
      if (statement->node->type == T_LockStmt || statement->node->type == T_ConstraintsSetStmt ||
          disables_triggers(statement->node)) {
        refuse(
            "A statement before it prepares its transaction (LOCK TABLE, SET CONSTRAINTS, DISABLE TRIGGER): ranges "
            "have transactions of their own.",
            "Take that statement out of the migration, or run both together while nobody needs the table.");
      }
    }
  }

  static bool disables_triggers(const Node* node) {
    const auto* alter = as<AlterTableStmt>(node);
    if (alter == nullptr) return false;
    const auto commands = each<AlterTableCmd>(alter->cmds);
    return std::any_of(commands.begin(), commands.end(), [](const AlterTableCmd* command) {
      return command->subtype == AT_DisableTrig || command->subtype == AT_DisableTrigAll ||
             command->subtype == AT_DisableTrigUser;
    });
  }

  const StatementContext& context_;
  const RowChange& change_;
  const std::vector<std::string>& keys_;
  std::vector<const FuncCall*> values_;
  std::vector<std::string> assigned_;
  std::optional<Refusal> found_;
};

}  // namespace

std::optional<Refusal> why_not_in_batches(const StatementContext& context, const RowChange& change,
                                          const std::vector<std::string>& keys) {
  return RangeRefusals(context, change, keys).find();
}

}  // namespace pglatch
