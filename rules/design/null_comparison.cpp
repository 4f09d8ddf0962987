#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "rules/support/expressions.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

bool is_null(const Node* node) {
  if (const auto* cast = as<TypeCast>(node)) node = cast->arg;
  const auto* constant = as<A_Const>(node);
  return constant != nullptr && constant->isnull;
}

// The operator by which the expression compares with NULL; empty where it does not.
std::string_view comparison(const A_Expr& expression) {
  constexpr std::string_view kComparisons[] = {"=", "<>", "<", "<=", ">", ">="};
  if (expression.kind != AEXPR_OP || (!is_null(expression.lexpr) && !is_null(expression.rexpr))) return {};
  const auto names = each(expression.name);
  const std::string_view name = names.size() == 1 ? string_value(names[0]) : std::string_view();
  const bool compares = std::find(std::begin(kComparisons), std::end(kComparisons), name) != std::end(kComparisons);
  return compares ? name : std::string_view();
}

void look_at(const StatementContext& context, const A_Expr& expression, const Rule& rule, Reporter& reporter) {
  const std::string_view name = comparison(expression);
  if (name.empty()) return;
  const std::uint32_t start = context.statement.offset(expression.location);
  const ByteRange operation{start, start + static_cast<std::uint32_t>(name.size())};
  Finding finding = make_finding(context, rule, operation, kNoRelation);
  const bool in_definition = context.statement.tag() == T_CreateStmt || context.statement.tag() == T_AlterTableStmt ||
                             context.statement.tag() == T_CreateDomainStmt;
  finding.message = fmt::format("A comparison with NULL by {} is never true. {}", operation.of(context.sql),
                                in_definition ? "It is NULL for every row, which a CHECK takes for true."
                                              : "It is NULL for every row, so that a WHERE with it finds none.");
  finding.help = name == "=" ? "Write IS NULL." : name == "<>" ? "Write IS NOT NULL." : "Leave the comparison out.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  walk_statement(context.statement.node, [&](const Node* node) {
    if (const auto* expression = as<A_Expr>(node)) look_at(context, *expression, rule, reporter);
    return Walk::into;
  });
}

}  // namespace

extern const Rule kNullComparison;
const Rule kNullComparison{"null-comparison",
                           "design",
                           Severity::warning,
                           "A comparison with NULL is never true.",
                           kWithExpressions,
                           check,
                           true};

}  // namespace pglatch
