#include "rules/recipes/alter_table_rewrite.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/dropped_and_added.h"

namespace pglatch {
namespace {

void keep_what_comes_first(const AlterTable& alter, Rewrite& rewrite) {
  if (alter.before.empty()) return;
  const std::string phase = fmt::format("Change {} where that is brief", alter.name);
  const std::string sql = fmt::format("{} {}", alter.alter(), fmt::join(alter.before, ", "));
  // Other subcommands leave nothing to recognise them by: the ledger remembers them.
  Step step = brief_step(alter.only_adds ? fmt::format("Add the columns to {}, without their constraints", alter.name)
                                         : fmt::format("Change {} where that is brief", alter.name),
                         sql, alter.only_adds ? columns_are_there(alter.name, alter.added) : std::string());
  for (const AlterPart& part : alter.parts) {
    if (part.kind != PartKind::column) continue;
    add_steps(rewrite, PhaseKind::expand, phase, prepare_column(alter, part.filled));
    if (auto completion = complete_column(alter, part.filled)) step.sql.push_back(std::move(*completion));
  }
  if (alter.only_adds) {
    std::string drops;
    for (const AddedColumn& column : alter.added) {
      drops += fmt::format("{} DROP COLUMN IF EXISTS {}", drops.empty() ? "" : ",", quote_identifier_sql(column.name));
    }
    step.rollback = {{StepClass::brief, alter.alter() + drops}};
  }
  add_steps(rewrite, PhaseKind::expand, phase, {std::move(step)});
}

std::optional<Refusal> add(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite) {
  switch (part.kind) {
    case PartKind::column:
      return fill_column(alter, part, rewrite);
    case PartKind::check:
      add_check(alter, part, rewrite);
      return std::nullopt;
    case PartKind::foreign_key:
      if (auto refusal = refuse_foreign_key(alter, part)) return refusal;
      add_foreign_key(alter, part, rewrite);
      return std::nullopt;
    case PartKind::not_null:
      return set_not_null(alter, part.columns.front(), part.new_column, rewrite);
    case PartKind::key:
      return add_key(alter, part, rewrite);
  }
  return std::nullopt;
}

// Why add() gives no steps.
std::optional<Refusal> refuse(const AlterTable& alter, const AlterPart& part) {
  switch (part.kind) {
    case PartKind::check:
      return std::nullopt;
    case PartKind::foreign_key:
      return refuse_foreign_key(alter, part);
    case PartKind::not_null:
      return refuse_not_null(alter);
    case PartKind::column:
    case PartKind::key:
      break;
  }
  Rewrite unused;
  return add(alter, part, unused);
}

// The new constraint takes the place of the old one in one transaction.
Step take_place(const AlterTable& alter, const AlterPart& part) {
  const std::string place = quote_identifier_sql(part.replaces);
  const std::string name = quote_identifier_sql(part.name);
  // What follows cannot be told from what was before: the ledger remembers it.
  Step step = brief_step(fmt::format("Drop {} of {}, and call the new one so", place, alter.name),
                         fmt::format("{} {}", alter.alter(), alter.drop_of(part)), {});
  step.sql.push_back(fmt::format("{} RENAME CONSTRAINT {} TO {}", alter.alter(), name, place));
  if (part.kind != PartKind::foreign_key) return step;
  // Those of partitions have their parent's name, but are not renamed with it (rename_constraint_internal()).
  for (const Relation* partition : alter.descendants()) {
    if (partition->kind == RelationKind::foreign_table) continue;
    step.sql.push_back(fmt::format("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", display_name(*partition), name, place));
  }
  return step;
}

void drop_what_goes_last(const AlterTable& alter, Rewrite& rewrite) {
  if (alter.drops.empty()) return;
  std::vector<Step> steps;
  for (std::size_t i = 0; i < alter.drops.size(); ++i) {
    const auto successor = std::find_if(alter.parts.begin(), alter.parts.end(),
                                        [&](const AlterPart& part) { return part.replaces == alter.dropped[i]; });
    if (successor != alter.parts.end()) {
      // A key's index becomes the constraint in the statement that drops the old one.
      if (successor->kind != PartKind::key) steps.push_back(take_place(alter, *successor));
      continue;
    }
    steps.push_back(brief_step(fmt::format("Drop {} of {}", quote_identifier_sql(alter.dropped[i]), alter.name),
                               fmt::format("{} {}", alter.alter(), alter.drops[i]),
                               is_gone(alter.name, alter.dropped[i])));
  }
  if (steps.empty()) return;
  add_steps(rewrite, PhaseKind::contract, fmt::format("Drop what {} no longer needs", alter.name), std::move(steps));
}

}  // namespace

bool has_alter_table_form(const StatementContext& context, PartKind kind) {
  if (rewrite_dropped_and_added(context, kind)) return true;
  const auto alter = take_apart_alter_table(context);
  return alter && alter->parts.front().kind == kind && !alter->refusal &&
         std::none_of(alter->parts.begin(), alter->parts.end(),
                      [&](const AlterPart& part) { return refuse(*alter, part).has_value(); });
}

std::optional<Rewrite> rewrite_alter_table(const StatementContext& context, PartKind kind) {
  if (auto again = rewrite_dropped_and_added(context, kind)) return again;
  auto alter = take_apart_alter_table(context);
  if (!alter || alter->parts.front().kind != kind) return std::nullopt;
  Rewrite rewrite;
  if (alter->refusal) {
    rewrite.refusal = std::move(alter->refusal);
    return rewrite;
  }
  keep_what_comes_first(*alter, rewrite);
  for (const AlterPart& part : alter->parts) {
    if (auto refusal = add(*alter, part, rewrite)) {
      rewrite.refusal = std::move(refusal);
      return rewrite;
    }
    if (!part.named && !part.name.empty()) {
      rewrite.notes.push_back(fmt::format("A constraint of {} had no name: {} is what PostgreSQL would call it.",
                                          alter->name,
                                          quote_identifier_sql(part.replaces.empty() ? part.name : part.replaces)));
    }
  }
  drop_what_goes_last(*alter, rewrite);
  return rewrite;
}

}  // namespace pglatch
