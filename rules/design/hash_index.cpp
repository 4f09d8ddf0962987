#include <fmt/core.h>

#include "rules/support/new_index.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& index = *as<IndexStmt>(context.statement.node);
  if (text(index.accessMethod) != "hash") return;
  const Relation* table = table_of_new_index(context, index);
  if (table == nullptr) return;

  const ByteRange statement = context.statement.range;
  const ByteRange range = find_words(context.sql, statement, {"using", "hash"}).value_or(statement);
  Finding finding = make_finding(context, rule, range, table->id);
  finding.message = fmt::format(
      "The hash index on {} answers = and nothing else. It cannot sort, be unique, hold several columns or spare a "
      "look "
      "at the table, all of which a btree does at much the same cost.",
      context.name(table->id));
  finding.help = "Leave USING hash out, unless the values are long and only ever compared for equality.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt};

}  // namespace

extern const Rule kHashIndex;
const Rule kHashIndex{
    "hash-index", "design", Severity::info, "A hash index serves equality only, and cannot be unique.", kNodes,
    check,        true};

}  // namespace pglatch
