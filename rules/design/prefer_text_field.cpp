#include "analyzer/base/concat.h"
#include "rules/support/table_definition.h"

namespace pglatch {
namespace {

void look_at(const TypedColumn& column, const Rule& rule, Reporter& reporter) {
  const bool padded = column.is_builtin("bpchar");
  if (!padded && !column.is_builtin("varchar")) return;
  const TypeRef type = type_ref(&column.type);
  if (type.modifiers.empty()) return;

  const std::string limit = std::to_string(type.modifiers.front());
  Finding finding = column.finding(rule);
  finding.message =
      concat({column.display(), " is limited to ", limit, " characters by its type, which saves nothing. ",
              padded ? "Every value is filled up with blanks, and any other limit rewrites the table."
                     : "Another limit takes an ALTER TABLE that locks everybody out, a lower one "
                       "rewrites the table."});
  finding.help = concat({"Make it text. Where the limit matters, a CHECK (length(…) <= ", limit,
                         ") can be replaced while the table is in use."});
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_typed_column(context, [&](const TypedColumn& column) { look_at(column, rule, reporter); });
}

}  // namespace

extern const Rule kPreferTextField;
const Rule kPreferTextField{"prefer-text-field",
                            "design",
                            Severity::info,
                            "char(n) and varchar(n) cost a lock to change and save nothing.",
                            kTableDefinitions,
                            check,
                            true};

}  // namespace pglatch
