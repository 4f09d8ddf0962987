// ADD FOREIGN KEY: NOT VALID first, then VALIDATE CONSTRAINT. Before PostgreSQL 18 a partitioned table takes no
// NOT VALID: there each partition gets the key and is validated, and the parent, which comes last, takes over the
// valid ones without reading them.
//
// PostgreSQL documentation, ALTER TABLE, "ADD table_constraint [ NOT VALID ]"; tryAttachPartitionForeignKey() in
// tablecmds.c; release notes of 18.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/alter_table_rewrite.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/partitioned_index.h"
#include "rules/recipes/recipes.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

constexpr int kFirstWithPartitionedNotValid = 18;

// The columns that the key references; empty where they are not known.
std::vector<std::string> referenced_columns(const AlterTable& alter, const Constraint& key) {
  std::vector<std::string> columns;
  for (const Node* column : each(key.pk_attrs)) columns.emplace_back(string_value(column));
  if (!columns.empty()) return columns;
  const Relation* referenced = find_relation(alter.context, key.pktable);
  const TableConstraint* primary = referenced == nullptr ? nullptr : referenced->primary_key();
  return primary == nullptr ? columns : primary->columns;
}

// Rows whose key is on the other side nowhere; a key with a NULL references nothing.
void look_for_orphans(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite) {
  const std::vector<std::string> theirs = referenced_columns(alter, *part.constraint);
  if (part.new_column || theirs.size() != part.columns.size()) return;
  std::string complete;
  std::string match;
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    const std::string own = "f." + quote_identifier_sql(part.columns[i]);
    complete += fmt::format("{} IS NOT NULL AND ", own);
    match += fmt::format("{}r.{} = {}", i == 0 ? "" : " AND ", quote_identifier_sql(theirs[i]), own);
  }
  const NameView referenced = name_of(part.constraint->pktable);
  rewrite.preflight.push_back(
      {"Rows that reference nothing (reads both tables)",
       fmt::format("SELECT f.* FROM {} f\nWHERE {}NOT EXISTS (SELECT FROM {} r WHERE {}) LIMIT 10", alter.name,
                   complete, quote_qualified(referenced.schema, referenced.name), match),
       "no rows", false});
}

// All direct partitions of the table have the key, valid.
std::string partitions_have_it(const AlterPart& part, const std::string& table) {
  return fmt::format(
      "SELECT NOT EXISTS (\n"
      "  SELECT FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid\n"
      "  WHERE h.inhparent = to_regclass({}) AND c.relkind <> 'f' AND NOT EXISTS (\n"
      "    SELECT FROM pg_constraint k WHERE k.conrelid = h.inhrelid AND k.convalidated AND {}))",
      quote_literal_sql(table), is_foreign_key(part));
}

// The partition's own key of the same meaning. What it has from another key of a parent is taken already
// (tryAttachPartitionForeignKey() in tablecmds.c).
const TableConstraint* find_equivalent(const AlterTable& alter, const AlterPart& part, const Relation& partition) {
  const Relation* referenced = find_relation(alter.context, part.constraint->pktable);
  const auto action = [](char letter) { return letter == 0 ? FKCONSTR_ACTION_NOACTION : letter; };
  const std::vector<std::string> theirs = referenced_columns(alter, *part.constraint);
  for (const TableConstraint& own : partition.constraints) {
    if (own.kind != ConstraintKind::foreign_key || own.inherited || own.columns != part.columns) continue;
    if (referenced == nullptr || own.referenced != referenced->id || own.referenced_columns != theirs) continue;
    if (own.deferrable != part.deferrable || own.initially_deferred != part.initially_deferred) continue;
    if (own.on_update != action(part.constraint->fk_upd_action)) continue;
    if (own.on_delete != action(part.constraint->fk_del_action)) continue;
    return &own;
  }
  return nullptr;
}

// A key that takes the place of another is gone in the end, by its first name: the ledger remembers that it was added.
std::string is_added(const AlterPart& part, std::string_view table) {
  return part.replaces.empty() ? foreign_key_is_there(part, table) : std::string();
}

std::string is_checked(const AlterPart& part, std::string_view table) {
  return part.replaces.empty() ? is_validated(table, part.name) : nothing_to_validate(table, part.name);
}

// Where the rows that pg_constraint has for single partitions would keep the name that the key has for the time being.
std::optional<Refusal> refuse_replacement(const AlterTable& alter, const AlterPart& part) {
  const std::string old = quote_identifier_sql(part.replaces);
  const std::string manual = fmt::format("Add the new key under another name, and drop {} once it is valid.", old);
  const Relation* referenced = find_relation(alter.context, part.constraint->pktable);
  if (referenced != nullptr && referenced->kind == RelationKind::partitioned_table) {
    return Refusal{fmt::format("{} is dropped and added again, and {} is partitioned: what the new key has for each of "
                               "its partitions would keep the name that it has until the old one goes.",
                               old, display_name(*referenced)),
                   manual};
  }
  for (const Relation* partition : alter.descendants()) {
    const TableConstraint* own = find_equivalent(alter, part, *partition);
    if (own == nullptr) continue;
    return Refusal{fmt::format("{} is dropped and added again, and {} of {} says the same: the new key would take that "
                               "over, by its name.",
                               old, quote_identifier_sql(own->name), display_name(*partition)),
                   manual};
  }
  return std::nullopt;
}

// That the names are all there is to change.
void assume_ordinary(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite) {
  assume_kind(alter, "an ordinary table", "'r'", rewrite);
  const Relation* referenced = find_relation(alter.context, part.constraint->pktable);
  if (referenced != nullptr && referenced->origin != Origin::unknown) return;
  const NameView name = name_of(part.constraint->pktable);
  const std::string table = referenced != nullptr ? display_name(*referenced) : quote_qualified(name.schema, name.name);
  rewrite.assumptions.push_back(
      {fmt::format("{} is an ordinary table: the migrations do not show it.", table),
       fmt::format("SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass({}) AND relkind = 'r')",
                   quote_literal_sql(table)),
       "Make the plan again with the schema of the database (--schema)."});
}

Step add_to_parent(const AlterPart& part, const std::string& table) {
  const std::string name = quote_identifier_sql(part.name);
  Step step =
      brief_step(fmt::format("Add {} to {}, taking over its partitions' keys", name, table),
                 fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", table, name, part.body), is_added(part, table));
  step.rollback = {{StepClass::brief, fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", table, name)}};
  return step;
}

bool goes_partition_by_partition(const AlterTable& alter) {
  return alter.is_partitioned() && alter.context.pg_version < kFirstWithPartitionedNotValid;
}

// The tables below that can have the key; parents first.
std::vector<const Relation*> tables_below(const AlterTable& alter) {
  std::vector<const Relation*> tables = alter.descendants();
  tables.erase(std::remove_if(tables.begin(), tables.end(),
                              [](const Relation* relation) { return relation->kind == RelationKind::foreign_table; }),
               tables.end());
  return tables;
}

std::optional<Refusal> refuse_partition_by_partition(const AlterTable& alter, const AlterPart& part) {
  if (alter.has_unknown_partitions()) {
    return Refusal{fmt::format("PostgreSQL {} refuses NOT VALID on a partitioned table: the key has to be made on each "
                               "partition of {} first, and these are not known here.",
                               alter.context.pg_version, alter.name),
                   "Make the plan again with the schema of the database (--schema)."};
  }
  const Relation* referenced = find_relation(alter.context, part.constraint->pktable);
  if (referenced != nullptr && referenced->id == alter.table.id) {
    return Refusal{fmt::format("{} references itself and is partitioned: before PostgreSQL 18 there is no form of the "
                               "key that is checked later.",
                               alter.name),
                   "Add the key while nobody needs the table."};
  }
  for (const Relation* relation : tables_below(alter)) {
    const TableConstraint* own = find_equivalent(alter, part, *relation);
    if (own != nullptr && !own->validated && own->name != part.name) {
      return Refusal{fmt::format("{} of {} says the same and is NOT VALID: whether the parent's key takes it over "
                                 "depends on the version of PostgreSQL.",
                                 quote_identifier_sql(own->name), display_name(*relation)),
                     "Validate that constraint or drop it, and make the plan again."};
    }
    if (own == nullptr && relation->constraint(part.name) != nullptr) {
      return Refusal{
          fmt::format("{} has another constraint named {}.", display_name(*relation), quote_identifier_sql(part.name)),
          "Rename that constraint, or give this one another name."};
    }
  }
  return std::nullopt;
}

// From the leaves up: each table takes over what those below it have.
void partition_by_partition(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite) {
  const std::vector<const Relation*> tables = tables_below(alter);
  const std::string quoted = quote_identifier_sql(part.name);
  std::vector<Step> leaves;
  for (const Relation* relation : tables) {
    if (relation->kind != RelationKind::table) continue;
    const TableConstraint* own = find_equivalent(alter, part, *relation);
    const std::string table = display_name(*relation);
    const std::string command = fmt::format("ALTER TABLE {}", table);
    if (own == nullptr) leaves.push_back(add_not_valid(command, table, part.name, part.body, is_added(part, table)));
    if (own == nullptr || !own->validated) {
      leaves.push_back(validate_on(command, table, part.name, is_checked(part, table)));
    }
  }
  if (!leaves.empty()) {
    add_steps(rewrite, PhaseKind::migrate, fmt::format("Add {} to each partition of {}", quoted, alter.name),
              std::move(leaves));
  }

  std::vector<Step> parents;
  const auto take_over = [&](const std::string& table) {
    parents.push_back(check_step(
        fmt::format("Check that all partitions of {} have {}", table, quoted), partitions_have_it(part, table),
        "A partition appeared meanwhile, or its key is not valid. Make the plan again with the "
        "schema as it is now; what is done is recognised."));
    parents.push_back(add_to_parent(part, table));
  };
  // Parents come before their partitions in the list.
  for (auto relation = tables.rbegin(); relation != tables.rend(); ++relation) {
    if ((*relation)->kind != RelationKind::partitioned_table) continue;
    if (find_equivalent(alter, part, **relation) == nullptr) take_over(display_name(**relation));
  }
  take_over(alter.name);
  add_steps(rewrite, PhaseKind::switch_, fmt::format("Add {} to {}", quoted, alter.name), std::move(parents));
  rewrite.assumptions.push_back({fmt::format("Nobody attaches a filled table to {} while the plan runs.", alter.name),
                                 "", "Suspend the jobs that do (pg_partman, pg_cron) for the time being."});
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  return rewrite_alter_table(context, PartKind::foreign_key);
}

bool has_form(const StatementContext& context) { return has_alter_table_form(context, PartKind::foreign_key); }

constexpr NodeTag kNodes[] = {T_AlterTableStmt};
constexpr std::string_view kRules[] = {"add-foreign-key-validated"};

}  // namespace

std::optional<Refusal> refuse_foreign_key(const AlterTable& alter, const AlterPart& part) {
  if (!part.replaces.empty()) {
    if (auto refusal = refuse_replacement(alter, part)) return refusal;
  }
  return goes_partition_by_partition(alter) ? refuse_partition_by_partition(alter, part) : std::nullopt;
}

void add_foreign_key(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite) {
  look_for_orphans(alter, part, rewrite);
  const Relation* referenced = find_relation(alter.context, part.constraint->pktable);
  if (referenced != nullptr && referenced->kind == RelationKind::partitioned_table &&
      alter.context.pg_version < kFirstWithPartitionedNotValid) {
    rewrite.notes.push_back(fmt::format(
        "Before PostgreSQL 18 pg_constraint goes on to show the rows that {} has for the single partitions of "
        "{} as not valid; only the row without a parent counts.",
        quote_identifier_sql(part.name), display_name(*referenced)));
  }
  if (goes_partition_by_partition(alter)) return partition_by_partition(alter, part, rewrite);
  if (!part.replaces.empty()) {
    assume_ordinary(alter, part, rewrite);
  } else if (alter.context.pg_version < kFirstWithPartitionedNotValid) {
    assume_kind(alter, "an ordinary table", "'r'", rewrite);
  }
  const std::string quoted = quote_identifier_sql(part.name);
  add_steps(rewrite, PhaseKind::expand, fmt::format("Add {} for new rows", quoted),
            {add_not_valid(alter.alter(), alter.name, part.name, part.body, is_added(part, alter.name))});
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Check the old rows against {}", quoted),
            {validate_on(alter.alter(), alter.name, part.name, is_checked(part, alter.name))});
}

const Recipe kAddForeignKeyRecipe{
    "add-foreign-key", "ADD FOREIGN KEY: NOT VALID, then VALIDATE", kNodes, kRules, rewrite, {}, {}, has_form};

}  // namespace pglatch
