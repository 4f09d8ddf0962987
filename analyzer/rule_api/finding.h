// What pglatch tells the user about one place in one file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/catalog/relation.h"
#include "analyzer/source/source_file.h"

namespace pglatch {

class Catalog;

enum class Severity : std::uint8_t {
  info,     ///< advice
  warning,  ///< a brief exclusive lock, or running code may break
  error,    ///< outage, failure or data loss on a busy, big table
};

[[nodiscard]] std::string_view to_string(Severity severity) noexcept;

/// The severity of that name, or nothing.
[[nodiscard]] std::optional<Severity> find_severity(std::string_view name) noexcept;

/// Replaces a byte range of the file's text; an empty range inserts.
struct Edit {
  ByteRange range;
  std::string text;
};

/// Edits that together, and alone, make the statement safe without changing what it leaves behind.
struct Fix {
  std::string title;
  std::vector<Edit> edits;  ///< in order, not overlapping
};

/// Another place of the same file that explains the finding.
struct RelatedRange {
  ByteRange range;
  std::string message;
};

struct Finding {
  std::string_view rule;  ///< id; points into the rule
  Severity severity = Severity::warning;
  std::string message;  ///< what happens, to which relation, blocking whom; the first sentence stands alone
  std::string help;     ///< what to do
  ByteRange range;      ///< the narrowest piece of the statement that shows it
  ByteRange statement;  ///< the whole statement
  std::vector<std::string> relations;  ///< schema-qualified, quoted as SQL would
  /// What is read, written anew or indexed while others wait: an error is a warning where all of these are small.
  std::vector<RelationId> worked_on;
  std::vector<RelatedRange> related;
  std::optional<Fix> fix;
  /// Set where what comes later can settle it (an index for a foreign key, VALIDATE): the finding stands only if this
  /// is true of the catalog as the last script leaves it. Called at most once.
  std::function<bool(const Catalog& at_end)> holds_at_end;
  /// Said of the first statement of a script alone, which then tells how many more there are.
  bool once_a_script = false;
  bool has_plan = false;                   ///< `pglatch plan` writes a safe form
  std::shared_ptr<const SourceFile> file;  ///< set by the engine
};

}  // namespace pglatch
