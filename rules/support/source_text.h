// Where things stand in the text of a statement: its keywords, the subcommands of an ALTER TABLE.
// Only used once there is something to report.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// The statement's first words as long as each is one of `words` (lower case): with {"create",
/// "unique", "index"}, "CREATE UNIQUE INDEX" of CREATE UNIQUE INDEX i ON t (c). Where not even the
/// first word is one of them, the first token.
[[nodiscard]] ByteRange leading_words(const StatementContext& context, std::initializer_list<std::string_view> words);

/// The edit that puts " CONCURRENTLY" behind the leading keywords, in the case that they are written in.
[[nodiscard]] Edit insert_concurrently(std::string_view sql, ByteRange keywords);

/// The first place within `range` where these words follow each other; nothing where they do not.
[[nodiscard]] std::optional<ByteRange> find_words(std::string_view sql, ByteRange range,
                                                  std::initializer_list<std::string_view> words);

/// The subcommands of an ALTER TABLE, from the first token to the last of each. One range for each
/// element of `stmt.cmds`; should text and tree not agree, all are the whole statement.
[[nodiscard]] std::vector<ByteRange> subcommand_ranges(const StatementContext& context, const AlterTableStmt& stmt);

/// Whether a name that PostgreSQL cuts off (kMaxIdentifierBytes) can stand in the text; where not, nobody needs to read
/// its tokens for one.
[[nodiscard]] bool may_have_long_name(std::string_view text) noexcept;

/// The part of a range that is on its first line.
[[nodiscard]] ByteRange first_line(std::string_view sql, ByteRange range);

/// A piece of the source as one line: each run of blanks a single space. Nothing where it holds a
/// comment, or is longer than people read in a hint.
[[nodiscard]] std::optional<std::string> one_line(std::string_view sql, ByteRange range);

/// The statement with edits made (in order, not overlapping), as one line ending in a semicolon;
/// nothing where one_line() gives nothing.
[[nodiscard]] std::optional<std::string> edited_statement(const StatementContext& context, std::span<const Edit> edits);

}  // namespace pglatch
