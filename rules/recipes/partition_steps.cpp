#include "rules/recipes/partition_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "analyzer/base/sha256.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/parse/parser.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/partitioned_index.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

constexpr std::size_t kHashDigits = 8;

std::string regclass(std::string_view name) { return fmt::format("to_regclass({})", quote_literal_sql(name)); }

// The table with the CHECK, as the lock model would see it after the steps that make it.
Relation with_check(const Relation& table, const std::string& condition) {
  Relation result = table;
  const ParsedScript parsed = parse(fmt::format("SELECT WHERE {}", condition));
  if (parsed.statements.size() != 1) return result;
  const auto* select = as<SelectStmt>(parsed.statements.front().node);
  if (select == nullptr) return result;
  TableConstraint check;
  check.proof = conjuncts_of(select->whereClause);
  result.constraints.push_back(std::move(check));
  return result;
}

constexpr std::string_view kUnproved = "The proof that spares the scan cannot be followed here.";

// Needed no more, or as `query` asks.
std::string or_done(const std::string& done, const std::string& query) {
  return fmt::format("SELECT {} OR (\n{})", done, query);
}

std::string check_exists(const std::string& table, const std::string& name, std::string_view condition) {
  return fmt::format(
      "SELECT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = {} AND k.conname = {} AND k.contype = 'c'{})",
      regclass(table), quote_literal_sql(name), condition);
}

}  // namespace

std::string is_partition_condition(std::string_view partition, std::string_view parent) {
  return fmt::format("EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = {} AND h.inhparent = {})",
                     regclass(partition), regclass(parent));
}

ProvingCheck proving_check(const Relation& table, PartitionCondition condition, std::string_view partition,
                           std::string_view parent) {
  const std::string what = fmt::format("{}\n{}\n{}\n{}", display_name(table), partition, parent, condition.sql);
  return {table, "pglatch_bound_" + sha256_hex(what).substr(0, kHashDigits), std::move(condition),
          is_partition_condition(partition, parent)};
}

void ProvingCheck::prepare(const StatementContext& context, Rewrite& rewrite) const {
  const std::string table_name = display_name(table);
  const std::string alter = fmt::format("ALTER TABLE {}", table_name);
  const TableConstraint* known = table.constraint(name);
  // A plan that was broken off may have left it.
  if (known == nullptr) {
    add_steps(rewrite, PhaseKind::expand, fmt::format("Have {} prove its bound", table_name),
              {add_not_valid(alter, table_name, name, fmt::format("CHECK ({})", condition.sql),
                             or_done(done, check_exists(table_name, name, "")))});
  }
  std::vector<Step> steps;
  for (const RelationId id : context.catalog.with_descendants(table.id)) {
    const Relation& part = *context.catalog.find(id);
    if (id == table.id || part.kind != RelationKind::table) continue;
    const std::string part_name = display_name(part);
    steps.push_back(validate_on(fmt::format("ALTER TABLE {}", part_name), part_name, name,
                                or_done(done, nothing_to_validate(part_name, name))));
  }
  steps.push_back(validate_on(alter, table_name, name, or_done(done, is_validated(table_name, name))));
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Look whether the rows of {} are as the CHECK says", table_name),
            std::move(steps));
}

void ProvingCheck::announce(Rewrite& rewrite) const {
  const std::string table_name = display_name(table);
  rewrite.preflight.push_back(
      {fmt::format("Rows of {} that belong into the new partition (reads the table)", table_name),
       fmt::format("SELECT * FROM {} WHERE NOT ({}) LIMIT 10", table_name, condition.sql),
       "no rows: the original fails on such rows too; move them away first", false});
  rewrite.notes.push_back(fmt::format(
      "From the CHECK {} on until the new partition is attached, rows that belong into that are refused: {} "
      "takes them no more.",
      name, table_name));
}

void ProvingCheck::remove(Rewrite& rewrite) const {
  const std::string table_name = display_name(table);
  add_steps(rewrite, PhaseKind::contract, "Drop what only the attach needed",
            {drop_constraint(fmt::format("ALTER TABLE {}", table_name), table_name, name)});
}

std::vector<Step> ProvingCheck::check_time_zone() const {
  if (condition.zoneless.empty()) return {};
  std::string same;
  for (const std::string& literal : condition.zoneless) {
    same += fmt::format("{}position(quote_literal(timestamptz {}::text) IN pg_get_constraintdef(k.oid)) > 0",
                        same.empty() ? "" : "\n    AND ", quote_literal_sql(literal));
  }
  const std::string table_name = display_name(table);
  return {
      check_step(fmt::format("Check that the time zone is the one in which {} was made", name),
                 or_done(done, fmt::format("SELECT EXISTS (\n  SELECT FROM pg_constraint k\n  WHERE k.conrelid = {} "
                                           "AND k.conname = {}\n    AND {})",
                                           regclass(table_name), quote_literal_sql(name), same)),
                 fmt::format("The bound has timestamps without a time zone, and this session has another TimeZone "
                             "than the one that added {0}: the bound would be another, and {1} be scanned. Set "
                             "TimeZone as it was (PGTZ), or drop {0} and run the script again.",
                             name, table_name))};
}

bool default_is_searched(const StatementContext& context, const Relation& parent) {
  const RelationId other = context.catalog.default_partition(parent);
  if (other == kNoRelation) return false;
  const auto searched = blocked_during(context, WorkKind::scan);
  const auto tree = context.catalog.with_descendants(other);
  return std::any_of(tree.begin(), tree.end(),
                     [&](RelationId id) { return std::find(searched.begin(), searched.end(), id) != searched.end(); });
}

void assume_no_default(const StatementContext& context, const Relation& parent, Rewrite& rewrite) {
  if (parent.origin != Origin::unknown) return;
  const std::string name = context.name(parent.id);
  rewrite.assumptions.push_back(
      {fmt::format("{} is partitioned and has no default partition: the migrations do not show it.", name),
       fmt::format(
           "SELECT EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = to_regclass({}) AND partdefid = 0)",
           quote_literal_sql(name)),
       "Make the plan again with the schema of the database (--schema)."});
}

Step attach_step(const std::string& partition, const std::string& parent, const std::string& bound) {
  Step step = brief_step(fmt::format("Attach {} to {}", partition, parent),
                         fmt::format("ALTER TABLE {} ATTACH PARTITION {} {}", parent, partition, bound),
                         "SELECT " + is_partition_condition(partition, parent));
  step.rollback = {{StepClass::brief, fmt::format("ALTER TABLE {} DETACH PARTITION {}", parent, partition)}};
  return step;
}

std::string why_unproved_inside(const Catalog& catalog, const Relation& partition, const Relation& parent,
                                const PartitionBound& bound, const PartitionCondition& condition) {
  if (!condition.why_not.empty()) return condition.why_not;
  if (condition.beyond_model || condition.sql.empty()) return {};
  const bool proved = proves_partition(catalog, with_check(partition, condition.sql), parent, bound);
  return proved ? std::string() : std::string(kUnproved);
}

std::string why_unproved_outside(const Relation& default_partition, const Relation& parent, const PartitionBound& bound,
                                 const PartitionCondition& condition) {
  if (!condition.why_not.empty()) return condition.why_not;
  if (condition.beyond_model) return {};
  const bool proved = proves_outside(with_check(default_partition, condition.sql), parent.partition_key, bound);
  return proved ? std::string() : std::string(kUnproved);
}

void append_rewrite(Rewrite& rewrite, Rewrite other) {
  for (Phase& phase : other.phases) {
    add_steps(rewrite, phase.kind, std::move(phase.title), std::move(phase.steps));
  }
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  append(rewrite.assumptions, other.assumptions);
  append(rewrite.preflight, other.preflight);
  append(rewrite.notes, other.notes);
}

}  // namespace pglatch
