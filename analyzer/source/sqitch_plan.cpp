#include "analyzer/source/sqitch_plan.h"

#include <utility>
#include <vector>

#include "analyzer/base/ascii.h"

namespace pglatch {

std::unordered_map<std::string, std::size_t> read_sqitch_plan(std::string_view text) {
  std::unordered_map<std::string, std::size_t> places;
  std::vector<std::pair<std::size_t, std::string>> tags;  // with the place of the change that each comes after
  std::size_t place = 0;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, newline));
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    const std::string name(line.substr(0, line.find_first_of(kSpaces)));
    if (name.empty() || name.front() == '%' || name.front() == '#') continue;
    if (name.front() == '@') {
      tags.emplace_back(place, name);
      continue;
    }
    ++place;
    // A change that comes again: its scripts are new ones, and the name of the old ones has one of the tags in between.
    if (const auto known = places.find(name); known != places.end()) {
      const std::size_t before = known->second;
      for (const auto& [after, tag] : tags) {
        if (after >= before) places.emplace(name + tag, before);
      }
      places[name] = place;
    } else {
      places.emplace(name, place);
    }
  }
  return places;
}

}  // namespace pglatch
