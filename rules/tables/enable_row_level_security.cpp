#include <fmt/core.h>

#include <algorithm>

#include "rules/support/alter_table.h"
#include "rules/support/row_security.h"

namespace pglatch {
namespace {

// A later statement of the script creates one.
bool gets_policy(const StatementContext& context, const Relation& table) {
  return std::any_of(context.following.begin(), context.following.end(), [&](const Statement& statement) {
    const auto* create = as<CreatePolicyStmt>(statement.node);
    const Relation* protected_table = create == nullptr ? nullptr : find_relation(context, create->table);
    return protected_table != nullptr && protected_table->id == table.id;
  });
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const StatementContext& context = subcommand.context;
  const Relation& table = subcommand.target;
  if (!context.is_live(table.id) || context.effects.refused() || has_policy(table)) return;
  // Where every statement is committed at once, others see the table without its policies.
  const bool alone = context.session.in_transaction() == InTransaction::no;
  if (!alone && gets_policy(context, table)) return;
  Finding finding = make_finding(context, rule, subcommand.range(), table.id);
  finding.message = fmt::format(
      "Row level security hides all rows of {} from everybody but its owner, until a policy allows them. Queries of "
      "other roles fail silently: they find nothing, and their INSERTs are refused.",
      subcommand.table());
  finding.help = fmt::format("Create the policies first, or in the same transaction: CREATE POLICY … ON {} USING (…);",
                             subcommand.table());
  if (!alone) {
    finding.holds_at_end = [id = table.id](const Catalog& at_end) {
      const Relation* left = at_end.find(id);
      return left != nullptr && !has_policy(*left);
    };
  }
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_command(context, {AT_EnableRowSecurity},
               [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kEnableRowLevelSecurity;
const Rule kEnableRowLevelSecurity{"enable-row-level-security",
                                   "tables",
                                   Severity::warning,
                                   "Row level security without a policy hides all rows from everybody but the owner.",
                                   kNodes,
                                   check};

}  // namespace pglatch
