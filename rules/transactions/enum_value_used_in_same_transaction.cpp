#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

constexpr std::string_view kError = "unsafe use of new value \"";

// What the error quotes: the label.
std::string_view label_in(std::string_view error) {
  const std::string_view rest = error.substr(kError.size());
  return rest.substr(0, rest.find("\" of enum type"));
}

// The first place where the statement writes the label.
ByteRange place_of(const StatementContext& context, std::string_view label) {
  const ByteRange range = context.statement.range;
  const std::string literal = fmt::format("'{}'", label);
  const std::size_t at = range.of(context.sql).find(literal);
  if (at == std::string_view::npos) return command_range(context);
  const auto start = static_cast<std::uint32_t>(range.start + at);
  return {start, start + static_cast<std::uint32_t>(literal.size())};
}

const Statement* adding(const StatementContext& context, std::string_view label) {
  for (auto statement = context.preceding.rbegin(); statement != context.preceding.rend(); ++statement) {
    const auto* alter = as<AlterEnumStmt>(statement->node);
    if (alter != nullptr && alter->oldVal == nullptr && text(alter->newVal) == label) return &*statement;
  }
  return nullptr;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (!context.effects.fails || context.code != nullptr) return;
  const std::string& error = *context.effects.fails;
  if (error.substr(0, kError.size()) != kError) return;

  const std::string_view label = label_in(error);
  Finding finding = make_finding(context, rule, place_of(context, label), kNoRelation);
  finding.message = fmt::format(
      "PostgreSQL refuses this statement: {}. A value that ALTER TYPE adds cannot be used before its transaction is "
      "committed.",
      error);
  finding.help = "Put ALTER TYPE … ADD VALUE into a migration of its own, or COMMIT after it.";
  if (const Statement* statement = adding(context, label)) {
    finding.related.push_back({first_line(context.sql, statement->range), "the value is added here"});
  }
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kEnumValueUsedInSameTransaction;
const Rule kEnumValueUsedInSameTransaction{"enum-value-used-in-same-transaction",
                                           "transactions",
                                           Severity::error,
                                           "A new enum value cannot be used in the transaction that adds it.",
                                           kEveryStatement,
                                           check};

}  // namespace pglatch
