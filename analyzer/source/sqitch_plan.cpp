#include "analyzer/source/sqitch_plan.h"

#include <utility>
#include <vector>

#include "analyzer/base/ascii.h"

namespace pglatch {

std::unordered_map<std::string, std::size_t> read_sqitch_plan(std::string_view text) {
  std::unordered_map<std::string, std::size_t> places;
  std::vector<std::string> since_tag;                 // changes that no tag has come after
  std::unordered_map<std::string, std::string> tags;  // the first tag after a change's last appearance
  std::size_t place = 0;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, newline));
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    const std::string name(line.substr(0, line.find_first_of(kSpaces)));
    if (name.empty() || name.front() == '%' || name.front() == '#') continue;
    if (name.front() == '@') {
      for (const std::string& change : since_tag) tags[change] = name;
      since_tag.clear();
      continue;
    }
    ++place;
    // A change that comes again: its scripts are new ones, the old ones were renamed after the tag between them.
    if (const auto known = places.find(name); known != places.end()) {
      places.emplace(name + tags[name], known->second);
      known->second = place;
    } else {
      places.emplace(name, place);
    }
    since_tag.push_back(name);
  }
  return places;
}

}  // namespace pglatch
