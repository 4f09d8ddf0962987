// What a statement does, as a server shows it and the lock model says it: the facts that fixtures/locks states.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pglatch::testing {

// Relations are named as in fixtures: without their schema where that is public. Modes as pg_locks spells them.
struct Facts {
  std::map<std::string, std::string> locks;            // relation → strongest mode
  std::set<std::pair<std::string, std::string>> work;  // kind, relation
  std::optional<std::string> fails;                    // the server's message

  // Keeps the stronger of two modes.
  void lock(const std::string& relation, const std::string& mode);
  // One line each, as in a fixture but without the comment's dashes; "nothing" where there is none.
  std::vector<std::string> lines() const;
  // Adds the fact of such a line; false if it is none.
  bool add(std::string_view line);

  friend bool operator==(const Facts&, const Facts&) = default;
};

// 0 for AccessShareLock to 7 for AccessExclusiveLock; -1 for what is no mode.
int mode_strength(std::string_view mode);

// A table of the facts that not all of the sources state, a column for each source; empty if they agree.
std::string compare(const std::vector<std::pair<std::string, Facts>>& sources);

}  // namespace pglatch::testing
