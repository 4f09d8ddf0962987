// ALTER TYPE … ADD VALUE in a transaction that goes on to use the value: PostgreSQL reads it only once it is committed,
// so the plan commits it in a step of its own before. Where nothing uses it the statement stays as it is.
//
// PostgreSQL documentation, ALTER TYPE, "ADD VALUE … in a transaction block"; check_safe_enum_use() in enum.c.
#include <fmt/format.h>

#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/recipes.h"

namespace pglatch {
namespace {

// Up to 16 a value added to a type of the same transaction has to wait as well.
constexpr int kFirstThatKnowsNewTypes = 17;

bool ends_transaction(const Statement& statement) {
  const auto* control = as<TransactionStmt>(statement.node);
  return control != nullptr && (control->kind == TRANS_STMT_COMMIT || control->kind == TRANS_STMT_ROLLBACK);
}

// As a constant, or in the text of a function or DO block.
bool is_used(const StatementContext& context, std::string_view label) {
  const std::string literal = quote_literal_sql(label);
  for (const Statement& statement : context.following) {
    if (ends_transaction(statement)) return false;
    if (statement.range.of(context.sql).find(literal) != std::string_view::npos) return true;
  }
  return false;
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<AlterEnumStmt>(context.statement.node);
  const bool adds = statement.oldVal == nullptr && statement.newVal != nullptr;
  if (!adds || context.effects.refused() || context.session.in_transaction() != InTransaction::yes) return std::nullopt;
  const std::string_view label = text(statement.newVal);
  if (!is_used(context, label)) return std::nullopt;
  const NameView name = name_of(statement.typeName);
  const SearchPath& path = context.session.search_path();
  const TypeObject* type = context.catalog.find_type(name, path);
  const bool is_new = type != nullptr && type->transaction == context.catalog.transaction;
  if (is_new && context.pg_version >= kFirstThatKnowsNewTypes) return std::nullopt;

  std::string schema = context.catalog.schema_of_type(name, path);
  if (schema.empty()) schema = name.schema;
  const std::string quoted = schema.empty() ? quote_identifier_sql(name.name) : quote_qualified(schema, name.name);
  const std::string literal = quote_literal_sql(label);
  std::string place;
  if (statement.newValNeighbor != nullptr) {
    place = fmt::format(" {} {}", statement.newValIsAfter ? "AFTER" : "BEFORE",
                        quote_literal_sql(text(statement.newValNeighbor)));
  }
  Step step = brief_step(fmt::format("Add the value {} to {}, and commit it before it is used", literal, quoted),
                         fmt::format("ALTER TYPE {} ADD VALUE IF NOT EXISTS {}{}", quoted, literal, place),
                         fmt::format("SELECT EXISTS (SELECT FROM pg_enum WHERE enumtypid = to_regtype({}) AND "
                                     "enumlabel = {})",
                                     quote_literal_sql(quoted), literal));
  step.irreversible = true;
  Rewrite result;
  add_steps(result, PhaseKind::expand, fmt::format("Add values to {}", quoted), {std::move(step)});
  return result;
}

constexpr NodeTag kNodes[] = {T_AlterEnumStmt};
constexpr std::string_view kRules[] = {"enum-value-used-in-same-transaction"};

}  // namespace

const Recipe kAddEnumValueRecipe{"add-enum-value", "ALTER TYPE … ADD VALUE: committed before the value is used", kNodes,
                                 kRules, rewrite};

}  // namespace pglatch
