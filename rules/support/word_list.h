// Things in a row, as sentences name them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pglatch {

/// "a", "a and b", "a, b and c"; where there are more than `shown`: "a, b, c and 2 more". None: an empty string.
[[nodiscard]] std::string word_list(const std::vector<std::string>& words, std::size_t shown = 3);

}  // namespace pglatch
