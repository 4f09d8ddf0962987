#include <fmt/core.h>

#include "rules/support/table_definition.h"

namespace pglatch {
namespace {

void look_at(const TypedColumn& column, const Rule& rule, Reporter& reporter) {
  if (column.by == DefinedBy::alter_type) return;
  // serial, bigserial and the others have the word in their names.
  if (name_of(column.type.names).name.find("serial") == std::string_view::npos) return;
  TypeRef type = type_ref(&column.type);
  if (!type.serial) return;
  Finding finding = column.finding(rule);
  finding.message = fmt::format(
      "{} takes its numbers from a sequence that is apart from the column. The sequence needs grants of its own, and "
      "any "
      "INSERT may write numbers that the sequence will come to later.",
      column.display());
  finding.help = fmt::format("Make it {} GENERATED ALWAYS AS IDENTITY.", format_type(type));
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_typed_column(context, [&](const TypedColumn& column) { look_at(column, rule, reporter); });
}

}  // namespace

extern const Rule kPreferIdentity;
const Rule kPreferIdentity{"prefer-identity",
                           "design",
                           Severity::info,
                           "serial leaves permissions and ownership of a sequence apart from its column.",
                           kTableDefinitions,
                           check,
                           true};

}  // namespace pglatch
