// The planner's look at where a rewrite leads: its steps must leave the schema as the original would.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/catalog/catalog_diff.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// Compares what the statement of the context, with so many that follow it (`covers`), and its steps make of a
/// catalog. Made before the first step is followed; the catalog is as it was then whenever a function returns.
class EndCheck {
 public:
  EndCheck(Catalog& catalog, const StatementContext& context, std::size_t covers);

  /// Takes down how the steps left the catalog, which were followed since the mark.
  void note_end_of_steps(const Catalog::Mark& before);
  /// Once the steps are taken back: the first difference, in words that follow "the steps"; nothing where there is
  /// none.
  [[nodiscard]] std::optional<std::string> difference();

 private:
  void apply_original();
  void note_changed(const Catalog::Mark& before);

  Catalog& catalog_;
  const StatementContext& context_;
  std::size_t covers_;
  std::vector<RelationId> changed_;  // by either, sorted
  std::vector<CatalogFact> end_of_steps_;
};

}  // namespace pglatch
