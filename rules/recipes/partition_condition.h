// The bound of a partition as the condition of a CHECK, so that PostgreSQL finds it implied by a constraint that is
// there and valid, and spares the scan. The conditions have the very shape that the server gives to its own
// (get_qual_for_range(), get_qual_for_list() and get_qual_for_hash() in partbounds.c): its prover compares piece by
// piece. Literals are written without a type, so that they take the column's: a date compared with a timestamptz
// column proves nothing.
#pragma once

#include <string>
#include <vector>

#include "analyzer/catalog/catalog.h"

namespace pglatch {

/// A condition on the columns of a table, or why there is none.
struct PartitionCondition {
  std::string sql;            ///< "k IS NOT NULL AND k >= '1'"; empty where nothing has to be proved
  std::string why_not{};      ///< set: nothing can be proved here, and why
  bool beyond_model = false;  ///< the server's prover follows it, the lock model's does not: keys of several columns …
  /// Literals of timestamptz keys without a zone: the server reads them in that of the session.
  std::vector<std::string> zoneless{};
};

/// What the rows of a partition of `parent` with this bound satisfy, and what `parent` itself has to where it is a
/// partition. `partition` is left out where the bounds of the others count (DEFAULT).
[[nodiscard]] PartitionCondition inside_bound(const Catalog& catalog, const Relation& parent,
                                              const PartitionBound& bound, RelationId partition);

/// What the rows of the parent's default partition satisfy once there is a partition with this bound.
[[nodiscard]] PartitionCondition outside_bound(const Relation& parent, const PartitionBound& bound);

/// "FOR VALUES FROM ('1') TO ('2')", "DEFAULT"; empty where a value is an expression.
[[nodiscard]] std::string bound_sql(const PartitionBound& bound);

}  // namespace pglatch
