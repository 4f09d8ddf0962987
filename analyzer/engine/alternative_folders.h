// Folders beside each other that are one history each, such as Flyway's locations for several kinds of server, of which
// a database is given one: each makes the schema from nothing.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/settings.h"
#include "analyzer/parse/parser.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// Tells when such a folder begins. Folders that go on from each other are left as they are, and so is one that several
/// histories share (`common`): it counts for those that come after it.
class AlternativeFolders {
 public:
  /// `scripts` are all that will come; they outlive this.
  explicit AlternativeFolders(std::span<const Script> scripts);

  /// Before each script: what was there before the folder to which this one's is an alternative, where that begins with
  /// it; else null. `catalog` is what all scripts before it have left. Valid until the next call.
  [[nodiscard]] const Catalog* start_of(const Script& script, const ParsedScript& parsed, const Catalog& catalog,
                                        const Settings& settings);

 private:
  std::map<std::string_view, std::size_t> siblings_;  // how many folders a folder has
  std::set<std::string_view> begun_;
  std::string_view parent_;      // of the folders in `starts_`
  std::vector<Catalog> starts_;  // what was there before each of them, in order
};

}  // namespace pglatch
