#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto hit = subcommand.blocked_during(WorkKind::rewrite);
  if (hit.empty()) return;

  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  const std::string_view method = text(subcommand.command.name);
  Finding finding = make_finding(context, rule, subcommand.range(), target, hit);
  finding.message =
      fmt::format("SET ACCESS METHOD {} {} while every row is written anew and the indexes are built again. {}",
                  method.empty() ? "DEFAULT" : quote_identifier_sql(method), blocking(context, target, hit),
                  lock_sentence(strongest_lock(context, target, hit)));
  finding.help =
      "Create a new table with the access method, copy the rows in batches while a trigger keeps it in step, and swap "
      "the names in one short transaction. Of a partitioned table only new partitions need it.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_SetAccessMethod},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kSetAccessMethod;
const Rule kSetAccessMethod{"set-access-method",
                            "tables",
                            Severity::error,
                            "Another access method rewrites the table while reads and writes are blocked.",
                            kNodes,
                            check};

}  // namespace pglatch
