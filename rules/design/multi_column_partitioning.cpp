#include <fmt/core.h>

#include "rules/support/table_definition.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& table = *as<CreateStmt>(context.statement.node);
  const PartitionSpec* partitioning = table.partspec;
  if (partitioning == nullptr || partitioning->strategy != PARTITION_STRATEGY_RANGE) return;
  const std::size_t columns = each(partitioning->partParams).size();
  if (columns < 2 || defines_nothing(context)) return;

  const ByteRange statement = context.statement.range;
  Finding finding =
      make_finding(context, rule,
                   find_words(context.sql, {context.statement.offset(partitioning->location), statement.end}, {"range"})
                       .value_or(statement),
                   kNoRelation);
  finding.relations.push_back(table_name(context, *table.relation));
  finding.message = fmt::format(
      "The partitions of {} are ranges of {} columns, which are compared as rows. Where the first column of a bound "
      "decides, the others do not count: (1, 9) lies between (1, 5) and (2, 1).",
      finding.relations.front(), columns);
  finding.help = "Partition by one column, and the partitions again by the next one (PARTITION BY in each of them).";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_CreateStmt};

}  // namespace

extern const Rule kMultiColumnPartitioning;
const Rule kMultiColumnPartitioning{"multi-column-partitioning",
                                    "design",
                                    Severity::info,
                                    "Range partitions by several columns are compared as rows, which surprises.",
                                    kNodes,
                                    check,
                                    true};

}  // namespace pglatch
