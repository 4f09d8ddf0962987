#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& alter = *as<AlterEnumStmt>(context.statement.node);
  if (alter.newVal == nullptr || alter.oldVal != nullptr || alter.newValNeighbor != nullptr) return;
  if (context.effects.refused()) return;
  const NameView name = name_of(alter.typeName);
  const TypeObject* type = context.catalog.find_type(name, context.session.search_path());
  const std::vector<std::string> labels = type == nullptr ? std::vector<std::string>() : type->labels;
  const bool is_there = std::find(labels.begin(), labels.end(), text(alter.newVal)) != labels.end();
  if (alter.skipIfNewValExists && is_there) return;

  const ByteRange statement = context.statement.range;
  Finding finding = make_finding(context, rule,
                                 find_words(context.sql, statement, {"add", "value"}).value_or(statement), kNoRelation);
  const std::string value = quote_literal_sql(text(alter.newVal));
  finding.message = fmt::format(
      "{} becomes the last value of enum {}, whatever it means. ORDER BY, < and max() go by the order of the values, "
      "which cannot be changed later.",
      value, quote_qualified(name.schema, name.name));
  finding.help = "Say where it belongs with BEFORE or AFTER a value that is there, even if that is the end.";
  if (!labels.empty()) {
    finding.help += fmt::format(" If it is: ALTER TYPE {} ADD VALUE {} AFTER {};",
                                quote_qualified(name.schema, name.name), value, quote_literal_sql(labels.back()));
  }
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_AlterEnumStmt};

}  // namespace

extern const Rule kEnumValueOrdering;
const Rule kEnumValueOrdering{"enum-value-ordering",
                              "policy",
                              Severity::info,
                              "A new enum value without BEFORE or AFTER comes last.",
                              kNodes,
                              check,
                              true};

}  // namespace pglatch
