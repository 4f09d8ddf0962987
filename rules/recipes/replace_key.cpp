#include "rules/recipes/replace_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/add_key.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/scene.h"
#include "rules/support/column_list.h"

namespace pglatch {
namespace {

bool is_primary(const AlterPart& part) { return part.constraint->contype == CONSTR_PRIMARY; }

// A foreign key that holds on to the key.
const TableConstraint* find_reference(const Catalog& catalog, const Relation& table, const TableConstraint& key,
                                      std::string& from) {
  for (const RelationId id : table.referenced_by) {
    const Relation* other = catalog.find(id);
    if (other == nullptr) continue;
    for (const TableConstraint& constraint : other->constraints) {
      if (constraint.kind != ConstraintKind::foreign_key || constraint.referenced != table.id) continue;
      if (!constraint.referenced_columns.empty() && constraint.referenced_columns != key.columns) continue;
      from = display_name(*other);
      return &constraint;
    }
  }
  return nullptr;
}

bool looks_new(const AlterPart& part, const OldKey& old) {
  return !old.kind.empty() && (old.columns != part.columns || old.included != part.included ||
                               old.deferrable != part.deferrable || old.initially_deferred != part.initially_deferred);
}

// The new key is there on the index of its name, with the columns that it should have.
std::string is_changed(const AlterPart& part, const KeyIndex& key, const Successor& next) {
  return fmt::format("SELECT (\n{})\n  AND (\n{})", key_is_there(part, next.table, next.name, next.index),
                     index_is_done(key.statement, next.index, next.table));
}

}  // namespace

OldKey old_key(const Relation& table, const std::string& name, std::string drop, const Catalog& catalog) {
  OldKey old{name, std::move(drop)};
  const TableConstraint* key = table.constraint(name);
  const Relation* index = key == nullptr ? nullptr : catalog.find(key->index);
  const bool is_key =
      index != nullptr && (key->kind == ConstraintKind::primary_key || key->kind == ConstraintKind::unique);
  if (!is_key) return old;
  old.kind = kind_of_key(*key);
  old.attributes = deferrability(*key);
  old.columns = key->columns;
  old.included = index->index->included;
  old.definition = fmt::format("({})", column_list(old.columns));
  if (!old.included.empty()) old.definition += fmt::format(" INCLUDE ({})", column_list(old.included));
  old.deferrable = key->deferrable;
  old.initially_deferred = key->initially_deferred;
  return old;
}

std::optional<Refusal> refuse_referenced(const StatementContext& context, const Relation& table,
                                         const TableConstraint& key) {
  std::string from;
  const TableConstraint* reference = find_reference(context.catalog, table, key, from);
  if (reference == nullptr) return std::nullopt;
  return Refusal{
      fmt::format("The foreign key {} of {} holds on to {} of {}: PostgreSQL does not drop a key that is referenced, "
                  "and CASCADE would drop the foreign key too.",
                  quote_identifier_sql(reference->name), from, quote_identifier_sql(key.name), display_name(table)),
      fmt::format("Decide what {} references from now on. Where the old columns stay unique: drop the foreign key, "
                  "change the key, build a unique index on the old columns CONCURRENTLY, then add the foreign key "
                  "again NOT VALID and validate it. Where it is to reference the new key: add the columns to {} first.",
                  from, from)};
}

Successor successor(const AlterPart& part, const KeyIndex& key, const Relation& table, const std::string& name,
                    const OldKey& old) {
  Successor next;
  next.name = name;
  next.index = quote_qualified(table.schema, name);
  next.relation = &table;
  next.table = display_name(table);
  next.built_name = is_primary(part) ? make_object_name(table.name, {}, "pglatch_pkey")
                                     : make_object_name(table.name, join_column_names(part.columns), "pglatch_key");
  next.built_index = quote_qualified(table.schema, next.built_name);
  if (looks_new(part, old)) next.done = is_changed(part, key, next);
  return next;
}

Step build_successor(const AlterPart& part, const KeyIndex& key, const Successor& next) {
  Step step = build_key_index(part, key, next.built_name, next.built_index, next.table);
  if (next.done.empty()) {
    // Later the index has another name: the ledger remembers that it was built.
    step.already_done.clear();
  } else {
    step.already_done = fmt::format("SELECT (\n{}) OR (\n{})", next.done, step.already_done);
    step.verify = step.already_done;
  }
  return step;
}

Step succeed(const AlterPart& part, const Successor& next, const OldKey& old) {
  const std::string name = quote_identifier_sql(next.name);
  Step step =
      brief_step(fmt::format("Replace {} {} of {}", kind_in_words(part), quote_identifier_sql(old.name), next.table),
                 fmt::format("ALTER TABLE {} {}, ADD CONSTRAINT {} {}", next.table, old.drop, name,
                             using_index(part, next.built_name)),
                 next.done);
  step.on_failure =
      "Nothing has changed: the old key holds, and the new index waits for its turn. Run the script again. Where a "
      "foreign key references the old key, look at what it is to reference first.";
  if (old.kind.empty()) return step;
  OldKeyIndex index = build_old_key(old, *next.relation);
  step.rollback.push_back(std::move(index.build));
  // Of a partition it may have gone with its parent's.
  step.rollback.push_back(
      {StepClass::brief, fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}, ADD CONSTRAINT {} {}", next.table,
                                     name, quote_identifier_sql(old.name), old_key_using(old, index.name))});
  return step;
}

void change_key_of(const AlterTable& alter, const AlterPart& part, const KeyIndex& key, const OldKey& old,
                   Rewrite& rewrite) {
  const Successor next = successor(part, key, alter.table, part.name, old);
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Build the new key of {}", alter.name),
            {build_successor(part, key, next)});
  add_steps(rewrite, PhaseKind::switch_, fmt::format("Change {} of {}", kind_in_words(part), alter.name),
            {succeed(part, next, old)});
  note_way_back(part, old, alter.name, rewrite);
}

OldKeyIndex build_old_key(const OldKey& old, const Relation& table) {
  OldKeyIndex index;
  index.name = old.kind == "UNIQUE" ? make_object_name(table.name, join_column_names(old.columns), "pglatch_old_key")
                                    : make_object_name(table.name, {}, "pglatch_old_pkey");
  index.build = {StepClass::concurrent,
                 fmt::format("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {} ON {} {}",
                             quote_identifier_sql(index.name), display_name(table), old.definition)};
  return index;
}

std::string old_key_using(const OldKey& old, std::string_view index) {
  return fmt::format("{} USING INDEX {}{}", old.kind, quote_identifier_sql(index), old.attributes);
}

void note_way_back(const AlterPart& part, const OldKey& old, std::string_view table, Rewrite& rewrite) {
  const bool keeps_apart = std::all_of(part.columns.begin(), part.columns.end(), [&](const std::string& column) {
    return std::find(old.columns.begin(), old.columns.end(), column) != old.columns.end();
  });
  if (old.kind.empty() || keeps_apart) return;
  rewrite.notes.push_back(
      fmt::format("There is a way back to {} of {} as long as no two rows have the same ({}): it builds that key's "
                  "index first.",
                  quote_identifier_sql(old.name), table, column_list(old.columns)));
}

std::string_view kind_in_words(const AlterPart& part) {
  return is_primary(part) ? "the primary key" : "the constraint";
}

std::optional<Refusal> replace_key(const AlterTable& alter, const AlterPart& part, const KeyIndex& key,
                                   Rewrite& rewrite) {
  const TableConstraint* dropped = alter.table.constraint(part.replaces);
  if (dropped != nullptr) {
    if (auto refusal = refuse_referenced(alter.context, alter.table, *dropped)) return refusal;
  }
  AlterPart named = part;
  named.name = part.replaces;
  const OldKey old = old_key(alter.table, part.replaces, std::string(alter.drop_of(part)), alter.context.catalog);
  if (alter.is_partitioned()) {
    // The names of the partitions' keys are free by then.
    Scene without_key(alter.context);
    without_key.run(fmt::format("{} {}", alter.alter(), old.drop));
    return change_key_partitioned(alter, named, key, old, rewrite);
  }
  assume_kind(alter, "an ordinary table", "'r'", rewrite);
  change_key_of(alter, named, key, old, rewrite);
  return std::nullopt;
}

}  // namespace pglatch
