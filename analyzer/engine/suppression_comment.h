// The language of the comments that switch rules off, and nothing of what they apply to:
//
//   -- pglatch:ignore RULE[, RULE] reason          the next statement, or the one on its line
//   -- pglatch:ignore-file RULE[, RULE] reason     the file
//   -- pglatch:ignore-begin RULE[, RULE] reason    from here on …
//   -- pglatch:ignore-end [RULE[, RULE]]           … to here
//   -- squawk-ignore RULE[, RULE] -- reason        squawk's, and -- squawk-ignore-file [RULE[, RULE]]
//   -- eugene: ignore [ID[, ID]]                   eugene's
//   -- atlas:nolint [NAME NAME]                    Atlas's: of the file in the comments at its top that an empty line
//   ends
//
// A comment says so at its beginning; in a block comment each line can.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"

namespace pglatch {

enum class SuppressionDialect : std::uint8_t { pglatch, squawk, eugene, atlas };

enum class SuppressionKind : std::uint8_t {
  statement,  ///< the next statement, or the one on its line
  file,
  begin,
  end,
  unknown,  ///< "pglatch:" and a word that means nothing
};

/// What one line of a comment asks for. All ranges are of the text that the comment was found in.
struct SuppressionComment {
  SuppressionDialect dialect = SuppressionDialect::pglatch;
  SuppressionKind kind = SuppressionKind::statement;
  ByteRange comment;             ///< the comment that it is written in, with its dashes or stars
  ByteRange range;               ///< from the keyword to the end of the reason
  ByteRange keyword;             ///< "pglatch:ignore-file"
  std::vector<ByteRange> names;  ///< of the rules, as written; none: see all_rules
  bool all_rules = false;        ///< other tools take a comment that names no rule for all of them
  bool has_reason = false;
  ByteRange reason{};  ///< empty where there is none
};

/// Whether the text can hold such a comment at all: a quick look before the comments are looked for.
[[nodiscard]] bool may_suppress(std::string_view text) noexcept;

/// What the comment at `comment` in `text` asks for, line by line; nothing for most comments.
[[nodiscard]] std::vector<SuppressionComment> read_suppressions(std::string_view text, ByteRange comment);

}  // namespace pglatch
