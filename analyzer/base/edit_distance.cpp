#include "analyzer/base/edit_distance.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

namespace pglatch {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view nearest;
  std::size_t distance = std::numeric_limits<std::size_t>::max();
  std::string_view longer;
  std::size_t longer_ones = 0;
  for (const std::string_view candidate : candidates) {
    if (!word.empty() && candidate.starts_with(word) && candidate != longer) {
      longer = candidate;
      ++longer_ones;
    }
    const std::size_t away = edit_distance(word, candidate);
    if (away >= distance || 2 * away > std::max(word.size(), candidate.size())) continue;
    distance = away;
    nearest = candidate;
  }
  return longer_ones == 1 ? longer : nearest;
}

}  // namespace pglatch
