#include "analyzer/engine/small_tables.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>

namespace pglatch {

void lower_for_small_tables(Finding& finding, const StatementContext& context) {
  if (context.sizes == nullptr || finding.severity != Severity::error || finding.worked_on.empty()) return;
  const bool all_small = std::all_of(finding.worked_on.begin(), finding.worked_on.end(),
                                     [&](RelationId relation) { return context.table_size(relation).is_small(); });
  if (!all_small) return;
  finding.severity = Severity::warning;
  const RelationId first = finding.worked_on.front();
  const TableSize size = context.table_size(first);
  const std::size_t others = finding.worked_on.size() - 1;
  finding.message += fmt::format(
      " It is soon over, hence a warning: {} is small ({} by {}){}.", context.name(first), to_string(size), size.source,
      others == 0 ? "" : fmt::format(", and so {} {} more", others == 1 ? "is" : "are", others));
}

}  // namespace pglatch
