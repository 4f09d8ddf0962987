#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "analyzer/parse/walk.h"
#include "rules/support/batch_key.h"
#include "rules/support/conditions.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// Subqueries nested deeper than this are not looked into.
constexpr int kMaxDepth = 20;

// A statement that stores what a query returns.
struct Copy {
  const SelectStmt* query = nullptr;
  const RangeVar* target = nullptr;
  bool inserts = false;
  bool materialized_view = false;
};

Copy copy_of(const Node* node) {
  if (const auto* insert = as<InsertStmt>(node)) {
    return {as<SelectStmt>(insert->selectStmt), insert->relation, true, false};
  }
  if (const auto* create = as<CreateTableAsStmt>(node)) {
    if (create->into->skipData) return {};
    return {as<SelectStmt>(create->query), create->into->rel, false, create->objtype == OBJECT_MATVIEW};
  }
  const auto* select = as<SelectStmt>(node);
  if (select != nullptr && select->intoClause != nullptr) return {select, select->intoClause->rel, false, false};
  return {};
}

// Aggregates without GROUP BY: one row comes out. Functions of one's own may be among the names.
bool is_one_row(const SelectStmt& select) {
  static constexpr std::array<std::string_view, 14> kAggregates = {
      "count",           "sum",       "min",        "max",       "avg",      "bool_and",
      "bool_or",         "array_agg", "string_agg", "jsonb_agg", "json_agg", "jsonb_object_agg",
      "json_object_agg", "every"};
  if (select.groupClause != nullptr) return false;
  bool found = false;
  walk(select.targetList, [&](const Node* node) {
    if (node->type == T_SubLink) return Walk::over;
    const auto* call = as<FuncCall>(node);
    if (call == nullptr || call->over != nullptr) return Walk::into;
    found = found || call->agg_star ||
            std::find(kAggregates.begin(), kAggregates.end(), name_of(call->funcname).name) != kAggregates.end();
    return Walk::over;
  });
  return found;
}

// The tables of which a query hands on all rows.
class WholeTables {
 public:
  explicit WholeTables(const StatementContext& context) : context_(context) {}

  std::vector<RelationId> find(const SelectStmt& select) {
    query(select, 0);
    return std::move(found_);
  }

 private:
  void query(const SelectStmt& select, int depth) {
    if (depth == kMaxDepth || select.limitCount != nullptr) return;
    if (select.op != SETOP_NONE) {
      if (select.op != SETOP_UNION) return;
      query(*select.larg, depth + 1);
      return query(*select.rarg, depth + 1);
    }
    if (!passes_all(select.whereClause) || is_one_row(select)) return;
    for (const Node* item : each(select.fromClause)) from(item, select.withClause, depth);
  }

  void from(const Node* item, const WithClause* with, int depth) {
    if (depth == kMaxDepth) return;
    if (const auto* join = as<JoinExpr>(item)) {
      from(join->larg, with, depth + 1);
      from(join->rarg, with, depth + 1);
    } else if (const auto* subquery = as<RangeSubselect>(item)) {
      if (const auto* select = as<SelectStmt>(subquery->subquery)) query(*select, depth + 1);
    } else if (const auto* name = as<RangeVar>(item)) {
      table(*name, with, depth);
    }
  }

  void table(const RangeVar& name, const WithClause* with, int depth) {
    if (with != nullptr && name.schemaname == nullptr) {
      for (const CommonTableExpr* each_with : each<CommonTableExpr>(with->ctes)) {
        if (text(each_with->ctename) != text(name.relname)) continue;
        if (const auto* select = as<SelectStmt>(each_with->ctequery); select != nullptr && !with->recursive) {
          query(*select, depth + 1);
        }
        return;
      }
    }
    const Relation* relation = find_relation(context_, &name);
    if (relation == nullptr || !is_read(*relation)) return;
    if (std::find(found_.begin(), found_.end(), relation->id) == found_.end()) found_.push_back(relation->id);
  }

  // It is live, is read from one end to the other, and not known to be small.
  bool is_read(const Relation& relation) const {
    const auto tree = context_.catalog.with_descendants(relation.id);
    return std::any_of(tree.begin(), tree.end(), [&](RelationId id) {
      return context_.effects.has_work(WorkKind::scan, id) && context_.is_live(id) &&
             !context_.table_size(id).is_small();
    });
  }

  const StatementContext& context_;
  std::vector<RelationId> found_;
};

std::string help_for(const Copy& copy, const Relation& source) {
  if (copy.materialized_view) {
    return "Create it WITH NO DATA, and fill it outside of the migration by REFRESH MATERIALIZED VIEW: nobody can read "
           "it before that, so nobody waits for it.";
  }
  return fmt::format(
      "{0} in batches along the key, each committed (WHERE {1} > … AND {1} <= …), outside of the migration; a trigger "
      "on the source keeps up what is written meanwhile.",
      copy.inserts ? "Copy" : "Create the table empty, then copy", batch_key(source));
}

ByteRange keywords(const StatementContext& context) {
  return leading_words(context, {"insert", "into", "create", "table", "unlogged", "materialized", "view", "select"});
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (!context.effects.has_work(WorkKind::scan)) return;
  const Copy copy = copy_of(context.statement.node);
  if (copy.query == nullptr || copy.target->relpersistence == RELPERSISTENCE_TEMP) return;
  const Relation* target = find_relation(context, copy.target);
  if (copy.inserts && (target == nullptr || target->temporary)) return;
  const std::vector<RelationId> sources = WholeTables(context).find(*copy.query);
  if (sources.empty()) return;

  Finding finding = make_finding(context, rule, keywords(context), sources.front());
  finding.message = fmt::format(
      "{} every row of {} in one statement: the more rows, the longer it runs. Until it ends vacuum cleans up "
      "nowhere in the database what was deleted since, schema changes of the table wait, and what the transaction has "
      "locked before stays so.",
      copy.inserts ? "The migration copies" : "The migration stores what it reads from", name_list(context, sources));
  finding.help = help_for(copy, *context.catalog.find(sources.front()));
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_InsertStmt, T_CreateTableAsStmt, T_SelectStmt};

}  // namespace

extern const Rule kBulkCopy;
const Rule kBulkCopy{
    "bulk-copy", "data", Severity::warning, "All rows of a table are copied in one statement of a migration.",
    kNodes,      check};

}  // namespace pglatch
