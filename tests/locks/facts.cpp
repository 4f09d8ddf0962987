#include "tests/locks/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pglatch::testing {
namespace {

constexpr std::array<std::string_view, 8> kModes{
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};
constexpr std::array<std::string_view, 6> kWork{"rewrite",     "scan",      "index-build",
                                                "validate-fk", "row-write", "truncate"};

std::string take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  std::string word(line.substr(0, end));
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

}  // namespace

int mode_strength(std::string_view mode) {
  const auto* found = std::find(kModes.begin(), kModes.end(), mode);
  return found == kModes.end() ? -1 : static_cast<int>(found - kModes.begin());
}

void Facts::lock(const std::string& relation, const std::string& mode) {
  std::string& held = locks[relation];
  if (mode_strength(mode) > mode_strength(held)) held = mode;
}

std::vector<std::string> Facts::lines() const {
  std::vector<std::string> lines;
  for (const auto& [relation, mode] : locks) lines.push_back("lock " + relation + " " + mode);
  for (const auto& [kind, relation] : work) lines.push_back(kind + " " + relation);
  if (fails) lines.push_back("fails " + *fails);
  if (lines.empty()) lines.emplace_back("nothing");
  return lines;
}

bool Facts::add(std::string_view line) {
  const std::string kind = take_word(line);
  if (kind == "nothing") return line.empty();
  if (line.empty()) return false;
  if (kind == "fails") {
    fails = line;
  } else if (kind == "lock") {
    const std::size_t space = line.rfind(' ');  // a quoted name may hold spaces
    if (space == std::string_view::npos || mode_strength(line.substr(space + 1)) < 0) return false;
    return locks.emplace(line.substr(0, space), line.substr(space + 1)).second;
  } else {
    if (std::find(kWork.begin(), kWork.end(), kind) == kWork.end()) return false;
    return work.emplace(kind, line).second;
  }
  return true;
}

std::string compare(const std::vector<std::pair<std::string, Facts>>& sources) {
  std::map<std::string, std::set<std::size_t>> stated;
  for (std::size_t at = 0; at < sources.size(); ++at) {
    for (const std::string& line : sources[at].second.lines()) stated[line].insert(at);
  }
  std::string table;
  for (const auto& [line, by] : stated) {
    if (by.size() == sources.size()) continue;
    std::vector<std::string> names;
    for (const std::size_t at : by) names.push_back(sources[at].first);
    table += fmt::format("    {:<8}| {}\n", fmt::join(names, " "), line);
  }
  return table;
}

}  // namespace pglatch::testing
