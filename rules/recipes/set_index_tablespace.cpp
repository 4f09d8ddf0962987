// ALTER INDEX … SET TABLESPACE: copies the index's file while every query of its table waits. REINDEX (TABLESPACE …)
// CONCURRENTLY, which PostgreSQL 14 and later have, builds it anew over there, under the same name.
//
// PostgreSQL documentation, REINDEX, "TABLESPACE"; ATExecSetTableSpace() in tablecmds.c.
#include <fmt/format.h>

#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/recipes.h"
#include "rules/recipes/reindex_steps.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

constexpr int kFirstIntoTablespace = 14;

const AlterTableCmd* find_move(const AlterTableStmt& statement) {
  for (const AlterTableCmd* command : each<AlterTableCmd>(statement.cmds)) {
    if (command->subtype == AT_SetTableSpace) return command;
  }
  return nullptr;
}

std::optional<Refusal> why_not(const StatementContext& context, const AlterTableStmt& statement,
                               const Relation& index) {
  const std::string name = display_name(index);
  if (context.pg_version < kFirstIntoTablespace) {
    return Refusal{
        fmt::format("PostgreSQL {} cannot rebuild an index in another tablespace while its table is in use: its file "
                    "is copied under AccessExclusiveLock on {}.",
                    context.pg_version, name),
        "Build a second index with CREATE INDEX CONCURRENTLY … TABLESPACE …, drop the old one CONCURRENTLY, and give "
        "the new one its name. Where a constraint needs the index, move it while nobody needs the table."};
  }
  if (each(statement.cmds).size() > 1) {
    return Refusal{fmt::format("Other changes of {} stand in the same statement.", name),
                   "Write SET TABLESPACE as a statement of its own, and make the plan again."};
  }
  if (statement.missing_ok && index.origin == Origin::unknown) {
    return Refusal{fmt::format("Whether {} exists is not known here, and the steps of a plan need it.", name),
                   "Make the plan again with the schema of the database (--schema)."};
  }
  const Relation* table = context.catalog.find(index.index->table);
  if (table == nullptr || !is_exclusion(*table, index.id)) return std::nullopt;
  return Refusal{
      fmt::format("PostgreSQL refuses REINDEX CONCURRENTLY of {}: it belongs to an exclusion constraint.", name),
      "Move it while nobody needs the table."};
}

std::string is_there(const std::string& index, std::string_view tablespace) {
  return fmt::format(
      "SELECT EXISTS (\n"
      "  SELECT FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid\n"
      "    JOIN pg_database d ON d.datname = current_database()\n"
      "    JOIN pg_tablespace t ON t.oid = coalesce(nullif(c.reltablespace, 0), d.dattablespace)\n"
      "  WHERE c.oid = to_regclass({}) AND t.spcname = {} AND i.indisvalid AND i.indisready AND i.indislive)",
      quote_literal_sql(index), quote_literal_sql(tablespace));
}

void assume_ordinary(const std::string& index, Rewrite& rewrite) {
  rewrite.assumptions.push_back(
      {fmt::format("{} is the index of an ordinary table, and of no exclusion constraint: the migrations do not show "
                   "it.",
                   index),
       fmt::format("SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass({0}) AND relkind = 'i')\n"
                   "  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = to_regclass({0}) AND contype = 'x')",
                   quote_literal_sql(index)),
       "Make the plan again with the schema of the database (--schema)."});
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<AlterTableStmt>(context.statement.node);
  const AlterTableCmd* move = find_move(statement);
  if (move == nullptr || context.effects.refused() || !context.effects.has_work(WorkKind::rewrite)) return std::nullopt;
  const Relation* index = find_relation(context, statement.relation);
  if (index == nullptr || index->kind != RelationKind::index || !context.is_live(index->id)) return std::nullopt;
  Rewrite result;
  if (auto refusal = why_not(context, statement, *index)) {
    result.refusal = std::move(refusal);
    return result;
  }
  const std::string name = display_name(*index);
  const std::string_view tablespace = text(move->name);
  Step step = rebuild(
      *index, fmt::format("REINDEX (TABLESPACE {}) INDEX CONCURRENTLY {}", quote_identifier_sql(tablespace), name));
  step.title =
      fmt::format("Rebuild {} in tablespace {} without blocking writes", name, quote_identifier_sql(tablespace));
  step.already_done = is_there(name, tablespace);
  step.verify = step.already_done;
  if (index->origin != Origin::unknown) {
    const std::string old = index->tablespace->empty() ? "pg_default" : *index->tablespace;
    step.rollback = {{StepClass::concurrent,
                      fmt::format("REINDEX (TABLESPACE {}) INDEX CONCURRENTLY {}", quote_identifier_sql(old), name)}};
  }
  Phase& phase = result.phases.emplace_back();
  phase.kind = PhaseKind::migrate;
  phase.title = fmt::format("Move {} to tablespace {}", name, quote_identifier_sql(tablespace));
  phase.steps.push_back(drop_reindex_leftovers(*index));
  phase.steps.push_back(std::move(step));
  if (index->origin == Origin::unknown) assume_ordinary(name, result);
  if (const Relation* table = context.catalog.find(index->index->table)) {
    result.preflight = build_preflight(display_name(*table), false);
  }
  return result;
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};
constexpr std::string_view kRules[] = {"set-tablespace"};

}  // namespace

const Recipe kSetIndexTablespaceRecipe{"set-index-tablespace",
                                       "ALTER INDEX … SET TABLESPACE: REINDEX (TABLESPACE …) CONCURRENTLY", kNodes,
                                       kRules, rewrite};

}  // namespace pglatch
