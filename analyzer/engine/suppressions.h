// Comments that switch rules off: `-- pglatch:ignore RULE[, RULE] reason` for the next statement or
// the one on its line, `-- pglatch:ignore-file RULE[, RULE] reason` for the whole file. Block comments
// do as well.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// The suppressions of one script.
class Suppressions {
 public:
  /// Reads the comments of a script. `statements` are the ranges of all its statements, in order,
  /// the ones that do not parse included.
  Suppressions(const Script& script, std::span<const ByteRange> statements);
  Suppressions() = default;

  /// Whether findings of the rule on this statement are to be left out.
  [[nodiscard]] bool covers(std::string_view rule, ByteRange statement) const;

 private:
  struct Entry {
    std::string_view rule;
    ByteRange statement;  // empty: the whole file
    bool file = false;
  };
  std::vector<Entry> entries_;
};

}  // namespace pglatch
