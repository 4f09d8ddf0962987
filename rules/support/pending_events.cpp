#include "rules/support/pending_events.h"

#include <algorithm>
#include <map>
#include <vector>

#include "rules/support/impact.h"
#include "rules/support/named_relations.h"

namespace pglatch {
namespace {

enum class Write : std::uint8_t { insert, update, remove };

// A statement that writes rows of one table. MERGE is not followed: what it does depends on the rows.
struct Writing {
  const RangeVar* table = nullptr;
  Write kind = Write::insert;
  const List* columns = nullptr;  // of UPDATE: ResTarget
};

Writing writing_of(const Node* node) {
  if (const auto* insert = as<InsertStmt>(node)) return {insert->relation, Write::insert, nullptr};
  if (const auto* update = as<UpdateStmt>(node)) return {update->relation, Write::update, update->targetList};
  if (const auto* removal = as<DeleteStmt>(node)) return {removal->relation, Write::remove, nullptr};
  if (const auto* copy = as<CopyStmt>(node)) {
    if (copy->is_from) return {copy->relation, Write::insert, nullptr};
  }
  return {};
}

bool sets_one_of(const List* targets, const std::vector<std::string>& columns) {
  for (const ResTarget* target : each<ResTarget>(targets)) {
    if (std::find(columns.begin(), columns.end(), text(target->name)) != columns.end()) return true;
  }
  return false;
}

// What SET CONSTRAINTS has said so far.
class ConstraintModes {
 public:
  void set(const ConstraintsSetStmt& statement) {
    if (statement.constraints == nullptr) {
      all_ = statement.deferred;
      named_.clear();
    }
    for (const RangeVar* name : each<RangeVar>(statement.constraints))
      named_[std::string(text(name->relname))] = statement.deferred;
  }
  [[nodiscard]] bool is_deferred(const std::string& name, bool initially) const {
    const auto found = named_.find(name);
    return found != named_.end() ? found->second : all_.value_or(initially);
  }

 private:
  std::optional<bool> all_;
  std::map<std::string, bool> named_;
};

// RI_FKey_fk_upd_check_required() and RI_FKey_pk_upd_check_required() in ri_triggers.c: an UPDATE that leaves the key
// alone queues nothing. Actions other than NO ACTION are never deferred.
std::string deferred_by_keys(const StatementContext& context, const Relation& table, const Writing& writing,
                             const ConstraintModes& modes) {
  const auto is_deferred = [&](const TableConstraint& key) {
    return key.kind == ConstraintKind::foreign_key && key.deferrable && key.enforced &&
           modes.is_deferred(key.name, key.initially_deferred);
  };
  for (const TableConstraint& key : table.constraints) {
    if (writing.kind == Write::remove || !is_deferred(key)) continue;
    if (writing.kind == Write::insert || sets_one_of(writing.columns, key.columns)) return key.name;
  }
  if (writing.kind == Write::insert) return {};
  for (const RelationId id : table.referenced_by) {
    const Relation* referencing = context.catalog.find(id);
    if (referencing == nullptr) continue;
    for (const TableConstraint& key : referencing->constraints) {
      if (key.referenced != table.id || !is_deferred(key)) continue;
      const bool removes = writing.kind == Write::remove && key.on_delete == FKCONSTR_ACTION_NOACTION;
      const bool updates = writing.kind == Write::update && key.on_update == FKCONSTR_ACTION_NOACTION &&
                           sets_one_of(writing.columns, key.referenced_columns);
      if (removes || updates) return key.name;
    }
  }
  return {};
}

// CreateTrigStmt::events has the bits of catalog/pg_trigger.h.
int event_of(Write kind) {
  constexpr int kInsert = 1 << 2;
  constexpr int kDelete = 1 << 3;
  constexpr int kUpdate = 1 << 4;
  return kind == Write::insert ? kInsert : kind == Write::update ? kUpdate : kDelete;
}

// Constraint triggers that the script created: of others nobody knows whether they are deferred.
std::string deferred_by_trigger(const StatementContext& context, const Relation& table, const Writing& writing,
                                const ConstraintModes& modes) {
  for (const Statement& statement : context.preceding) {
    const auto* trigger = as<CreateTrigStmt>(statement.node);
    if (trigger == nullptr || !trigger->isconstraint || !trigger->deferrable) continue;
    if ((trigger->events & event_of(writing.kind)) == 0 || trigger->whenClause != nullptr) continue;
    if (find_relation(context, trigger->relation) != &table) continue;
    const std::string name(text(trigger->trigname));
    const bool exists = std::find(table.triggers.begin(), table.triggers.end(), name) != table.triggers.end();
    if (exists && modes.is_deferred(name, trigger->initdeferred)) return name;
  }
  return {};
}

// DISABLE TRIGGER switches the checks of foreign keys off too, and so does session_replication_role = replica.
bool disables_triggers(const Node* node) {
  if (const auto* set = as<VariableSetStmt>(node)) return text(set->name) == "session_replication_role";
  const auto* alter = as<AlterTableStmt>(node);
  if (alter == nullptr) return false;
  const auto commands = each<AlterTableCmd>(alter->cmds);
  return std::any_of(commands.begin(), commands.end(), [](const AlterTableCmd* command) {
    return command->subtype == AT_DisableTrig || command->subtype == AT_DisableTrigAll;
  });
}

// Nothing can have been pending for the tables that a statement changes: it would have been refused itself, or its
// constraint is younger than the rows.
void forget_named(const StatementContext& context, const Statement& statement, std::vector<PendingEvents>& pending) {
  if (pending.empty()) return;
  for (const NameView& name : named_relations(statement.node)) {
    const Relation* relation = context.catalog.find(name, context.session.search_path());
    if (relation == nullptr) continue;
    std::erase_if(pending, [relation](const PendingEvents& one) { return one.table == relation->id; });
  }
}

}  // namespace

std::optional<PendingEvents> pending_events(const StatementContext& context, RelationId table) {
  const auto tree = context.catalog.with_descendants(table);
  const bool written = std::any_of(
      tree.begin(), tree.end(), [&](RelationId member) { return context.held.holds(member, LockMode::row_exclusive); });
  if (!written || context.code != nullptr) return std::nullopt;

  if (std::any_of(context.preceding.begin(), context.preceding.end(),
                  [](const Statement& statement) { return disables_triggers(statement.node); })) {
    return std::nullopt;
  }

  ConstraintModes modes;
  std::vector<PendingEvents> pending;
  for (std::size_t i = 0; i < context.preceding.size(); ++i) {
    const Statement& statement = context.preceding[i];
    if (!context.held.is_pending(static_cast<std::uint32_t>(i))) continue;
    if (const auto* set = as<ConstraintsSetStmt>(statement.node)) {
      modes.set(*set);
      std::erase_if(pending, [&](const PendingEvents& one) { return !modes.is_deferred(one.deferred, true); });
      continue;
    }
    const Writing writing = writing_of(statement.node);
    const Relation* target = find_relation(context, writing.table);
    if (target == nullptr) forget_named(context, statement, pending);
    if (target == nullptr || std::find(tree.begin(), tree.end(), target->id) == tree.end()) continue;
    std::string name = deferred_by_keys(context, *target, writing, modes);
    if (name.empty()) name = deferred_by_trigger(context, *target, writing, modes);
    if (!name.empty()) pending.push_back({&statement, target->id, std::move(name)});
  }
  return pending.empty() ? std::nullopt : std::optional(std::move(pending.front()));
}

}  // namespace pglatch
