// The indexes of a plan as a registry: what a builder of indexes needs to know of each, for the part of a plan that
// holds them (PlanPart::indexes). Its JSON is described by integrations/schemas/index-registry.schema.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/plan/plan.h"

namespace pglatch {

/// What an index is for. All but `query` and `foreign_key` keep rows out: without them the data is at risk.
enum class IndexPurpose : std::uint8_t {
  query,        ///< it makes queries faster
  foreign_key,  ///< the same; without it a change of a referenced row reads the whole table
  unique,       ///< no two rows are equal
  constraint,   ///< the same, as a UNIQUE or PRIMARY KEY constraint
};

[[nodiscard]] std::string_view to_string(IndexPurpose purpose) noexcept;

struct RegisteredIndex {
  std::string name;          ///< qualified, quoted
  std::string table;         ///< the same
  std::string statement;     ///< that makes it; of a partitioned table the one on the table itself
  std::size_t original = 0;  ///< number in Plan::statements
  IndexPurpose purpose = IndexPurpose::query;

  [[nodiscard]] bool is_critical() const noexcept {
    return purpose == IndexPurpose::unique || purpose == IndexPurpose::constraint;
  }
};

/// The indexes on tables in use that the plan's steps make, in running order. `after`: the catalog as the migrations
/// leave it, which knows the foreign keys.
[[nodiscard]] std::vector<RegisteredIndex> index_registry(const Plan& plan, const Catalog& after);

/// The registry as a document. Ends with a newline.
[[nodiscard]] std::string write_index_registry(const Plan& plan, const Catalog& after);

}  // namespace pglatch
