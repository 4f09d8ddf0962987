#include <fmt/core.h>

#include "rules/support/new_index.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

constexpr std::size_t kMostColumns = 3;

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& index = *as<IndexStmt>(context.statement.node);
  const std::size_t columns = each(index.indexParams).size();
  // Other methods search each column by itself, or are made for many of them.
  if (columns <= kMostColumns || index.unique || text(index.accessMethod) != "btree") return;
  const Relation* table = table_of_new_index(context, index);
  if (table == nullptr) return;

  Finding finding = make_finding(context, rule, leading_words(context, {"create", "index", "concurrently"}), table->id);
  finding.message = fmt::format(
      "This index on {} has {} columns. Each makes it bigger and every write slower; a search uses a later column only "
      "as far as those before it are fixed by =.",
      context.name(table->id), columns);
  finding.help =
      "Keep the columns that the queries compare by =, most selective first; put those that are only read "
      "into INCLUDE (…).";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt};

}  // namespace

extern const Rule kIndexTooManyColumns;
const Rule kIndexTooManyColumns{"index-too-many-columns",
                                "design",
                                Severity::info,
                                "An index on many columns is big, and its later columns seldom help.",
                                kNodes,
                                check,
                                true};

}  // namespace pglatch
