// fixtures/locks/type_matrix.txt: what ALTER COLUMN … TYPE does, from each of its types to each.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/server.h"

namespace pglatch::testing {

// One letter a cell, in the order of types().
//   =  only the catalog changes
//   i  the rows stay, a plain index on the column is built again
//   s  the rows are scanned
//   r  the table is rewritten
//   n  there is no such cast, so it fails
struct TypeGrid {
  bool with_using = false;  // USING column::type, which allows explicit casts
  std::set<int> majors;
  std::vector<std::string> rows;

  // The line that opens it in the file, without the colon: "plain 14-18".
  std::string title() const;
  bool same_cells(const TypeGrid& other) const { return with_using == other.with_using && rows == other.rows; }
};

const std::vector<std::string>& matrix_types();

std::string print_matrix(const std::vector<TypeGrid>& grids);
// Throws std::runtime_error for what print_matrix does not write.
std::vector<TypeGrid> parse_matrix(const std::string& text);

TypeGrid measure_types(const Database& database, bool with_using);
TypeGrid model_types(int major, bool with_using);

}  // namespace pglatch::testing
