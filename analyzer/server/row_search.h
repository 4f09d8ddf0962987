// Looks for values that satisfy what constraints ask of a row's columns together.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analyzer/server/connection.h"
#include "analyzer/server/table_facts.h"

namespace pglatch {

/// Column: an SQL expression of the row's number, `r.n`. A column that is not in it takes its default.
using RowValues = std::map<std::string, std::string>;

/// Changes values until the server says that some rows of them (the first, the middle, the last) pass the CHECKs: an
/// ordinary search over few candidates for each column: what its type gives, the constants of the CHECKs, the other
/// columns with their neighbours, and NULL. CHECKs that it finds nothing for are given back; the values of their
/// columns are as they were.
[[nodiscard]] std::vector<CheckFacts> satisfy(Connection& connection, const TableFacts& table, std::int64_t rows,
                                              const std::vector<CheckFacts>& checks, RowValues& values);

/// A SELECT of all columns (NULL where no value is known) for the rows `r.n` of a source, and of these rows only those
/// that pass the CHECKs.
[[nodiscard]] std::string select_rows(const TableFacts& table, const RowValues& values,
                                      const std::vector<CheckFacts>& checks, const std::string& source);

}  // namespace pglatch
