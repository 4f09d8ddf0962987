#include "rules/recipes/batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

bool orders_all_rows(const Relation& table, const Relation& index) {
  const IndexDetails& details = *index.index;
  if (!details.unique || !details.valid || details.partial || !details.plain || details.method != "btree") return false;
  return std::all_of(details.columns.begin(), details.columns.end(), [&](const std::string& name) {
    const Column* column = table.column(name);
    return column != nullptr && column->not_null;
  });
}

// The ledger keeps where a batch is as JSON: a text or a number for each column.
bool can_be_remembered(const Relation& table, const std::vector<std::string>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
    const Column* column = table.column(name);
    return column != nullptr && !column->type.array && column->type.name != "jsonb";
  });
}

std::vector<std::string> quoted(const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const std::string& name : names) all.push_back(quote_identifier_sql(name));
  return all;
}

std::string progress() {
  return "SELECT title, changed_rows, reached, done_at FROM public.pglatch_progress WHERE done_at IS NULL";
}

}  // namespace

std::vector<std::string> walk_key(const Relation& table, const Catalog& catalog) {
  // The key of a parent says nothing of the rows in its children by INHERITS.
  if (!table.inherited_by.empty()) return {};
  const TableConstraint* primary = table.primary_key();
  if (primary != nullptr && can_be_remembered(table, primary->columns)) return quoted(primary->columns);
  for (const RelationId id : table.indexes) {
    const Relation* index = catalog.find(id);
    if (index == nullptr || !orders_all_rows(table, *index)) continue;
    if (can_be_remembered(table, index->index->columns)) return quoted(index->index->columns);
  }
  return {};
}

Step batch_step(std::string title, Batch batch, std::string sql) {
  Step step;
  step.title = std::move(title);
  step.step_class = StepClass::batch;
  step.sql = {std::move(sql)};
  step.watch = progress();
  step.on_failure = "The ranges that are done stay done: run the script again, it goes on after the last of them.";
  step.batch = std::move(batch);
  return step;
}

Step fill_nulls(const Relation& table, const Catalog& catalog, std::string_view column, std::string_view value) {
  const std::string name = display_name(table);
  const std::string quoted_column = quote_identifier_sql(column);
  Batch batch;
  batch.table = name;
  batch.keys = walk_key(table, catalog);
  std::string sql = fmt::format("UPDATE {0} SET {1} = {2} WHERE {1} IS NULL AND {3}", name, quoted_column, value,
                                in_range(batch, quote_identifier_sql(table.name)));
  return batch_step(fmt::format("Fill {}.{} where it is null", name, quoted_column), std::move(batch), std::move(sql));
}

std::optional<std::string> note_triggers(const Relation& table) {
  if (table.triggers.empty()) return std::nullopt;
  std::string names;
  for (const std::string& trigger : table.triggers) {
    names += (names.empty() ? "" : ", ") + quote_identifier_sql(trigger);
  }
  return fmt::format(
      "{} has triggers ({}): those for rows fire for each row that a batch changes, those for statements "
      "once for each batch.",
      display_name(table), names);
}

Refusal no_walk_key(std::string_view table) {
  return {fmt::format("{} would have to be walked in batches, along a primary key or a unique index of columns that "
                      "are NOT NULL: none is known.",
                      table),
          "Make the plan with the schema of the database (--schema), or add such a key first."};
}

}  // namespace pglatch
