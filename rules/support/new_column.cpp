#include "rules/support/new_column.h"

#include "analyzer/catalog/column_expressions.h"
#include "analyzer/catalog/volatility.h"
#include "analyzer/locks/type_change.h"
#include "analyzer/parse/type_name.h"

namespace pglatch {
namespace {

constexpr int kFirstWithStoredDefaults = 11;

const TypeObject* type_of(const Subcommand& subcommand, const TypeRef& type) {
  const StatementContext& context = subcommand.context;
  return context.catalog.find_type({type.schema, type.name}, context.session.search_path());
}

}  // namespace

std::string_view default_of_each_row(const Subcommand& subcommand, const ColumnDef& column) {
  const StatementContext& context = subcommand.context;
  if (const Constraint* given = added_constraint(subcommand.command, CONSTR_DEFAULT)) {
    if (context.pg_version < kFirstWithStoredDefaults) return "a default";
    return is_volatile(given->raw_expr, context.catalog, context.session.search_path()) ? "a volatile default"
                                                                                        : std::string_view();
  }
  if (added_constraint(subcommand.command, CONSTR_IDENTITY) != nullptr) return "an identity";
  if (added_constraint(subcommand.command, CONSTR_GENERATED) != nullptr) return {};
  const TypeRef type = type_ref(column.typeName);
  if (type.serial) return "a serial default";
  const TypeObject* domain = type_of(subcommand, type);
  return domain != nullptr && domain->volatile_default ? "the volatile default of its domain" : std::string_view();
}

bool fills_old_rows(const Subcommand& subcommand, const ColumnDef& column) {
  if (const Constraint* given = added_constraint(subcommand.command, CONSTR_DEFAULT)) {
    return !is_null_constant(given->raw_expr);
  }
  for (const ConstrType type : {CONSTR_IDENTITY, CONSTR_GENERATED}) {
    if (added_constraint(subcommand.command, type) != nullptr) return true;
  }
  const TypeRef type = type_ref(column.typeName);
  if (type.serial) return true;
  const TypeObject* domain = type_of(subcommand, type);
  return domain != nullptr && domain->has_default;
}

bool has_constrained_domain(const Subcommand& subcommand, const ColumnDef& column) {
  const StatementContext& context = subcommand.context;
  return locks::is_constrained_domain(type_ref(column.typeName), context.catalog, context.session.search_path());
}

bool is_stored_generated(const Subcommand& subcommand) {
  const Constraint* generated = added_constraint(subcommand.command, CONSTR_GENERATED);
#if PG_VERSION_NUM >= 180000
  return generated != nullptr && generated->generated_kind != 'v';
#else
  return generated != nullptr;
#endif
}

}  // namespace pglatch
