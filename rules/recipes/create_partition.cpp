// CREATE TABLE … PARTITION OF, which locks the parent against everybody: a table of its own, made like the parent,
// then ATTACH PARTITION, which lets the parent be read and written. A default partition that would be searched proves
// by a validated CHECK that it has no rows of the new one.
//
// What LIKE has to copy so that the partition ends up as PARTITION OF would make it was measured on 14 to 18: all but
// comments, indexes, statistics and identity. Indexes, foreign keys, triggers and (17 on) identity come with the
// attach, and what LIKE made the table's own becomes inherited then.
//
// DefineRelation() and ATExecAttachPartition() in tablecmds.c.
#include "rules/support/create_partition.h"

#include <fmt/format.h>

#include "analyzer/catalog/partition.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/partition_clauses.h"
#include "rules/recipes/partition_steps.h"
#include "rules/recipes/recipes.h"

namespace pglatch {
namespace {

constexpr int kFirstWithCompression = 14;

// The partition while it is planned.
struct NewPartition {
  const StatementContext& context;
  const CreateStmt& statement;
  const Relation& parent;
  const PartitionClauses& clauses;
  std::string name;  ///< qualified and quoted
  std::string parent_name;

  // A partition is stored as its parent says where the statement does not; LIKE leaves that out.
  [[nodiscard]] std::string storage() const {
    std::string out = clauses.partition_by.empty() ? "" : " " + clauses.partition_by;
    if (statement.accessMethod == nullptr && !parent.access_method->empty()) {
      out += " USING " + quote_identifier_sql(*parent.access_method);
    }
    if (!clauses.storage.empty()) out += " " + clauses.storage;
    if (statement.tablespacename == nullptr && !parent.tablespace->empty()) {
      out += " TABLESPACE " + quote_identifier_sql(*parent.tablespace);
    }
    return out;
  }

  [[nodiscard]] std::string create_table() const {
    std::string constraints;
    for (const std::string& constraint : clauses.constraints) constraints += ", " + constraint;
    return fmt::format(
        "CREATE {}{}TABLE {}{} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING "
        "GENERATED{}{}){}",
        clauses.persistence, clauses.persistence.empty() ? "" : " ", statement.if_not_exists ? "IF NOT EXISTS " : "",
        name, parent_name, context.pg_version >= kFirstWithCompression ? " INCLUDING COMPRESSION" : "", constraints,
        storage());
  }

  // The table is there as this step leaves it: empty, with the parent's columns, attached to nothing or to the parent.
  [[nodiscard]] std::string is_created() const {
    return fmt::format(
        "SELECT {attached} OR EXISTS (\n"
        "  SELECT FROM pg_class c\n"
        "  WHERE c.oid = to_regclass({name}) AND c.relkind = '{kind}' AND NOT c.relispartition\n"
        "    AND pg_relation_size(c.oid) = 0 AND NOT EXISTS (\n"
        "      SELECT FROM pg_attribute a\n"
        "      WHERE a.attrelid = to_regclass({parent}) AND a.attnum > 0 AND NOT a.attisdropped AND NOT EXISTS (\n"
        "        SELECT FROM pg_attribute b\n"
        "        WHERE b.attrelid = c.oid AND b.attname = a.attname AND b.atttypid = a.atttypid\n"
        "          AND b.atttypmod = a.atttypmod)))",
        fmt::arg("attached", is_partition_condition(name, parent_name)), fmt::arg("name", quote_literal_sql(name)),
        fmt::arg("kind", clauses.partition_by.empty() ? 'r' : 'p'), fmt::arg("parent", quote_literal_sql(parent_name)));
  }

  [[nodiscard]] Step create_step() const {
    Step step = brief_step(fmt::format("Create {} as a table of its own", name), create_table(), is_created());
    if (!clauses.alters.empty()) {
      step.sql.push_back(fmt::format("ALTER TABLE {} {}", name, fmt::join(clauses.alters, ", ")));
    }
    step.on_failure = fmt::format(
        "Nothing is left behind: run the script again. Where another table has the name {}, rename or drop that one "
        "first.",
        name);
    step.rollback = {{StepClass::brief, fmt::format("DROP TABLE IF EXISTS {}", name)}};
    return step;
  }
};

void assume_what_is_not_known(const NewPartition& partition, Rewrite& rewrite) {
  if (partition.parent.origin == Origin::unknown) {
    rewrite.assumptions.push_back(
        {fmt::format("{} is a partitioned table without a default partition, in the default tablespace: the migrations "
                     "do not show it.",
                     partition.parent_name),
         fmt::format("SELECT EXISTS (\n  SELECT FROM pg_partitioned_table t JOIN pg_class c ON c.oid = t.partrelid\n"
                     "  WHERE c.oid = to_regclass({}) AND t.partdefid = 0 AND c.reltablespace = 0 AND c.relam = 0)",
                     quote_literal_sql(partition.parent_name)),
         "Make the plan again with the schema of the database (--schema)."});
  }
  if (partition.statement.if_not_exists) {
    rewrite.assumptions.push_back(
        {fmt::format("There is no {} yet, unless a run of this plan made it.", partition.name),
         partition.is_created() + fmt::format(" OR to_regclass({}) IS NULL", quote_literal_sql(partition.name)),
         "The statement has nothing to do then: take it out of the migration."});
  }
}

Refusal unproved(const std::string& table, std::string why) {
  return {fmt::format("{} is searched for rows of the new partition under the strongest lock, and no CHECK can be "
                      "written that spares it: {}",
                      table, why),
          "Detach the default partition first, or create the partition while nobody needs the table."};
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<CreateStmt>(context.statement.node);
  const auto creation = partition_creation(context);
  if (!creation || context.effects.fails) return std::nullopt;
  const RangeVar& target = *statement.relation;
  const std::string schema = target.schemaname != nullptr ? std::string(target.schemaname)
                                                          : std::string(creation_schema(context.session.search_path()));
  if (context.catalog.find({schema, text(target.relname)}, {}) != nullptr) return std::nullopt;
  const Relation& parent = *creation->parent;
  const auto clauses = partition_clauses(context, statement, parent);
  if (!clauses) return std::nullopt;
  Rewrite result;
  result.partition_of = display_name(parent);
  if (clauses->refusal) {
    result.refusal = clauses->refusal;
    return result;
  }
  const NewPartition partition{
      context, statement, parent, *clauses, quote_qualified(schema, text(target.relname)), context.name(parent.id)};

  std::optional<ProvingCheck> check;
  if (default_is_searched(context, parent)) {
    const Relation& other = *context.catalog.find(context.catalog.default_partition(parent));
    const PartitionBound bound = partition_bound(*statement.partbound);
    PartitionCondition outside = outside_bound(parent, bound);
    if (std::string why = why_unproved_outside(other, parent, bound, outside); !why.empty()) {
      result.refusal = unproved(context.name(other.id), std::move(why));
      return result;
    }
    check.emplace(proving_check(other, std::move(outside), partition.name, partition.parent_name));
    check->prepare(context, result);
    check->announce(result);
  }

  std::vector<Step> steps;
  if (check) steps = check->check_time_zone();
  if (context.pg_version < kFirstThatAttachesOnline) {
    // ATTACH takes the same lock there: the statement as it is, tried until it has it.
    steps.push_back(brief_step(fmt::format("Create {}", partition.name),
                               std::string(context.statement.range.of(context.sql)),
                               "SELECT " + is_partition_condition(partition.name, partition.parent_name)));
  } else {
    Step attach = attach_step(partition.name, partition.parent_name, clauses->bound);
    attach.guarded = check && check->condition.beyond_model;
    add_steps(result, PhaseKind::expand, fmt::format("Create {}", partition.name), {partition.create_step()});
    steps.push_back(std::move(attach));
  }
  add_steps(result, PhaseKind::switch_, fmt::format("Make {} a partition of {}", partition.name, partition.parent_name),
            std::move(steps));
  if (check) check->remove(result);
  assume_what_is_not_known(partition, result);
  return result;
}

constexpr NodeTag kNodes[] = {T_CreateStmt};
constexpr std::string_view kRules[] = {"create-partition-of", "create-partition-scans-default"};

}  // namespace

const Recipe kCreatePartitionRecipe{"create-partition", "CREATE TABLE … PARTITION OF: LIKE, then ATTACH", kNodes,
                                    kRules, rewrite};

}  // namespace pglatch
