// The relations that a statement names.
#pragma once

#include <vector>

#include "analyzer/parse/access.h"

namespace pglatch {

/// Those that the statement makes, changes or writes to, and those that its foreign keys reference; of an object that
/// belongs to a table, the table. Relations inside of queries are left out. Views into the tree.
[[nodiscard]] std::vector<NameView> named_relations(const Node* node);

}  // namespace pglatch
