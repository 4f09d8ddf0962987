// ATTACH PARTITION of a table with rows: it locks the table, and a default partition, against everybody while it looks
// at each row and builds what the parent has and the table lacks. All of that comes before: a validated CHECK that
// implies the bound, equal indexes built CONCURRENTLY, keys and foreign keys, a validated CHECK that rules the new
// rows out of the default partition. What is left to the attach is a change of the catalogs.
//
// PostgreSQL documentation, ALTER TABLE, "ATTACH PARTITION"; ATExecAttachPartition() in tablecmds.c.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/catalog/partition.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/code_tokens.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/partition_keys.h"
#include "rules/recipes/partition_steps.h"
#include "rules/recipes/partitioned_index.h"
#include "rules/recipes/recipes.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

// The bound as it is written, which ends the statement.
std::string written_bound(const StatementContext& context) {
  const std::string_view text = context.statement.range.of(context.sql);
  const Tokens tokens = code_tokens(text);
  std::size_t at = 0;
  while (at < tokens.size() && !(tokens[at].is_word("attach", text))) ++at;
  at += 3;  // ATTACH PARTITION name
  while (at + 1 < tokens.size() && tokens[at].is('.', text)) at += 2;
  return at < tokens.size() ? text_of(text, tokens, at, tokens.size()) : std::string();
}

// The statement does work of one of these kinds below the table, while others need it.
bool works_below(const StatementContext& context, RelationId table, std::initializer_list<WorkKind> kinds) {
  const auto tree = context.catalog.with_descendants(table);
  return std::any_of(kinds.begin(), kinds.end(), [&](WorkKind kind) {
    const auto hit = blocked_during(context, kind);
    return std::any_of(hit.begin(), hit.end(),
                       [&](RelationId id) { return std::find(tree.begin(), tree.end(), id) != tree.end(); });
  });
}

struct Attachment {
  const StatementContext& context;
  const Relation& partition;
  const Relation& parent;
  PartitionBound bound;
  std::string name{};
  std::string parent_name{};
  std::vector<ProvingCheck> checks{};

  std::optional<Refusal> refusal() const {
    if (parent.partition_key.strategy == PartitionStrategy::none || parent.origin == Origin::unknown) {
      return Refusal{fmt::format("The partition key and the indexes of {} are not known here.", parent_name),
                     "Make the plan again with the schema of the database (--schema)."};
    }
    if (partition.columns_known) return std::nullopt;
    return Refusal{fmt::format("What {} has is not known here: its columns, constraints and indexes.", name),
                   "Make the plan again with the schema of the database (--schema)."};
  }

  std::optional<Refusal> prove_inside() {
    PartitionCondition condition = inside_bound(context.catalog, parent, bound, partition.id);
    if (std::string why = why_unproved_inside(context.catalog, partition, parent, bound, condition); !why.empty()) {
      return Refusal{
          fmt::format("Each row of {} is looked at under the strongest lock, and no CHECK can be written that "
                      "spares it: {}",
                      name, why),
          "Attach the table while nobody needs it, or create an empty partition and move the rows in batches."};
    }
    if (!condition.sql.empty()) checks.push_back(proving_check(partition, std::move(condition), name, parent_name));
    return std::nullopt;
  }

  std::optional<Refusal> prove_outside() {
    const Relation& other = *context.catalog.find(context.catalog.default_partition(parent));
    PartitionCondition condition = outside_bound(parent, bound);
    if (std::string why = why_unproved_outside(other, parent, bound, condition); !why.empty()) {
      return Refusal{
          fmt::format("{} is searched for rows of the new partition under the strongest lock, and no CHECK can "
                      "be written that spares it: {}",
                      display_name(other), why),
          "Attach the table while nobody needs the default partition."};
    }
    checks.push_back(proving_check(other, std::move(condition), name, parent_name));
    return std::nullopt;
  }
};

// A DEFAULT partition takes what no other one does: those that the CHECK knows of.
Step check_siblings(const Attachment& attachment) {
  std::string known = quote_literal_sql(attachment.name);
  for (const RelationId id : attachment.parent.partitions) {
    known += ", " + quote_literal_sql(attachment.context.name(id));
  }
  return check_step(
      fmt::format("Check that {} has the partitions of this plan", attachment.parent_name),
      fmt::format("SELECT {} OR NOT EXISTS (\n  SELECT FROM pg_inherits h WHERE h.inhparent = to_regclass({})\n"
                  "    AND NOT h.inhrelid::regclass = ANY (ARRAY[{}]::regclass[]))",
                  is_partition_condition(attachment.name, attachment.parent_name),
                  quote_literal_sql(attachment.parent_name), known),
      "Make the plan again with the schema as it is now (--schema); what is done already is recognised.");
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<AlterTableStmt>(context.statement.node);
  const auto commands = each<AlterTableCmd>(statement.cmds);
  if (commands.size() != 1 || commands[0]->subtype != AT_AttachPartition || context.effects.fails) return std::nullopt;
  const auto* command = as<PartitionCmd>(commands[0]->def);
  if (statement.objtype != OBJECT_TABLE || command == nullptr || command->bound == nullptr) return std::nullopt;
  const Relation* parent = find_relation(context, statement.relation);
  const Relation* partition = find_relation(context, command->name);
  if (parent == nullptr || partition == nullptr || !context.is_live(parent->id)) return std::nullopt;

  const bool scans = works_below(context, partition->id, {WorkKind::scan});
  const bool builds = works_below(context, partition->id, {WorkKind::index_build, WorkKind::validate_fk});
  const bool searches = default_is_searched(context, *parent);
  const bool live = context.is_live(partition->id);
  const bool unknown = live && parent->origin == Origin::unknown;

  Rewrite result;
  Attachment attachment{context, *partition, *parent, partition_bound(*command->bound)};
  attachment.name = context.name(partition->id);
  attachment.parent_name = context.name(parent->id);
  if (!scans && !builds && !searches && !unknown) {
    // A new table, or one that has all: nothing but the locks, of which those on the other side of foreign keys count.
    if (!live && partition->filled) return std::nullopt;
    add_steps(result, PhaseKind::expand,
              fmt::format("Make {} a partition of {}", attachment.name, attachment.parent_name),
              {attach_step(attachment.name, attachment.parent_name, written_bound(context))});
    assume_no_default(context, *parent, result);
    return result;
  }
  if (live) result.refusal = attachment.refusal();
  if (!result.refusal && scans) result.refusal = attachment.prove_inside();
  if (!result.refusal && searches) result.refusal = attachment.prove_outside();
  if (result.refusal) return result;

  std::vector<Step> steps;
  Step attach = attach_step(attachment.name, attachment.parent_name, written_bound(context));
  for (const ProvingCheck& check : attachment.checks) {
    check.prepare(context, result);
    if (check.table.id != partition->id) check.announce(result);
    for (Step& step : check.check_time_zone()) steps.push_back(std::move(step));
    attach.guarded = attach.guarded || check.condition.beyond_model;
  }
  if (live) {
    if (auto refusal = prepare_keys(context, *partition, *parent, result)) {
      result.refusal = std::move(refusal);
      return result;
    }
    steps.push_back(check_keys(*partition, *parent));
  }
  if (attachment.bound.is_default && scans) steps.push_back(check_siblings(attachment));
  steps.push_back(std::move(attach));
  add_steps(result, PhaseKind::switch_,
            fmt::format("Make {} a partition of {}", attachment.name, attachment.parent_name), std::move(steps));
  for (const ProvingCheck& check : attachment.checks) check.remove(result);
  if (scans) {
    result.notes.push_back(
        fmt::format("From its CHECK on {} takes only rows that belong into the partition.", attachment.name));
  }
  return result;
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};
constexpr std::string_view kRules[] = {"attach-partition-scan"};

}  // namespace

const Recipe kAttachPartitionRecipe{
    "attach-partition", "ATTACH PARTITION: behind validated CHECKs and prepared indexes", kNodes, kRules, rewrite};

}  // namespace pglatch
