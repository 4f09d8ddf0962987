// The FROM and WHERE clauses of a query: what becomes part of its level, and what is a query by itself
// (prepjointree.c, subselect.c).
#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "analyzer/locks/query_reader.h"
#include "analyzer/parse/walk.h"

namespace pglatch::locks {
namespace {

bool is_aggregate(const FuncCall& call) {
  constexpr std::array kAggregates{
      "count",   "sum",     "avg",      "min",      "max",       "array_agg",       "string_agg",
      "every",   "bool_or", "bool_and", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg",
      "bit_and", "bit_or",  "stddev",   "variance"};
  if (call.agg_star || call.agg_within_group || call.agg_filter != nullptr || call.over != nullptr) return true;
  const auto names = each(call.funcname);
  return std::find(kAggregates.begin(), kAggregates.end(), string_value(names.back())) != kAggregates.end();
}

// is_simple_subquery() in prepjointree.c, and for EXISTS simplify_EXISTS_query() in subselect.c, to which
// the target list does not matter.
bool can_be_pulled_up(const SelectStmt& select, bool exists) {
  if (select.op != SETOP_NONE || select.valuesLists != nullptr || select.withClause != nullptr) return false;
  if (select.groupClause != nullptr || select.havingClause != nullptr || select.lockingClause != nullptr) return false;
  if (select.fromClause == nullptr || (exists && select.whereClause == nullptr)) return false;
  if (exists) return select.limitOffset == nullptr && !has_aggregate(select.targetList);
  return select.distinctClause == nullptr && select.limitCount == nullptr && select.limitOffset == nullptr &&
         select.windowClause == nullptr && !has_aggregate(select.targetList);
}

SourceSet sources_between(std::size_t first, std::size_t last) {
  SourceSet result = 0;
  for (std::size_t i = first; i < last; ++i) result |= set_of(i);
  return result;
}

// While it lives, the names of a level are those of a part of it, and what is outside of that after them.
class NarrowedNames {
 public:
  NarrowedNames(QueryLevel& level, const std::vector<RangeName>& inner) : level_(level), outer_(level.names) {
    level_.names = inner;
    level_.names.insert(level_.names.end(), outer_.begin(), outer_.end());
  }
  ~NarrowedNames() { level_.names = std::move(outer_); }
  NarrowedNames(const NarrowedNames&) = delete;
  NarrowedNames& operator=(const NarrowedNames&) = delete;

 private:
  QueryLevel& level_;
  std::vector<RangeName> outer_;
};

}  // namespace

bool has_aggregate(const List* targets) {
  return !walk(targets, [](const Node* node) {
    if (node->type == T_SubLink) return Walk::over;
    const auto* call = as<FuncCall>(node);
    return call != nullptr && is_aggregate(*call) ? Walk::stop : Walk::into;
  });
}

// FROM --------------------------------------------------------------------------------------------

void QueryReader::add_from(Building& building, const Node* item, std::vector<RangeName>& names) {
  constexpr int kMaxFromDepth = 1000;  // a chain of joins is as deep as it is long
  if (building.depth == kMaxFromDepth) return;
  ++building.depth;
  if (const auto* table = as<RangeVar>(item)) {
    add_table(building, *table, names);
  } else if (const auto* join = as<JoinExpr>(item)) {
    add_join(building, *join, names);
  } else if (const auto* subquery = as<RangeSubselect>(item)) {
    const std::string_view alias = subquery->alias == nullptr ? "" : text(subquery->alias->aliasname);
    add_subquery(building, subquery->subquery, subquery->alias, alias, names);
  } else if (item->type == T_RangeTableSample) {
    add_from(building, reinterpret_cast<const RangeTableSample*>(item)->relation, names);
  } else {
    const Alias* alias = nullptr;
    if (item->type == T_RangeFunction) alias = reinterpret_cast<const RangeFunction*>(item)->alias;
    if (item->type == T_RangeTableFunc) alias = reinterpret_cast<const RangeTableFunc*>(item)->alias;
    expressions(item, &building.level);
    add_rows(building, alias, true, names);
  }
  --building.depth;
}

void QueryReader::add_rows(Building& building, const Alias* alias, bool few, std::vector<RangeName>& names) {
  Source rows;
  rows.few = few;
  RangeName name;
  name.alias = alias == nullptr ? "" : text(alias->aliasname);
  name.source = static_cast<int>(building.level.sources.size());
  building.level.sources.push_back(std::move(rows));
  names.push_back(std::move(name));
}

void QueryReader::add_table(Building& building, const RangeVar& table, std::vector<RangeName>& names) {
  const std::string_view alias = table.alias == nullptr ? text(table.relname) : text(table.alias->aliasname);
  if (const WithQuery* with = find_with(table)) {
    if (with->inlined) return add_subquery(building, with->node->ctequery, table.alias, alias, names);
    add_rows(building, table.alias, with->few, names);
    names.back().alias = alias;
    return;
  }
  if (model_.is_system(name_of(&table))) {
    add_rows(building, table.alias, true, names);
    names.back().alias = alias;
    return;
  }
  const RelationId id = model_.resolve(&table);
  if (id == kNoRelation) return;
  Source source;
  source.mode = building.locks.on(alias) ? LockMode::row_share : LockMode::access_share;
  source.only = !table.inh;
  RangeName name;
  name.alias = alias;
  name.columns = table.alias;
  add_relation(building, id, std::move(source), name, 0);
  names.push_back(std::move(name));
}

// A view's query is not kept, only what it reads: what is asked of its columns is asked of its tables' columns of
// the same name.
void QueryReader::add_relation(Building& building, RelationId id, Source source, RangeName& name, int depth) {
  const bool named = depth == 0 && stage_ != QueryStage::analysed;
  model_.lock(id, source.mode, named ? LockReason::target : LockReason::dependent);
  const Relation& relation = model_.relation(id);
  if (relation.kind != RelationKind::view) {
    source.relation = id;
    name.source = static_cast<int>(building.level.sources.size());
    building.level.sources.push_back(std::move(source));
    return;
  }
  if (depth == kMaxQueryDepth || stage_ == QueryStage::analysed) return;
  if (source.view < 0) source.view = static_cast<int>(building.level.sources.size());
  std::vector<RelationId> seen;
  for (const ColumnUse& use : relation.uses) {
    if (model_.catalog().find(use.relation) == nullptr) continue;
    if (std::find(seen.begin(), seen.end(), use.relation) != seen.end()) continue;
    seen.push_back(use.relation);
    add_relation(building, use.relation, source, name.inner.emplace_back(), depth + 1);
  }
}

void QueryReader::add_subquery(Building& building, const Node* query, const Alias* alias, std::string_view name,
                               std::vector<RangeName>& names) {
  const SelectStmt* sub = as<SelectStmt>(query);
  const bool locks_rows = building.locks.on(name);
  if (sub == nullptr || !can_be_pulled_up(*sub, false)) {
    const bool few = sub == nullptr ? statement(query) : select(*sub, &building.level, locks_rows);
    add_rows(building, alias, few, names);
    names.back().alias = name;
    return;
  }
  RangeName result;
  result.alias = name;
  result.select = sub;
  result.columns = alias;
  Building inner{building.level, row_locks(*sub, locks_rows), building.depth};
  for (const Node* item : each(sub->fromClause)) add_from(inner, item, result.inner);
  {
    const NarrowedNames narrowed(building.level, result.inner);
    if (sub->whereClause != nullptr) add_conditions(inner, sub->whereClause, kAllSources);
    expressions(sub->targetList, &building.level);
  }
  names.push_back(std::move(result));
}

void QueryReader::add_join(Building& building, const JoinExpr& join, std::vector<RangeName>& names) {
  QueryLevel& level = building.level;
  std::vector<RangeName> left;
  std::vector<RangeName> right;
  const std::size_t first = level.sources.size();
  add_from(building, join.larg, left);
  const std::size_t middle = level.sources.size();
  add_from(building, join.rarg, right);
  SourceSet restricts = kAllSources;
  if (join.jointype == JOIN_LEFT) restricts = sources_between(middle, level.sources.size());
  if (join.jointype == JOIN_RIGHT) restricts = sources_between(first, middle);
  if (join.jointype == JOIN_FULL) restricts = 0;
  for (const Node* column : each(join.usingClause)) {
    const std::string_view shared = string_value(column);
    level.add_equality(level.resolve(left, shared), level.resolve(right, shared), restricts);
  }
  if (join.isNatural && middle == first + 1) {
    const Relation* table = model_.catalog().find(level.sources[first].relation);
    if (table != nullptr) {
      for (const Column& shared : table->columns) {
        level.add_equality(level.resolve(left, shared.name), level.resolve(right, shared.name), restricts);
      }
    }
  }
  std::vector<RangeName> both = std::move(left);
  both.insert(both.end(), std::make_move_iterator(right.begin()), std::make_move_iterator(right.end()));
  if (join.quals != nullptr) {
    const NarrowedNames narrowed(level, both);
    add_conditions(building, join.quals, restricts);
  }
  if (join.alias == nullptr) {
    names.insert(names.end(), std::make_move_iterator(both.begin()), std::make_move_iterator(both.end()));
    return;
  }
  RangeName& joined = names.emplace_back();
  joined.alias = text(join.alias->aliasname);
  joined.columns = join.alias;
  joined.inner = std::move(both);
}

// WHERE -------------------------------------------------------------------------------------------

void QueryReader::add_conditions(Building& building, const Node* node, SourceSet restricts, int depth) {
  const auto* boolean = as<BoolExpr>(node);
  if (boolean != nullptr && boolean->boolop == AND_EXPR && depth < kMaxQueryDepth) {
    for (const Node* part : each(boolean->args)) add_conditions(building, part, restricts, depth + 1);
    return;
  }
  if (stage_ != QueryStage::analysed) {
    const bool negated = boolean != nullptr && boolean->boolop == NOT_EXPR;
    const auto* link = as<SubLink>(negated ? each(boolean->args)[0] : node);
    if (link != nullptr && add_semi_join(building, *link, restricts, negated)) return;
    building.level.add_condition(node, restricts);
  }
  expressions(node, &building.level);
}

// IN and EXISTS at the top of a condition are joins (convert_ANY_sublink_to_join() and
// convert_EXISTS_sublink_to_join() in subselect.c). NOT EXISTS keeps the outer rows whole, NOT IN is no join.
bool QueryReader::add_semi_join(Building& building, const SubLink& link, SourceSet restricts, bool anti) {
  const SelectStmt* sub = as<SelectStmt>(link.subselect);
  const bool exists = link.subLinkType == EXISTS_SUBLINK;
  if (sub == nullptr || (!exists && (link.subLinkType != ANY_SUBLINK || anti))) return false;
  if (!exists && link.operName != nullptr && string_value(each(link.operName).back()) != "=") return false;
  if (depth_ == kMaxQueryDepth) return false;
  const Nested nested(depth_);
  QueryLevel& level = building.level;
  if (!can_be_pulled_up(*sub, exists)) {
    if (exists) return false;
    expressions(link.testexpr, &level);
    std::vector<RangeName> names;
    const bool few = select(*sub, &level, false);
    add_rows(building, nullptr, few, names);
    level.add_equality(level.resolve(link.testexpr), {names.back().source, {}}, restricts);
    return true;
  }
  const LevelColumn outer = exists ? LevelColumn{} : level.resolve(link.testexpr);
  expressions(link.testexpr, &level);
  const std::size_t first = level.sources.size();
  std::vector<RangeName> names;
  Building inner{level, {}, building.depth};
  for (const Node* item : each(sub->fromClause)) add_from(inner, item, names);
  const SourceSet inside = sources_between(first, level.sources.size());
  const NarrowedNames narrowed(level, names);
  if (sub->whereClause != nullptr) add_conditions(inner, sub->whereClause, anti ? inside : restricts | inside);
  expressions(sub->targetList, &level);
  if (!exists && each(sub->targetList).size() == 1) {
    const LevelColumn result = level.resolve(each<ResTarget>(sub->targetList)[0]->val);
    level.add_equality(outer, result, restricts | inside);
  }
  return true;
}

}  // namespace pglatch::locks
