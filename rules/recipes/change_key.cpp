// Another primary key in the place of the one that is there: the new one's index is built CONCURRENTLY next to the old
// key, which keeps duplicates out until then; one brief ALTER TABLE drops the old constraint and makes the index the
// new one. Migrations say it in one statement or in several: DROP CONSTRAINT, then ADD PRIMARY KEY, perhaps on the
// parent of partitions that have had keys of their own.
//
// PostgreSQL documentation, ALTER TABLE, "ADD table_constraint_using_index".
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/add_key.h"
#include "rules/recipes/code_tokens.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/placeholder_swap.h"
#include "rules/recipes/scene.h"
#include "rules/recipes/sub_statement.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

struct DroppedKey {
  RelationId table = kNoRelation;
  std::string table_name;  // qualified, quoted
  TableConstraint key;
};

// Which keys go, and which one comes: primary keys, of all tables.
struct KeyChange {
  std::vector<DroppedKey> dropped;
  RelationId target = kNoRelation;
  std::string add;         // ALTER TABLE … ADD PRIMARY KEY …
  std::size_t covers = 0;  // statements after the first
};

// Takes the subcommands of one statement; false where it has others.
bool take(const StatementContext& context, const Statement& statement, KeyChange& change) {
  const auto* alter = as<AlterTableStmt>(statement.node);
  if (alter == nullptr || alter->objtype != OBJECT_TABLE) return false;
  const Relation* table = find_relation(context, alter->relation);
  if (table == nullptr || !context.is_live(table->id)) return false;
  const auto ranges = subcommand_ranges(in_place(context, statement, context.sql, context.effects), *alter);
  std::size_t index = 0;
  for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
    const ByteRange range = ranges[index++];
    if (command->subtype == AT_DropConstraint) {
      const TableConstraint* key = table->constraint(text(command->name));
      if (key == nullptr || key->kind != ConstraintKind::primary_key || key->inherited) return false;
      change.dropped.push_back({table->id, display_name(*table), *key});
    } else if (const Constraint* added = added_constraint(*command, CONSTR_PRIMARY)) {
      if (command->subtype != AT_AddConstraint || added->indexname != nullptr || !change.add.empty()) return false;
      change.target = table->id;
      change.add = fmt::format("ALTER TABLE {}{} {}", alter->relation->inh ? "" : "ONLY ", display_name(*table),
                               without_comments(range.of(context.sql)));
    } else {
      return false;
    }
  }
  return true;
}

std::optional<KeyChange> find_change(const StatementContext& context) {
  KeyChange change;
  if (context.walked == nullptr || context.code != nullptr || !take(context, context.statement, change)) {
    return std::nullopt;
  }
  if (change.dropped.empty()) return std::nullopt;
  while (change.add.empty()) {
    if (change.covers == context.following.size()) return std::nullopt;
    if (!take(context, context.following[change.covers++], change)) return std::nullopt;
  }
  const auto tree = context.catalog.with_descendants(change.target);
  const bool related = std::all_of(change.dropped.begin(), change.dropped.end(), [&](const DroppedKey& dropped) {
    return std::find(tree.begin(), tree.end(), dropped.table) != tree.end();
  });
  if (!related) return std::nullopt;
  return change;
}

std::optional<Refusal> refuse_references(const StatementContext& context, const KeyChange& change) {
  for (const DroppedKey& dropped : change.dropped) {
    if (auto refusal = refuse_referenced(context, *context.catalog.find(dropped.table), dropped.key)) return refusal;
  }
  return std::nullopt;
}

// What was unique by fewer columns than the new key has is so no longer.
void note_weaker_keys(const AlterPart& part, const KeyChange& change, Rewrite& rewrite) {
  for (const DroppedKey& dropped : change.dropped) {
    const auto& columns = dropped.key.columns;
    const bool contained = std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
      return std::find(part.columns.begin(), part.columns.end(), column) != part.columns.end();
    });
    if (!contained || columns.size() >= part.columns.size()) continue;
    std::string list;
    for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + quote_identifier_sql(column);
    rewrite.notes.push_back(fmt::format(
        "Nothing keeps ({}) alone unique in {} any more. Where something relies on it (ON CONFLICT, foreign "
        "keys, code), build a unique index on it CONCURRENTLY before.",
        list, dropped.table_name));
  }
}

std::optional<Refusal> change_key(const AlterTable& alter, const AlterPart& part, const KeyChange& change,
                                  const ReplacedKeys& replaced, Rewrite& rewrite) {
  if (is_without_overlaps(*part.constraint)) {
    return Refusal{"A key WITHOUT OVERLAPS has no concurrent build.", "Change the key while nobody needs the table."};
  }
  const PlanDecisions* decisions = alter.context.decisions;
  if (decisions != nullptr && decisions->accepts(kPlaceholderSwap) && alter.is_partitioned() && !alter.only) {
    std::vector<std::pair<std::string, std::string>> dropped;
    for (const DroppedKey& one : change.dropped) dropped.emplace_back(one.table_name, one.key.name);
    return swap_placeholder(alter, part, dropped, rewrite);
  }
  const auto key = key_index(part, alter.name);
  if (!key) return Refusal{"Its index could not be written as a statement of its own.", "Build the index by hand."};
  if (auto refusal = make_columns_not_null(alter, part, part.columns, rewrite)) return refusal;
  rewrite.preflight.push_back(duplicates_preflight(key->statement, alter.name));
  for (Preflight& preflight : build_preflight(alter.name, alter.is_partitioned())) {
    rewrite.preflight.push_back(std::move(preflight));
  }
  note_weaker_keys(part, change, rewrite);
  const DroppedKey& first = change.dropped.front();
  if (first.table != alter.table.id) {
    for (const DroppedKey& dropped : change.dropped) {
      note_way_back(part, replaced.at(dropped.table), dropped.table_name, rewrite);
    }
    return add_key_partitioned(alter, part, *key, replaced, rewrite);
  }
  const OldKey& old = replaced.at(first.table);
  if (alter.is_partitioned()) return change_key_partitioned(alter, part, *key, old, rewrite);
  if (!alter.descendants().empty() && change.dropped.size() > 1) {
    return Refusal{"Tables that inherit lose their keys in the same go.", "Change the key of each table by itself."};
  }
  change_key_of(alter, part, *key, old, rewrite);
  return std::nullopt;
}

}  // namespace

std::optional<Rewrite> change_primary_key(const StatementContext& context) {
  const auto change = find_change(context);
  if (!change) return std::nullopt;
  Rewrite rewrite;
  rewrite.refusal = refuse_references(context, *change);
  if (rewrite.refusal) return rewrite;
  ReplacedKeys replaced;
  for (const DroppedKey& dropped : change->dropped) {
    replaced.emplace(dropped.table, old_key(*context.catalog.find(dropped.table), dropped.key.name,
                                            fmt::format("DROP CONSTRAINT {}", quote_identifier_sql(dropped.key.name)),
                                            context.catalog));
  }
  Scene without_keys(context);
  for (const DroppedKey& dropped : change->dropped) {
    without_keys.run(fmt::format("ALTER TABLE {} {}", dropped.table_name, replaced.at(dropped.table).drop));
  }
  const ParsedScript parsed = parse(change->add);
  if (!parsed.errors.empty() || parsed.statements.size() != 1) return std::nullopt;
  Effects effects;
  compute_effects(parsed.statements.front(), {*context.walked, context.session, context.pg_version, change->add},
                  effects);
  const StatementContext inner = in_place(context, parsed.statements.front(), change->add, effects);
  auto alter = take_apart_alter_table(inner);
  if (!alter || alter->parts.size() != 1 || alter->parts.front().kind != PartKind::key) return std::nullopt;
  rewrite.covers = change->covers;
  rewrite.refusal = alter->refusal;
  if (!rewrite.refusal) rewrite.refusal = change_key(*alter, alter->parts.front(), *change, replaced, rewrite);
  return rewrite;
}

}  // namespace pglatch
