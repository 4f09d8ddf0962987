// The table is renamed away, an empty one of its columns takes its name and its writes, the key is changed as slowly as
// it likes, and both change back. It keeps clients running, not right: the notes say what they miss and what is lost.
// The rows written to the placeholder are merged in the very transaction that swaps back; without ON CONFLICT, so that
// a row which cannot be merged stops the swap instead of getting lost.
#include "rules/recipes/placeholder_swap.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_steps.h"

namespace pglatch {
namespace {

// None of these steps leaves what would tell that it is done, once the next ones are: the ledger remembers them.
Step step_of(std::string title, std::vector<std::string> sql) {
  Step step = brief_step(std::move(title), {}, {});
  step.sql = std::move(sql);
  return step;
}

struct Swap {
  const AlterTable& alter;
  std::string name;                    // of the table, quoted
  std::string placeholder_identifier;  // quoted
  std::string offline_identifier;
  std::string placeholder;  // qualified
  std::string offline;

  Swap(const AlterTable& table, const std::string& schema)
      : alter(table),
        name(quote_identifier_sql(table.table.name)),
        placeholder_identifier(identifier("pglatch_placeholder")),
        offline_identifier(identifier("pglatch_offline")),
        placeholder(quote_qualified(schema, make_object_name(table.table.name, {}, "pglatch_placeholder"))),
        offline(quote_qualified(schema, make_object_name(table.table.name, {}, "pglatch_offline"))) {}

  [[nodiscard]] std::string identifier(std::string_view label) const {
    return quote_identifier_sql(make_object_name(alter.table.name, {}, label));
  }
};

std::optional<Refusal> refuse(const AlterTable& alter, const AlterPart& part) {
  const auto& columns = alter.table.columns;
  const bool identity = std::any_of(columns.begin(), columns.end(), [](const Column& c) { return c.identity != 0; });
  if (identity) {
    return Refusal{fmt::format("{} has an identity column: its placeholder would number rows anew from 1, and their "
                               "numbers would be those of rows that are there.",
                               alter.name),
                   fmt::format("Leave out --accept-risk {}: the key can be changed online.", kPlaceholderSwap)};
  }
  for (const std::string& name : part.columns) {
    const Column* column = alter.table.column(name);
    if (column != nullptr && column->not_null) continue;
    return Refusal{fmt::format("{}.{} is not known to be NOT NULL: rows could be written meanwhile that the new key "
                               "refuses.",
                               alter.name, quote_identifier_sql(name)),
                   "Make the column NOT NULL in a migration before."};
  }
  return std::nullopt;
}

void say_what_is_risked(const Swap& swap, const AlterPart& part, Rewrite& rewrite) {
  const std::string& table = swap.alter.name;
  const std::string oid = fmt::format("to_regclass({})", quote_literal_sql(table));
  std::string same;
  for (const std::string& column : part.columns) {
    same += fmt::format("{0}t.{1} = p.{1}", same.empty() ? "" : " AND ", quote_identifier_sql(column));
  }
  const auto note = [&](std::string text) { rewrite.notes.push_back("Accepted risk: " + std::move(text)); };
  note(
      fmt::format("writes can be stranded in the placeholder (in a simulation of the form without a merge, 71 % of the "
                  "acknowledged "
                  "inserts were). They are merged in the transaction that swaps back. Before the last step: SELECT "
                  "count(*) FROM {} "
                  "p WHERE NOT EXISTS (SELECT FROM {} t WHERE {}) must give 0.",
                  swap.placeholder, table, same));
  note(fmt::format(
      "UPDATE and DELETE of rows that were there before find nothing in the placeholder: they do nothing, without an "
      "error, and nothing brings them back. How many come in a minute: SELECT sum(n_tup_upd), sum(n_tup_del) FROM "
      "pg_stat_user_tables WHERE relid IN (SELECT relid FROM pg_partition_tree({})), twice. Go on only if that is "
      "none.",
      oid));
  note(
      fmt::format("reads of {} find nothing that was there before, until the key is changed. Who reads it: SELECT pid, "
                  "application_name, query FROM pg_stat_activity WHERE query ILIKE {}.",
                  table, quote_literal_sql("%" + swap.alter.table.name + "%")));
  note(
      fmt::format("what LIKE copies with INCLUDING ALL numbers identity columns anew (duplicate ids). Here defaults "
                  "are copied, which "
                  "share their sequence, and identity columns are refused: SELECT attname FROM pg_attribute WHERE "
                  "attrelid = {} AND "
                  "attidentity <> '' must give no rows.",
                  oid));
  note(fmt::format(
      "the placeholder has no privileges, triggers, policies, foreign keys and publications of the table: other roles "
      "are refused, and nothing is checked or replicated meanwhile. SELECT relacl, relrowsecurity FROM pg_class WHERE "
      "oid "
      "= {0}; SELECT tgname FROM pg_trigger WHERE tgrelid = {0} AND NOT tgisinternal; SELECT conname FROM "
      "pg_constraint "
      "WHERE contype = 'f' AND conrelid = {0}; SELECT pubname FROM pg_publication_rel r JOIN pg_publication u ON u.oid "
      "= "
      "r.prpubid WHERE prrelid = {0}.",
      oid));
  note(fmt::format(
      "foreign keys to the table, views and functions with a parsed body keep to the hidden table: SELECT "
      "conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f' AND confrelid = {0}; SELECT DISTINCT "
      "r.ev_class::regclass FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid WHERE d.refobjid = {0}.",
      oid));
}

}  // namespace

std::optional<Refusal> swap_placeholder(const AlterTable& alter, const AlterPart& part,
                                        const std::vector<std::pair<std::string, std::string>>& dropped,
                                        Rewrite& rewrite) {
  if (auto refusal = refuse(alter, part)) return refusal;
  const Swap swap(alter, alter.table.schema);

  Step create = step_of(
      fmt::format("Create the placeholder of {}", alter.name),
      {fmt::format("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING "
                   "STORAGE)",
                   swap.placeholder, alter.name),
       fmt::format("ALTER TABLE {} ADD {}", swap.placeholder, part.body)});
  create.rollback = {{StepClass::brief, fmt::format("DROP TABLE IF EXISTS {}", swap.placeholder)}};
  add_steps(rewrite, PhaseKind::expand, fmt::format("Create the placeholder of {}", alter.name), {std::move(create)});

  Step hide = step_of(fmt::format("Hide {}: its placeholder takes the name, the reads and the writes", alter.name),
                      {fmt::format("ALTER TABLE {} RENAME TO {}", alter.name, swap.offline_identifier),
                       fmt::format("ALTER TABLE {} RENAME TO {}", swap.placeholder, swap.name)});
  hide.on_failure = "Nothing has changed: run the script again.";
  add_steps(rewrite, PhaseKind::switch_, fmt::format("Hide {}", alter.name), {std::move(hide)});

  std::vector<Step> changes;
  for (const auto& [table, key] : dropped) {
    const std::string& now = table == alter.name ? swap.offline : table;
    changes.push_back(step_of(fmt::format("Drop {} of {}", quote_identifier_sql(key), now),
                              {fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", now, quote_identifier_sql(key))}));
  }
  Step add = step_of(
      fmt::format("Add {} to {}, which nobody sees", quote_identifier_sql(part.name), swap.offline),
      {fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", swap.offline, quote_identifier_sql(part.name), part.body)});
  add.step_class = StepClass::validate;
  add.on_failure = fmt::format(
      "{} stays hidden. Mend the rows that violate the key, and run the script again; or rename both tables back, but "
      "not without the rows of the placeholder.",
      alter.name);
  changes.push_back(std::move(add));
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Change the key of {} out of sight", alter.name),
            std::move(changes));

  // The first rename locks the placeholder: what is merged is all there will be.
  Step back = step_of(fmt::format("Merge what was written into {}, and put it back in its place", alter.name),
                      {fmt::format("ALTER TABLE {} RENAME TO {}", alter.name, swap.placeholder_identifier),
                       fmt::format("INSERT INTO {} SELECT * FROM {}", swap.offline, swap.placeholder),
                       fmt::format("ALTER TABLE {} RENAME TO {}", swap.offline, swap.name)});
  back.on_failure = fmt::format(
      "The placeholder stays in place, with its rows. Where one of them has a key that is in {} already, decide which "
      "one is right, then run the script again.",
      swap.offline);
  Step drop = step_of("Drop the placeholder", {fmt::format("DROP TABLE {}", swap.placeholder)});
  drop.irreversible = true;
  add_steps(rewrite, PhaseKind::switch_, fmt::format("Put {} back", alter.name), {std::move(back)});
  add_steps(rewrite, PhaseKind::contract, "Drop the placeholder", {std::move(drop)});
  say_what_is_risked(swap, part, rewrite);
  return std::nullopt;
}

}  // namespace pglatch
