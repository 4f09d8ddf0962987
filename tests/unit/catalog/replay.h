// SQL into a catalog, for tests of what is there afterwards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/catalog/apply.h"

namespace pglatch::testing {

// Scripts applied one after the other, as the engine does.
class Replay {
 public:
  Replay() : session(catalog) {}
  explicit Replay(std::string_view sql, ExecutionMode mode = ExecutionMode::unknown) : Replay() { run(sql, mode); }

  // A script from its beginning to its end.
  Replay& run(std::string_view sql, ExecutionMode mode = ExecutionMode::unknown);
  // A script whose session stays open, for questions about it; finish() ends it.
  Replay& start(std::string_view sql, ExecutionMode mode = ExecutionMode::unknown, std::size_t more_statements = 0);
  Replay& finish();

  // The relation of that name ("t" or "s.t"), or null.
  const Relation* find(std::string_view name) const;
  // The same where it must be there.
  const Relation& at(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  bool live(std::string_view name) const { return is_live(at(name), catalog, session); }

  Catalog catalog;
  Session session;
};

// Everything in the catalog that pg_catalog has as well, a line each, in the order of their text.
std::vector<std::string> describe(const Catalog& catalog);
// The query that reads the same lines from a server.
std::string describe_query();

}  // namespace pglatch::testing
