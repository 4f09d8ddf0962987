#include "rules/recipes/not_null_name.h"

#include <fmt/format.h>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/partitioned_index.h"

namespace pglatch {
namespace {

constexpr int kFirstWithNames = 18;

std::string given_name(const ColumnChange& change) {
  for (const TableConstraint& constraint : change.table.constraints) {
    if (constraint.kind == ConstraintKind::not_null && change.is_in(constraint.columns)) return constraint.name;
  }
  return make_object_name(change.table.name, change.column.name, "not_null");
}

std::string stand_in(const ColumnChange& change) {
  return make_object_name(change.table.name, change.successor, "not_null");
}

bool keeps_names(const ColumnChange& change) {
  return PG_VERSION_NUM >= 180000 && change.context.pg_version >= kFirstWithNames;
}

}  // namespace

std::vector<std::string> rename_not_null(const ColumnChange& change) {
  if (!keeps_names(change)) return {};
  return {fmt::format("{} RENAME CONSTRAINT {} TO {}", change.alter(), quote_identifier_sql(stand_in(change)),
                      quote_identifier_sql(given_name(change)))};
}

std::optional<Assumption> not_null_is_named(const ColumnChange& change) {
  if (!keeps_names(change) || !change.column.not_null) return std::nullopt;
  const std::string name = given_name(change);
  return Assumption{fmt::format("The NOT NULL of {}.{} is named {}.", change.name,
                                quote_identifier_sql(change.column.name), quote_identifier_sql(name)),
                    fmt::format("SELECT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = to_regclass({}) AND "
                                "k.contype = 'n' AND k.conname = {})",
                                quote_literal_sql(change.name), quote_literal_sql(name)),
                    "Make the plan again with the schema as it is (--schema)."};
}

std::optional<Step> rename_not_null_if_named(const ColumnChange& change) {
  if (keeps_names(change) || !change.column.not_null) return std::nullopt;
  const std::string name = quote_identifier_sql(given_name(change));
  Step step;
  step.title = fmt::format("Call the NOT NULL of {}.{} {}, on PostgreSQL 18 and newer", change.name,
                           quote_identifier_sql(change.column.name), name);
  step.step_class = StepClass::brief;
  step.generator = true;
  step.sql = {
      fmt::format("SELECT {} || quote_ident(k.conname) || {} FROM pg_constraint k\n"
                  "WHERE k.conrelid = to_regclass({}) AND k.contype = 'n' AND k.conname = {}",
                  quote_literal_sql(change.alter() + " RENAME CONSTRAINT "), quote_literal_sql(" TO " + name),
                  quote_literal_sql(change.name), quote_literal_sql(stand_in(change)))};
  // Takes the same lock, and has as little to do.
  step.sample =
      fmt::format("{} ALTER COLUMN {} SET NOT NULL", change.alter(), quote_identifier_sql(change.column.name));
  step.watch = lock_waits();
  step.on_failure = kRunAgain;
  return step;
}

}  // namespace pglatch
