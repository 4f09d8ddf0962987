#include "rules/support/lock_queue.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "analyzer/catalog/embedded_code.h"
#include "rules/support/impact.h"
#include "rules/support/script_names.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

constexpr int kMaxTreeHeight = 1000;

// Statements that only name a composite type take no lock on it.
bool has_traffic(const Relation& relation) { return relation.kind != RelationKind::composite_type; }

bool has_on_it(const Relation& relation, std::string_view name) {
  const auto& triggers = relation.triggers;
  return std::find(triggers.begin(), triggers.end(), name) != triggers.end() ||
         std::any_of(relation.expressions.begin(), relation.expressions.end(),
                     [name](const DependentExpression& expression) { return expression.name == name; });
}

// Of what is not there only its table is looked up, under ACCESS SHARE (get_object_address_relobject() in
// objectaddress.c).
bool may_not_exist(const StatementContext& context, const Relation& relation) {
  const auto* drop = as<DropStmt>(context.statement.node);
  if (drop == nullptr || !drop->missing_ok) return false;
  if (relation.origin == Origin::unknown) return true;
  const bool is_on_table =
      drop->removeType == OBJECT_TRIGGER || drop->removeType == OBJECT_POLICY || drop->removeType == OBJECT_RULE;
  return is_on_table && relation.columns_known && !has_on_it(relation, name_of(as<List>(each(drop->objects)[0])).name);
}

// What goes is a part of a table, which the statement locks as well.
bool drops_part(const Node* node) {
  const auto* drop = as<DropStmt>(node);
  return drop != nullptr ? drop->removeType == OBJECT_INDEX : node->type == T_AlterTableStmt;
}

// The script makes all of these after it, which would lose what is in them. A view loses nothing, and may be made by
// who is no migration.
bool cleared_the_way(const StatementContext& context, std::uint32_t statement) {
  const auto* drop = as<DropStmt>(context.preceding[statement].node);
  if (drop == nullptr || (drop->removeType != OBJECT_TABLE && drop->removeType != OBJECT_SEQUENCE)) return false;
  const auto objects = each(drop->objects);
  return std::all_of(objects.begin(), objects.end(), [&](const Node* object) {
    const NameView name = name_of(as<List>(object));
    const std::string_view schema = name.schema.empty() ? creation_schema(context.session.search_path()) : name.schema;
    return is_given_after(context, statement, {NameSpace::relation, std::string(schema), std::string(name.name)});
  });
}

// Who uses an index has locked its table before: while nobody can lock that, the index is free.
RelationId gate_of(const Relation& relation) {
  return relation.is_index() && relation.index->table != kNoRelation ? relation.index->table : relation.id;
}

bool has(const std::vector<RelationId>& relations, RelationId relation) {
  return std::find(relations.begin(), relations.end(), relation) != relations.end();
}

}  // namespace

std::vector<TakenLock> locks_to_wait_for(const StatementContext& context) {
  std::vector<TakenLock> locks;
  for (const TakenLock& lock : context.effects.locks) {
    if (lock.mode < LockMode::share || lock.conditional) continue;
    const Relation* relation = context.catalog.find(lock.relation);
    if (relation == nullptr || !has_traffic(*relation) || !context.is_live(lock.relation)) continue;
    if (may_not_exist(context, *relation) || !context.held.waits_for(lock.relation, lock.mode)) continue;
    if (context.held.holds(gate_of(*relation), LockMode::access_exclusive)) continue;
    locks.push_back(lock);
  }
  return locks;
}

bool adds_no_lock(const StatementContext& context, bool (*is_alike)(const Node* statement)) {
  std::vector<RelationId> wanted;
  for (const TakenLock& lock : context.effects.locks) {
    const Relation* relation = context.catalog.find(lock.relation);
    if (relation == nullptr || lock.mode < LockMode::share || !context.is_live(lock.relation)) continue;
    wanted.push_back(gate_of(*relation));
    if (!context.held.holds(wanted.back(), LockMode::access_exclusive)) return false;
  }
  if (wanted.empty() || context.code != nullptr) return false;
  const std::vector<HeldLock> held = context.held.list();
  return std::all_of(held.begin(), held.end(), [&](const HeldLock& lock) {
    if (lock.mode != LockMode::access_exclusive || !has(wanted, lock.relation)) return true;
    return lock.statement < context.preceding.size() && !is_alike(context.preceding[lock.statement].node);
  });
}

bool leaves_it_to_code(const StatementContext& context) noexcept {
  return context.code == nullptr && may_run_code(context.statement.tag(), context.catalog);
}

bool is_long(const StatementContext& context) {
  return std::any_of(context.effects.work.begin(), context.effects.work.end(), [&](const Work& work) {
    switch (work.kind) {
      case WorkKind::rewrite:
      case WorkKind::scan:
      case WorkKind::index_build:
      case WorkKind::validate_fk:
        return context.takes_time(work);
      case WorkKind::row_write:
      case WorkKind::truncate:
        return false;
    }
    return false;
  });
}

LockWords lock_words(const StatementContext& context, const std::vector<TakenLock>& locks) {
  LockWords words;
  for (const TakenLock& lock : locks) words.mode = std::max(words.mode, lock.mode);
  const Relation* index = nullptr;
  for (const TakenLock& lock : locks) {
    if (lock.mode != words.mode || has(words.relations, lock.relation)) continue;
    const Relation* relation = context.catalog.find(lock.relation);
    if (relation->is_index()) {
      if (index == nullptr) index = relation;
    } else {
      words.relations.push_back(lock.relation);
    }
  }
  if (!words.relations.empty()) {
    words.names = name_list(context, words.relations);
  } else if (index != nullptr) {
    words.relations.push_back(index->id);
    words.names = display_name(*index);
    if (context.catalog.find(index->index->table) != nullptr) {
      words.names += fmt::format(", an index of {}", context.name(index->index->table));
    }
  }
  return words;
}

std::vector<EarlierLock> earlier_locks(const StatementContext& context) {
  std::vector<EarlierLock> locks;
  if (context.code != nullptr || context.session.in_transaction() != InTransaction::yes) return locks;
  for (const HeldLock& held : context.held.list()) {
    if (held.conditional || !blocks_writes(held.mode) || held.statement >= context.preceding.size()) continue;
    const Relation* relation = context.catalog.find(held.relation);
    if (relation == nullptr) {
      const DroppedRelation* dropped = context.held.dropped(held.relation);
      if (dropped == nullptr || drops_part(context.preceding[held.statement].node)) continue;
      if (dropped->doubtful && cleared_the_way(context, held.statement)) continue;
      locks.push_back({held.relation, held.relation, dropped->name, held.mode, held.statement, false});
    } else if (has_traffic(*relation) && context.is_live(held.relation)) {
      locks.push_back({held.relation, unit_of(context.catalog, held.relation), display_name(*relation), held.mode,
                       held.statement, !relation->is_index()});
    }
  }
  return locks;
}

const EarlierLock& strongest_of(const std::vector<EarlierLock>& locks) {
  return *std::max_element(locks.begin(), locks.end(), [](const EarlierLock& a, const EarlierLock& b) {
    return a.mode != b.mode ? a.mode < b.mode : !a.is_table && b.is_table;
  });
}

RelatedRange taken_here(const StatementContext& context, const EarlierLock& lock) {
  return {first_line(context.sql, context.preceding[lock.statement].range),
          fmt::format("the {} lock on {} is taken here", sql_name(lock.mode), lock.name)};
}

RelationId unit_of(const Catalog& catalog, RelationId relation) {
  for (int height = 0; height < kMaxTreeHeight; ++height) {
    const Relation* found = catalog.find(relation);
    if (found == nullptr) return relation;
    RelationId above = found->is_index() ? found->index->table : found->partition_of;
    if (above == kNoRelation && !found->inherits.empty()) above = found->inherits.front();
    if (above == kNoRelation) return relation;
    relation = above;
  }
  return relation;
}

ByteRange command_range(const StatementContext& context) {
  return leading_words(context, {"alter",   "create",  "drop",    "truncate",     "lock",     "refresh", "reindex",
                                 "comment", "cluster", "vacuum",  "update",       "delete",   "insert",  "merge",
                                 "copy",    "select",  "or",      "replace",      "unique",   "table",   "index",
                                 "view",    "type",    "trigger", "materialized", "sequence", "policy",  "rule",
                                 "foreign", "schema",  "domain",  "constraint",   "into",     "from"});
}

std::string command_words(const StatementContext& context) {
  const auto words = one_line(context.sql, command_range(context));
  return words.value_or("the statement");
}

}  // namespace pglatch
