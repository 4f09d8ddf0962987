#include <fmt/core.h>

#include <string>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/script_names.h"

namespace pglatch {
namespace {

// The type of that name as the catalog has it; the schema is the one that it would be in where it has none.
struct NamedType {
  ObjectName name;
  bool made_here = false;
};

NamedType find_type(const StatementContext& context, NameView written) {
  const SearchPath& path = context.session.search_path();
  const TypeObject* type = context.catalog.find_type(written, path);
  std::string schema = context.catalog.schema_of_type(written, path);
  if (schema.empty()) schema = written.schema.empty() ? creation_schema(path) : written.schema;
  const bool made_here =
      type != nullptr && type->origin != Origin::unknown && type->script != 0 && type->script == context.catalog.script;
  return {{NameSpace::type, std::move(schema), std::string(written.name)}, made_here};
}

std::string display(const ObjectName& name) { return quote_qualified(name.schema, name.name); }

Finding base_finding(const StatementContext& context, const Rule& rule) {
  return make_finding(context, rule, context.statement.range, kNoRelation);
}

void look_at_value(const StatementContext& context, const AlterEnumStmt& stmt, const Rule& rule, Reporter& reporter) {
  if (stmt.oldVal == nullptr) return;
  const NamedType type = find_type(context, name_of(stmt.typeName));
  if (type.made_here) return;
  const std::string from = quote_literal_sql(text(stmt.oldVal));
  Finding finding = base_finding(context, rule);
  finding.message = fmt::format(
      "Renaming value {} of enum {} breaks the code that writes it or compares with it. All rows that hold it are read "
      "with the new name from the commit on, which old code does not know.",
      from, display(type.name));
  finding.help = fmt::format(
      "Add {0} as a further value, let the code understand both, then change the rows in batches; {1} can stay, "
      "unused.",
      quote_literal_sql(text(stmt.newVal)), from);
  reporter.report(std::move(finding));
}

void look_at_type(const StatementContext& context, const RenameStmt& stmt, const Rule& rule, Reporter& reporter) {
  const NamedType type = find_type(context, name_of(as<List>(stmt.object)));
  const ObjectName to{NameSpace::type, type.name.schema, std::string(text(stmt.newname))};
  if (type.made_here || is_given_later(context, type.name, Reach::transaction)) return;
  if (was_free_before(context, to) || was_given_before(context, type.name)) return;
  Finding finding = base_finding(context, rule);
  finding.message = fmt::format(
      "Renaming type {} breaks the code that casts to it or declares variables of it. Columns follow; queries, drivers "
      "and the text of functions name it as before.",
      display(type.name));
  finding.help =
      fmt::format("Let the name be, or create {} beside it and move columns and code over one by one.", display(to));
  settle_in_code(context, type.name, finding);
  reporter.report(std::move(finding));
}

void look_at_attribute(const StatementContext& context, const RenameStmt& stmt, const Rule& rule, Reporter& reporter) {
  const NamedType type = find_type(context, name_of(stmt.relation));
  if (type.made_here) return;
  Finding finding = base_finding(context, rule);
  finding.message = fmt::format("Renaming attribute {} of type {} breaks the code that uses its old name.",
                                quote_identifier_sql(text(stmt.subname)), display(type.name));
  finding.help = "Change the name in the code alone, or create a new type and move columns and code over one by one.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.refused()) return;
  if (const auto* enumeration = as<AlterEnumStmt>(context.statement.node)) {
    return look_at_value(context, *enumeration, rule, reporter);
  }
  const auto& stmt = *as<RenameStmt>(context.statement.node);
  if (stmt.renameType == OBJECT_TYPE || stmt.renameType == OBJECT_DOMAIN) {
    look_at_type(context, stmt, rule, reporter);
  } else if (stmt.renameType == OBJECT_ATTRIBUTE) {
    look_at_attribute(context, stmt, rule, reporter);
  }
}

constexpr NodeTag kNodes[] = {T_AlterEnumStmt, T_RenameStmt};

}  // namespace

extern const Rule kRenameEnumValue;
const Rule kRenameEnumValue{"rename-enum-value",
                            "compat",
                            Severity::warning,
                            "Renaming a value of an enum, or a type, breaks the code that uses the old name.",
                            kNodes,
                            check};

}  // namespace pglatch
