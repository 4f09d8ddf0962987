// What people write into the SQL of a runbook that no server understands: names to be filled in, what psql printed.
#pragma once

#include <string>
#include <string_view>

namespace pglatch {

/// The text with names in the place of <names in angle brackets>, byte for byte the same size: <table> is _table_, and
/// with letters beside it a part of them. Strings and comments stay as they are. Empty where there is nothing to
/// change.
[[nodiscard]] std::string mask_angle_brackets(std::string_view text);

/// The text with what psql printed blanked out, byte for byte the same size; empty where there is nothing of the kind:
/// prompts ("shop=# "), tables of a result from their head to "(3 rows)", lines of a query plan, command tags.
[[nodiscard]] std::string mask_psql_output(std::string_view text);

/// Whether something was left out of the text of a statement (… or ...), so that it cannot be run as it is.
[[nodiscard]] bool has_ellipsis(std::string_view text) noexcept;

/// Whether a code block of no language is SQL: it begins with a statement and has a semicolon.
[[nodiscard]] bool looks_like_sql(std::string_view text) noexcept;

}  // namespace pglatch
