// SET NOT NULL: a CHECK (c IS NOT NULL) NOT VALID, validated while writes go on, proves to PostgreSQL 12 and later
// that SET NOT NULL has nothing to scan; then the CHECK goes. PostgreSQL 18 can add the NOT NULL itself NOT VALID.
// On a partitioned table the parent's statements go down the whole tree, so that the partitions' constraints are the
// parent's own, as the original leaves them.
//
// ATExecSetNotNull() and NotNullImpliedByRelConstraints() in tablecmds.c; release notes of 12 and 18.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/alter_table_rewrite.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/recipes.h"

namespace pglatch {
namespace {

constexpr int kFirstThatUsesChecks = 12;
constexpr int kFirstWithNotValid = 18;

const TableConstraint* find_not_null(const Relation& table, const std::string& column) {
  for (const TableConstraint& constraint : table.constraints) {
    if (constraint.kind == ConstraintKind::not_null && constraint.columns.front() == column) return &constraint;
  }
  return nullptr;
}

// One column of one table on its way to NOT NULL.
struct NotNullColumn {
  const AlterTable& alter;
  const std::string& name;
  std::string quoted;

  [[nodiscard]] std::string phase(std::string_view format) const {
    return fmt::format(fmt::runtime(format), alter.name, quoted);
  }
  // Those below that have no NOT NULL of their own, under a name of its own perhaps: they get the parent's.
  [[nodiscard]] std::vector<const Relation*> nullable_descendants() const {
    std::vector<const Relation*> all = alter.descendants();
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const Relation* relation) {
                               const Column* column = relation->column(name);
                               return (column != nullptr && column->not_null) || find_not_null(*relation, name);
                             }),
              all.end());
    return all;
  }
};

// 12 to 17, and on 18 where the plan is written for an older one.
void by_check(const NotNullColumn& column, Rewrite& rewrite) {
  const AlterTable& alter = column.alter;
  // Always the same name, so that a new plan finds what the old one left. On 18 the NOT NULL has "not_null" itself.
  const std::string check = make_object_name(alter.table.name, column.name, "pglatch_not_null");
  const std::string not_null = is_not_null_condition(alter.name, column.name);
  const auto or_done = [&](const std::string& query) { return fmt::format("SELECT {} OR (\n{})", not_null, query); };

  AlterPart part;
  part.name = check;
  part.columns = {column.name};
  part.new_column = true;
  // An earlier run of a plan may have left it.
  if (alter.table.constraint(check) == nullptr) {
    Step add = add_not_valid(alter.alter(), alter.name, check, fmt::format("CHECK ({} IS NOT NULL)", column.quoted),
                             or_done(check_is_there(alter, part)));
    add_steps(rewrite, PhaseKind::expand, column.phase("Refuse new NULLs in {}.{}"), {std::move(add)});
  }
  add_steps(rewrite, PhaseKind::migrate, column.phase("Look for old NULLs in {}.{}"),
            validate(alter, alter.descendants(), check, or_done(is_validated(alter.name, check))));

  Step set = brief_step(column.phase("Make {}.{} NOT NULL, without a scan: the CHECK proves it"),
                        fmt::format("{} ALTER COLUMN {} SET NOT NULL", alter.alter(), column.quoted),
                        is_not_null(alter.name, column.name));
  set.rollback = {{StepClass::brief, fmt::format("{} ALTER COLUMN {} DROP NOT NULL", alter.alter(), column.quoted)}};
  add_steps(rewrite, PhaseKind::switch_, column.phase("Make {}.{} NOT NULL"),
            {std::move(set), drop_constraint(alter.alter(), alter.name, check)});
}

void by_not_valid(const NotNullColumn& column, std::string_view given, Rewrite& rewrite) {
  const AlterTable& alter = column.alter;
  const TableConstraint* known = find_not_null(alter.table, column.name);
  std::string name(given);
  if (known != nullptr) {
    name = known->name;
  } else if (name.empty()) {
    name = choose_constraint_name(alter.context.catalog, alter.table, column.name, "not_null");
  }
  // One that is there is NOT VALID still.
  if (known == nullptr) {
    Step add = add_not_valid(alter.alter(), alter.name, name, fmt::format("NOT NULL {}", column.quoted),
                             has_not_null_constraint(alter.name, column.name, false));
    add_steps(rewrite, PhaseKind::expand, column.phase("Refuse new NULLs in {}.{}"), {std::move(add)});
  }
  add_steps(
      rewrite, PhaseKind::migrate, column.phase("Look for old NULLs in {}.{}"),
      validate(alter, column.nullable_descendants(), name, has_not_null_constraint(alter.name, column.name, true)));
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  return rewrite_alter_table(context, PartKind::not_null);
}

bool has_form(const StatementContext& context) { return has_alter_table_form(context, PartKind::not_null); }

constexpr NodeTag kNodes[] = {T_AlterTableStmt};
constexpr std::string_view kRules[] = {"set-not-null-scan"};

}  // namespace

std::optional<Refusal> refuse_not_null(const AlterTable& alter) {
  if (alter.context.pg_version < kFirstThatUsesChecks) {
    return Refusal{
        fmt::format("PostgreSQL {} takes no CHECK as a proof: SET NOT NULL reads every row of {} while it "
                    "keeps everybody out.",
                    alter.context.pg_version, alter.name),
        "A validated CHECK (… IS NOT NULL) refuses NULLs as well, and can be added NOT VALID. Make the column "
        "NOT NULL once the server is PostgreSQL 12 or newer."};
  }
  if (alter.only && alter.context.catalog.with_descendants(alter.table.id).size() > 1) {
    return Refusal{
        fmt::format("SET NOT NULL on ONLY {} leaves out the tables below it, which a CHECK would reach.", alter.name),
        "Make the column NOT NULL in the tables below first, then in this one without ONLY."};
  }
  return std::nullopt;
}

std::optional<Refusal> set_not_null(const AlterTable& alter, const std::string& column, bool new_column,
                                    Rewrite& rewrite, std::string_view name) {
  if (auto refusal = refuse_not_null(alter)) return refusal;
  const NotNullColumn not_null{alter, column, quote_identifier_sql(column)};
  const bool native = PG_VERSION_NUM >= 180000 && alter.context.pg_version >= kFirstWithNotValid;
  native ? by_not_valid(not_null, name, rewrite) : by_check(not_null, rewrite);
  if (!new_column) {
    rewrite.preflight.push_back({fmt::format("NULLs in {}.{} (reads the whole table)", alter.name, not_null.quoted),
                                 fmt::format("SELECT * FROM {} WHERE {} IS NULL LIMIT 10", alter.name, not_null.quoted),
                                 "no rows", false});
  }
  return std::nullopt;
}

const Recipe kSetNotNullRecipe{
    "set-not-null", "SET NOT NULL: proved by a validated constraint", kNodes, kRules, rewrite, {}, {}, has_form};

}  // namespace pglatch
