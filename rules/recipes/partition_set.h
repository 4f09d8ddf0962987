// The question whether the partitions are those that a plan was made for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pglatch {

/// Query of one boolean: the table has exactly these partitions, of all levels. All names are qualified and quoted.
[[nodiscard]] std::string has_partitions(std::string_view table, const std::vector<std::string>& partitions);

}  // namespace pglatch
