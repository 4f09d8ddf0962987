// SQL text to statements. The whole text is parsed at once; where that fails, it is cut into
// statements and each is parsed alone, so that a bad statement costs only itself.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/parse/nodes.h"

namespace pglatch {

/// One statement of a script.
struct Statement {
  const Node* node = nullptr;  ///< never null; owned by the ParsedScript
  ByteRange range;             ///< without leading comments, trailing blanks and the semicolon
  std::uint32_t base = 0;      ///< where the text that was parsed began: AST locations count from here

  [[nodiscard]] NodeTag tag() const noexcept { return node->type; }
  /// Byte offset of an AST location (0-based bytes); unknown locations (-1) give the statement's start.
  [[nodiscard]] std::uint32_t offset(int location) const noexcept {
    return location < 0 ? range.start : base + static_cast<std::uint32_t>(location);
  }
};

/// A statement that PostgreSQL's grammar rejects.
struct SyntaxError {
  ByteRange range;      ///< the statement
  ByteRange where;      ///< the token at which the parser gave up
  std::string message;  ///< PostgreSQL's own words
};

/// The statements of a text and what did not parse. Owns the trees; destroy it on the thread that
/// made it (libpg_query's memory contexts belong to a thread).
class ParsedScript {
 public:
  std::vector<Statement> statements;
  std::vector<SyntaxError> errors;

  ParsedScript() = default;
  ParsedScript(ParsedScript&&) noexcept;
  ParsedScript& operator=(ParsedScript&&) noexcept;
  ~ParsedScript();

 private:
  friend ParsedScript parse(std::string_view sql);
  void* context_ = nullptr;  // MemoryContext of the trees
};

/// Parses a text. `sql` must be NUL-terminated (sql.data()[sql.size()] == 0) and contain no NUL byte
/// before that; it may be freed afterwards. Never fails as a whole.
[[nodiscard]] ParsedScript parse(std::string_view sql);

/// libpg_query's raw parse and nothing else: what the benchmarks measure pglatch against. True where
/// the text parses. `sql` as for parse().
[[nodiscard]] bool raw_parse_succeeds(std::string_view sql);

}  // namespace pglatch
