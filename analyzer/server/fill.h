// Fills tables with rows, so that scans, builds and rewrites take their time and have something to get wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/server/connection.h"
#include "analyzer/server/table_facts.h"

namespace pglatch {

struct FilledTable {
  std::string name;
  std::int64_t rows = 0;
  std::string problem;  ///< why it has none, or fewer than asked for
};

/// Puts about `rows` rows into each of the tables, and as many into those that they reference: of the right types,
/// never NULL where a value is known, distinct where the type has room, inside of the partitions' bounds, referencing
/// rows that are there, with values that the CHECKs let in (row_search.h). What `demands` says on top, which the
/// migration will ask for on its way, counts too, where a choice is left. Rows that constraints refuse all the same are
/// left out, and said. Ends with ANALYZE.
[[nodiscard]] std::vector<FilledTable> fill_tables(Connection& connection, const ConstraintsByTable& demands,
                                                   const std::vector<std::string>& tables, std::int64_t rows);

}  // namespace pglatch
