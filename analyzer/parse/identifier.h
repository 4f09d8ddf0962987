// Identifiers and literals as PostgreSQL writes them.
#pragma once

#include <string>
#include <string_view>

#include "analyzer/parse/access.h"

namespace pglatch {

/// The identifier as SQL must spell it: in double quotes where it is not all lower case letters,
/// digits and underscores, or is a keyword that needs them (as quote_ident() does).
[[nodiscard]] std::string quote_identifier_sql(std::string_view identifier);

/// "schema.name", each part quoted where needed; only the name where the schema is empty.
[[nodiscard]] std::string quote_qualified(std::string_view schema, std::string_view name);

/// A string constant in single quotes, as quote_literal() writes it: backslashes make it E'…'.
[[nodiscard]] std::string quote_literal_sql(std::string_view value);

/// Longest identifier that PostgreSQL keeps, in bytes (NAMEDATALEN - 1); longer ones are truncated.
inline constexpr std::size_t kMaxIdentifierBytes = 63;

/// The longest prefix of at most `bytes` bytes that does not cut a UTF-8 character.
[[nodiscard]] std::string_view truncate_utf8(std::string_view text, std::size_t bytes) noexcept;

/// Grammar that the linked libpg_query understands, as PostgreSQL's version: "18.0".
[[nodiscard]] std::string_view grammar_version() noexcept;

}  // namespace pglatch
