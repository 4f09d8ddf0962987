// UPDATE, DELETE and INSERT … SELECT of many rows: in ranges of a key, each committed together with the note how far it
// came. Each row is met once, so that a change which must not be done twice (n = n + 1) is none.
//
// What differs from one statement: others see it half done, a failure leaves the ranges before it done, and each range
// sees the database as it is then. Where that could lead to another result, it is refused (range_refusals.cpp).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/parse/identifier.h"
#include "analyzer/parse/walk.h"
#include "rules/recipes/batches.h"
#include "rules/recipes/recipes.h"
#include "rules/recipes/row_change.h"
#include "rules/support/impact.h"

namespace pglatch {

extern const Rule kBulkCopy;

namespace {

struct Heard final : Reporter {
  void report(Finding /*finding*/) override { any = true; }
  bool any = false;
};

bool is_rows(const Relation& table) {
  return table.kind == RelationKind::table || table.kind == RelationKind::partitioned_table;
}

bool is_bulk_copy(const StatementContext& context) {
  Heard heard;
  kBulkCopy.check(context, kBulkCopy, heard);
  return heard.any;
}

// All rows are gone through of a table that others use, and that is not known to be small. Where an index leads to the
// rows, they are few.
bool is_large(const StatementContext& context, const RowChange& change) {
  if (change.kind == RowChangeKind::insert) return is_bulk_copy(context);
  const auto tree = context.catalog.with_descendants(change.walked->id);
  return std::any_of(tree.begin(), tree.end(), [&](RelationId id) {
    return context.is_live(id) && context.effects.has_work(WorkKind::scan, id) &&
           context.effects.has_work(WorkKind::row_write, id) && !context.table_size(id).is_small();
  });
}

bool mentions_time(const StatementContext& context) {
  constexpr std::array<std::string_view, 3> kTimes = {"now", "transaction_timestamp", "statement_timestamp"};
  return !walk(context.statement.node, [&](const Node* node) {
    if (const auto* value = as<SQLValueFunction>(node)) {
      return value->op <= SVFOP_LOCALTIMESTAMP_N ? Walk::stop : Walk::into;
    }
    const auto* call = as<FuncCall>(node);
    const bool is_time =
        call != nullptr && std::find(kTimes.begin(), kTimes.end(), name_of(call->funcname).name) != kTimes.end();
    return is_time ? Walk::stop : Walk::into;
  });
}

bool reads_others(const RowChange& change, const Node* statement) {
  bool found = false;
  walk(statement, [&](const Node* node) {
    const auto* name = as<RangeVar>(node);
    const auto* insert = as<InsertStmt>(statement);
    found = found || (name != nullptr && name != change.walked_name && (insert == nullptr || name != insert->relation));
    return Walk::into;
  });
  return found;
}

void add_notes(const StatementContext& context, const RowChange& change, Rewrite& rewrite) {
  const std::string walked = display_name(*change.walked);
  rewrite.notes.push_back(
      fmt::format("The rows of {} are gone through in ranges of the key, each committed: it is not all or nothing any "
                  "more, others see it half done, and rows that are added, or get another key, meanwhile may be passed "
                  "over.",
                  walked));
  if (mentions_time(context)) {
    rewrite.notes.push_back(fmt::format("In {} now() and the like are the time of each range's transaction.", walked));
  }
  if (reads_others(change, context.statement.node)) {
    rewrite.notes.push_back(fmt::format("Each range of {} reads the other tables as they are then.", walked));
  }
  if (auto triggers = note_triggers(*change.changed)) rewrite.notes.push_back(std::move(*triggers));
}

std::string title(const RowChange& change) {
  const std::string walked = display_name(*change.walked);
  switch (change.kind) {
    case RowChangeKind::update:
      return fmt::format("Update {}, a range of keys at a time", walked);
    case RowChangeKind::remove:
      return fmt::format("Delete from {}, a range of keys at a time", walked);
    case RowChangeKind::insert:
      break;
  }
  return fmt::format("Copy rows of {} into {}, a range of keys at a time", walked, display_name(*change.changed));
}

Rewrite refuse_query() {
  Rewrite rewrite;
  rewrite.refusal = {
      "Its rows do not come from tables that FROM names, but from several queries, or from one in FROM or in "
      "parentheses: a range of keys has no place there.",
      "Write it as INSERT INTO … SELECT … FROM the table itself, a statement for each query, and make the plan again."};
  return rewrite;
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  if (context.effects.fails) return std::nullopt;
  const auto change = row_change(context);
  if (!change && context.statement.node->type == T_InsertStmt && is_bulk_copy(context)) return refuse_query();
  if (!change || !is_rows(*change->walked) || !is_rows(*change->changed) || change->changed->temporary) {
    return std::nullopt;
  }
  if (!is_large(context, *change)) return std::nullopt;
  Rewrite result;
  Batch batch;
  batch.table = display_name(*change->walked);
  batch.keys = walk_key(*change->walked, context.catalog);
  result.refusal = why_not_in_batches(context, *change, batch.keys);
  if (!result.refusal && batch.keys.empty()) result.refusal = no_walk_key(batch.table);
  if (result.refusal) return result;
  auto sql = with_condition(context, in_range(batch, change->alias));
  if (!sql) return refuse_query();
  Phase& phase = result.phases.emplace_back();
  phase.kind = PhaseKind::migrate;
  phase.title = fmt::format("Change rows of {}", display_name(*change->changed));
  phase.steps.push_back(batch_step(title(*change), std::move(batch), std::move(*sql)));
  add_notes(context, *change, result);
  return result;
}

constexpr NodeTag kNodes[] = {T_UpdateStmt, T_DeleteStmt, T_InsertStmt};
constexpr std::string_view kRules[] = {"bulk-copy", "update-without-where"};

}  // namespace

const Recipe kBatchRowsRecipe{"batch-rows", "UPDATE, DELETE, INSERT … SELECT of many rows: in batches along a key",
                              kNodes, kRules, rewrite};

}  // namespace pglatch
