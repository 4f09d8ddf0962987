// Columns as SQL lists them.
#pragma once

#include <string>
#include <vector>

namespace pglatch {

/// "customer_id", "customer_id, region": with the quotes that SQL needs.
[[nodiscard]] std::string column_list(const std::vector<std::string>& columns);

}  // namespace pglatch
