#include <fmt/core.h>

#include <algorithm>

#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

// One kind of work on the table that becomes a partition.
struct Price {
  WorkKind kind;
  std::string_view work;
  std::string_view remedy;
};

constexpr Price kPrices[] = {
    {WorkKind::scan, "every row is checked against its bound",
     "Prove the bound first: a CHECK with the same limits and IS NOT NULL for the key, added NOT VALID and validated "
     "on "
     "the table before it is attached."},
    {WorkKind::index_build, "its missing indexes are built",
     "Build the missing indexes of the parent on the table first, with CREATE INDEX CONCURRENTLY."},
    {WorkKind::validate_fk, "its missing foreign keys are checked",
     "Add the foreign keys of the parent to the table first, NOT VALID, and validate them."},
};

std::vector<RelationId> without(std::vector<RelationId> relations, const std::vector<RelationId>& excluded) {
  relations.erase(std::remove_if(relations.begin(), relations.end(),
                                 [&](RelationId relation) {
                                   return std::find(excluded.begin(), excluded.end(), relation) != excluded.end();
                                 }),
                  relations.end());
  return relations;
}

void report_partition(const Subcommand& subcommand, const Relation& partition,
                      const std::vector<RelationId>& default_tree, const Rule& rule, Reporter& reporter) {
  const StatementContext& context = subcommand.context;
  std::vector<RelationId> all;
  std::string works;
  std::string help;
  for (const Price& price : kPrices) {
    const auto hit = without(subcommand.blocked_during(price.kind), default_tree);
    if (hit.empty() || !context.is_live(partition.id)) continue;
    if (!works.empty()) works += " and ";
    works += price.work;
    if (!help.empty()) help += ' ';
    help += price.remedy;
    all.insert(all.end(), hit.begin(), hit.end());
  }
  if (works.empty()) return;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  Finding finding = make_finding(context, rule, subcommand.range(), partition.id, all);
  finding.message = fmt::format("ATTACH PARTITION {} while {}. {}", blocking(context, partition.id, all), works,
                                lock_sentence(strongest_lock(context, partition.id, all)));
  finding.help = help;
  reporter.report(std::move(finding));
}

void report_default(const Subcommand& subcommand, const Relation& default_partition,
                    const std::vector<RelationId>& default_tree, const Rule& rule, Reporter& reporter) {
  const StatementContext& context = subcommand.context;
  auto hit = subcommand.blocked_during(WorkKind::scan);
  hit.erase(std::remove_if(hit.begin(), hit.end(),
                           [&](RelationId relation) {
                             return std::find(default_tree.begin(), default_tree.end(), relation) == default_tree.end();
                           }),
            hit.end());
  if (hit.empty()) return;
  Finding finding = make_finding(context, rule, subcommand.range(), default_partition.id, hit);
  finding.message = fmt::format("ATTACH PARTITION {} while it is searched for rows of the new partition. {}",
                                blocking(context, default_partition.id, hit),
                                lock_sentence(strongest_lock(context, default_partition.id, hit)));
  finding.help =
      "Prove that it has none: a CHECK on the default partition that rules out the new bound, added NOT VALID and "
      "validated before the attach.";
  reporter.report(std::move(finding));
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto* command = as<PartitionCmd>(subcommand.command.def);
  if (command == nullptr) return;
  const StatementContext& context = subcommand.context;
  const Relation* partition = find_relation(context, command->name);
  if (partition == nullptr) return;
  const RelationId other = context.catalog.default_partition(subcommand.target);
  std::vector<RelationId> default_tree;
  if (other != kNoRelation) default_tree = context.catalog.with_descendants(other);
  report_partition(subcommand, *partition, default_tree, rule, reporter);
  if (other != kNoRelation) report_default(subcommand, *context.catalog.find(other), default_tree, rule, reporter);
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AttachPartition},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAttachPartitionScan;
const Rule kAttachPartitionScan{"attach-partition-scan",
                                "partitions",
                                Severity::error,
                                "ATTACH PARTITION blocks the new partition while its rows are checked, unless a "
                                "validated CHECK proves its bound.",
                                kNodes,
                                check};

}  // namespace pglatch
