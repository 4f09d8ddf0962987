// Fills tables with rows, so that scans, builds and rewrites take their time and have something to get wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/server/connection.h"

namespace pglatch {

struct FilledTable {
  std::string name;
  std::int64_t rows = 0;
  std::string problem;  ///< why it, or a part of it, has none; the server's words
};

/// Puts about `rows` rows into each of the tables, and as many into those that they reference: of the right types,
/// never NULL where a value is known, distinct where the type has room, inside of the partitions' bounds, with values
/// that CHECKs of one column let in, referencing rows that are there. `goal` is a database in which the migration was
/// made: what it adds there counts too, where a choice is left. Ends with ANALYZE.
[[nodiscard]] std::vector<FilledTable> fill_tables(Connection& connection, Connection& goal,
                                                   const std::vector<std::string>& tables, std::int64_t rows);

}  // namespace pglatch
