#include "rules/recipes/sub_statement.h"

#include "analyzer/locks/effects.h"

namespace pglatch {

StatementContext in_place(const StatementContext& context, const Statement& statement, std::string_view sql,
                          const Effects& effects) {
  return {context.script,
          sql,
          statement,
          context.catalog,
          context.session,
          effects,
          context.held,
          context.pg_version,
          context.statements,
          {},
          {},
          nullptr,
          {},
          context.sizes,
          context.timeouts,
          context.walked,
          context.decisions};
}

std::optional<Rewrite> rewrite_of(const StatementContext& context, std::string_view sql,
                                  std::span<const Recipe* const> recipes) {
  const ParsedScript parsed = parse(sql);
  if (context.walked == nullptr || !parsed.errors.empty() || parsed.statements.size() != 1) return std::nullopt;
  const Statement& statement = parsed.statements.front();
  Effects effects;
  compute_effects(statement, {*context.walked, context.session, context.pg_version, sql}, effects);
  const StatementContext inner = in_place(context, statement, sql, effects);
  for (const Recipe* recipe : recipes) {
    if (auto rewrite = recipe->rewrite(inner)) return rewrite;
  }
  return std::nullopt;
}

}  // namespace pglatch
