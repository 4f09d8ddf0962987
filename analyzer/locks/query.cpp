// What a query locks and reads: parse analysis locks the relations that it names (parse_relation.c), the
// rewriter what views stand for, the planner partitions, children and all indexes (plancat.c, inherit.c).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/partition_choice.h"
#include "analyzer/locks/query_reader.h"
#include "analyzer/parse/walk.h"

namespace pglatch::locks {
namespace {

// Partitions that the conditions leave out are not locked.
constexpr ByVersion kPrunesBeforeLocking{std::array{
    Since<bool>{10, false, "find_all_inheritors() in prepunion.c"},
    Since<bool>{12, true, "428b260f87e8: expand_partitioned_rtentry() in inherit.c"},
}};

// The planner opens a partitioned table's own indexes, to know what is unique.
constexpr ByVersion kOpensPartitionedIndexes{std::array{
    Since<bool>{10, false, "get_relation_info() in plancat.c"},
    Since<bool>{16, true, "3c569049b7b5: get_relation_info() in plancat.c"},
}};

// A WITH query that is used once, and only reads, is planned as a subquery.
constexpr ByVersion kInlinesWith{std::array{
    Since<bool>{10, false, "SS_process_ctes() in subselect.c"},
    Since<bool>{12, true, "608b167f9f9c: inline_cte() in subselect.c"},
}};

std::size_t count_uses(const Node* query, std::string_view name) {
  std::size_t uses = 0;
  walk(query, [&](const Node* node) {
    const auto* table = as<RangeVar>(node);
    if (table != nullptr && table->schemaname == nullptr && text(table->relname) == name) ++uses;
    return Walk::into;
  });
  return uses;
}

// The result comes in the order of an index and stops early: ORDER BY a LIMIT n, or min(a) alone.
bool reads_in_order(const Catalog& catalog, const QueryLevel& level, const SelectStmt& select) {
  if (level.sources.size() != 1 || select.groupClause != nullptr) return false;
  const Node* first = nullptr;
  if (select.limitCount != nullptr && select.sortClause != nullptr && !has_aggregate(select.targetList)) {
    first = each<SortBy>(select.sortClause)[0]->node;
  } else if (each(select.targetList).size() == 1) {
    const auto* call = as<FuncCall>(each<ResTarget>(select.targetList)[0]->val);
    if (call == nullptr || each(call->args).size() != 1) return false;
    const std::string_view name = string_value(each(call->funcname).back());
    if (name == "min" || name == "max") first = each(call->args)[0];
  }
  const LevelColumn column = level.resolve(first);
  if (column.source < 0) return false;
  const Source& source = level.sources.front();
  const Relation& relation = *catalog.find(source.relation);
  if (!relation.partitions.empty() || (!source.only && !relation.inherited_by.empty())) return false;
  ColumnTest test;
  test.conjunct.kind = Conjunct::Kind::compare;
  test.conjunct.op = "<";
  test.conjunct.column = column.column;
  return has_index_for(catalog, relation, source, test);
}

}  // namespace

bool plans_with_indexes(const Model& model, const Relation& relation) noexcept {
  return relation.kind != RelationKind::partitioned_table || kOpensPartitionedIndexes.at(model.version());
}

bool QueryReader::RowLocks::on(std::string_view name) const {
  return all || std::find(names.begin(), names.end(), name) != names.end();
}

QueryReader::RowLocks QueryReader::row_locks(const SelectStmt& select, bool from_parent) const {
  RowLocks locks;
  locks.all = from_parent;
  for (const LockingClause* clause : each<LockingClause>(select.lockingClause)) {
    if (clause->lockedRels == nullptr) locks.all = true;
    for (const RangeVar* name : each<RangeVar>(clause->lockedRels)) locks.names.push_back(text(name->relname));
  }
  return locks;
}

bool QueryReader::statement(const Node* node, const QueryLevel* outer) {
  if (node == nullptr || depth_ == kMaxQueryDepth) return false;
  const Nested nested(depth_);
  const std::size_t outside = with_.size();
  bool few = false;
  switch (node->type) {
    case T_SelectStmt:
      few = select(*as<SelectStmt>(node), outer, false);
      break;
    case T_InsertStmt:
      insert(*as<InsertStmt>(node));
      break;
    case T_UpdateStmt:
      few = update(*as<UpdateStmt>(node));
      break;
    case T_DeleteStmt:
      few = remove(*as<DeleteStmt>(node));
      break;
    case T_MergeStmt:
      merge(*as<MergeStmt>(node));
      break;
    default:
      expressions(node, outer);
      break;
  }
  with_.resize(outside);
  return few;
}

void QueryReader::with(const WithClause* clause, const Node* query) {
  if (clause == nullptr) return;
  for (const CommonTableExpr* expression : each<CommonTableExpr>(clause->ctes)) {
    WithQuery with{text(expression->ctename), expression};
    const SelectStmt* select = as<SelectStmt>(expression->ctequery);
    const std::size_t uses = count_uses(query, with.name);
    if (clause->recursive) {  // it may read itself: the rows of the round before
      with.few = true;
      with_.push_back(with);
      with.few = false;
    }
    if (select == nullptr) {
      with.few = statement(expression->ctequery);
    } else if (uses == 0) {
      QueryReader(model_, QueryStage::analysed, with_).statement(expression->ctequery);
    } else {
      const bool once = uses == 1 && expression->ctematerialized == CTEMaterializeDefault;
      with.inlined = !clause->recursive && kInlinesWith.at(model_.version()) && select->lockingClause == nullptr &&
                     (once || expression->ctematerialized == CTEMaterializeNever);
      if (!with.inlined) with.few = statement(expression->ctequery);
    }
    if (clause->recursive) with_.pop_back();
    with_.push_back(with);
  }
}

const QueryReader::WithQuery* QueryReader::find_with(const RangeVar& name) const {
  if (name.schemaname != nullptr) return nullptr;
  for (std::size_t i = with_.size(); i-- > 0;) {
    if (with_[i].name == text(name.relname)) return &with_[i];
  }
  return nullptr;
}

bool QueryReader::select(const SelectStmt& select, const QueryLevel* outer, bool locks_rows) {
  if (depth_ == kMaxQueryDepth) return false;
  const Nested nested(depth_);
  const std::size_t outside = with_.size();
  with(select.withClause, reinterpret_cast<const Node*>(&select));
  bool few = false;
  if (select.op != SETOP_NONE) {
    // UNION chains nest to the left, as long as they are.
    const SelectStmt* left = &select;
    for (; left->op != SETOP_NONE && (left == &select || left->withClause == nullptr); left = left->larg) {
      const Node* right = reinterpret_cast<const Node*>(left->rarg);
      statement(right, outer);
    }
    statement(reinterpret_cast<const Node*>(left), outer);
    expressions(select.limitCount, outer);
    few = select.limitCount != nullptr;
  } else if (select.valuesLists != nullptr) {
    expressions(select.valuesLists, outer);
    few = true;
  } else {
    QueryLevel level(model_.catalog(), outer);
    Building building{level, row_locks(select, locks_rows)};
    for (const Node* item : each(select.fromClause)) add_from(building, item, level.names);
    if (refuse_missing_columns(select.targetList, level) || refuse_missing_columns(select.whereClause, level)) {
      with_.resize(outside);
      return false;
    }
    if (select.whereClause != nullptr) add_conditions(building, select.whereClause, kAllSources);
    const std::array<const void*, 7> rest{select.targetList,    select.havingClause, select.groupClause,
                                          select.sortClause,    select.limitCount,   select.limitOffset,
                                          select.distinctClause};
    for (const void* part : rest) expressions(part, &level);
    const bool aggregates = select.groupClause == nullptr && has_aggregate(select.targetList);
    level.conclude();
    read(level, -1, reads_in_order(model_.catalog(), level, select));
    few = aggregates || select.limitCount != nullptr || level.is_small();
  }
  with_.resize(outside);
  return few;
}

void QueryReader::expressions(const void* node, const QueryLevel* level) {
  if (node == nullptr || depth_ == kMaxQueryDepth) return;
  const Nested nested(depth_);
  walk(node, [&](const Node* part) {
    if (const auto* link = as<SubLink>(part)) {
      expressions(link->testexpr, level);
      statement(link->subselect, level);
      return Walk::over;
    }
    if (const auto* call = as<FuncCall>(part); call != nullptr && stage_ == QueryStage::run) {
      call_sequence_function(model_, *call);
    }
    return Walk::into;
  });
}

bool QueryReader::refuse_missing_columns(const void* expressions, const QueryLevel& level) {
  if (expressions == nullptr || model_.context.code != nullptr || !model_.catalog().complete) return false;
  walk(expressions, [&](const Node* node) {
    if (node->type == T_SubLink) return Walk::over;
    const auto* reference = as<ColumnRef>(node);
    if (reference == nullptr || !level.lacks(*reference)) return Walk::into;
    const auto fields = each(reference->fields);
    const std::string_view column = string_value(fields.back());
    if (model_.catalog().find_function({{}, column}, model_.path()) != nullptr) return Walk::into;  // column(row)
    model_.effects.fail(fields.size() == 1
                            ? fmt::format("column \"{}\" does not exist", column)
                            : fmt::format("column {}.{} does not exist", string_value(fields[0]), column));
    return Walk::stop;
  });
  return model_.effects.refused();
}

// Reading -----------------------------------------------------------------------------------------

std::vector<RelationId> QueryReader::read(QueryLevel& level, int target, bool ordered) {
  std::vector<RelationId> written;
  if (stage_ == QueryStage::analysed) return written;
  const Catalog& catalog = model_.catalog();
  for (std::size_t i = 0; i < level.sources.size(); ++i) {
    const Source& source = level.sources[i];
    const Relation* root = catalog.find(source.relation);
    if (root == nullptr) continue;
    std::vector<RelationId> parts{source.relation};
    if (!source.only && (!root->partitions.empty() || !root->inherited_by.empty())) {
      const bool prunes = kPrunesBeforeLocking.at(model_.version());
      parts = prunes ? chosen_partitions(catalog, source.relation, source.tests) : model_.tree(source.relation, false);
    }
    for (const RelationId id : parts) {
      const Relation& part = model_.relation(id);
      if (id != source.relation) {
        const bool partition = part.partition_of != kNoRelation;
        model_.lock(id, source.mode, partition ? LockReason::partition : LockReason::inherited);
      }
      if (plans_with_indexes(model_, part)) model_.lock_indexes(id, source.mode);
      const bool scanned = stage_ == QueryStage::run && part.has_storage() && !ordered && !level.is_never() &&
                           !level.is_looked_up(source, part);
      if (scanned) model_.effects.add_work(id, WorkKind::scan);
    }
    if (static_cast<int>(i) == target) written = std::move(parts);
  }
  return written;
}

void QueryReader::relation(RelationId id, LockMode mode, int depth) {
  QueryLevel level(model_.catalog(), nullptr);
  Building building{level, {}};
  Source source;
  source.mode = mode;
  add_relation(building, id, std::move(source), level.names.emplace_back(), depth);
  level.conclude();
  read(level);
}

void query(const Model& model, const Node* node, QueryStage stage) { QueryReader(model, stage).statement(node); }

void Model::read_query(const Node* node) const { query(*this, node); }

void Model::name_query(const Node* node) const { query(*this, node, QueryStage::analysed); }

void Model::read_relation(RelationId id, LockMode mode, bool scan, int depth) const {
  QueryReader(*this, scan ? QueryStage::run : QueryStage::planned).relation(id, mode, depth);
}

}  // namespace pglatch::locks
