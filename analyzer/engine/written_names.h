// Names that stand for what a framework, or psql, fills in: a finding speaks of them as the file does.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "analyzer/source/script.h"

namespace pglatch {

/// What a script has in the place of placeholders, and how its file writes these: "$schema" is ${schema} there.
class WrittenNames {
 public:
  WrittenNames() = default;
  explicit WrittenNames(const Script& script);

  /// The text with the placeholders for the names: CREATE INDEX i ON ${schema}.t (a);
  [[nodiscard]] std::string restored(std::string_view text) const;
  [[nodiscard]] bool empty() const noexcept { return names_.empty(); }

 private:
  void collect(std::string_view masked, std::string_view file, int depth);

  std::map<std::string, std::string, std::less<>> names_;  // by how SQL has to spell them
};

}  // namespace pglatch
