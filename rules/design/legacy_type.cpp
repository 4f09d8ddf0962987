#include <fmt/core.h>

#include <iterator>

#include "rules/support/table_definition.h"

namespace pglatch {
namespace {

struct LegacyType {
  std::string_view name;
  std::string_view trap;
  std::string_view help;
};

constexpr LegacyType kLegacyTypes[] = {
    {"money",
     "What it prints and reads depends on lc_monetary: a dump that is restored elsewhere means other amounts, and the "
     "currency is nowhere kept.",
     "Make it numeric, with the currency in a column of its own."},
    {"timetz", "An offset without a date cannot follow summer time; the type is there for the SQL standard alone.",
     "Make it timestamptz, or time with the name of the zone in a column of its own."},
    {"hstore", "It holds text alone, does not nest and comes from an extension, which jsonb does not.",
     "Make it jsonb."},
};

void look_at(const TypedColumn& column, const Rule& rule, Reporter& reporter) {
  const NameView written = name_of(column.type.names);
  for (const LegacyType& type : kLegacyTypes) {
    // hstore may be in any schema.
    if (written.name != type.name || !(column.is_builtin(type.name) || type.name == "hstore")) continue;
    Finding finding = column.finding(rule);
    finding.message = fmt::format("{} has the type {}, which is kept for old programs. {}", column.display(),
                                  format_type(type_ref(&column.type)), type.trap);
    finding.help = type.help;
    reporter.report(std::move(finding));
  }
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_typed_column(context, [&](const TypedColumn& column) { look_at(column, rule, reporter); });
}

}  // namespace

extern const Rule kLegacyType;
const Rule kLegacyType{
    "legacy-type", "design", Severity::warning, "The type is kept for compatibility and has traps.", kTableDefinitions,
    check,         true};

}  // namespace pglatch
