// Expressions whose text value is known before anything runs, in whole or but for gaps: what EXECUTE is given in
// PL/pgSQL.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/parse/access.h"

namespace pglatch {

/// Variables whose text is known, by name; parameters of a function also as "$1". The text may have gaps.
using TextValues = std::map<std::string, std::string, std::less<>>;

/// What stands in a text for a value that is not known, such that the text still parses where it is a name or literal.
inline constexpr std::string_view kTextGap = "pglatch_gap_text";          ///< any SQL
inline constexpr std::string_view kNameGap = "pglatch_gap_name";          ///< within a name or literal, by quoting
inline constexpr std::string_view kLiteralGap = "'pglatch_gap_literal'";  ///< one literal, by %L or quote_literal()

/// The first where the text does not parse with a name.
inline constexpr std::string_view kQueryGap = "pglatch_gap_query";      ///< the name of a table that is read
inline constexpr std::string_view kMissingGap = "pglatch_gap_missing";  ///< in a comment

/// What all gaps have in common.
[[nodiscard]] inline bool has_gap(std::string_view text) noexcept {
  return text.find("pglatch_gap_") != std::string_view::npos;
}

/// The value of an expression made of constants, known variables, ||, casts to text types, format(), concat(),
/// quote_ident() and quote_literal(); nothing for any other, and where evaluating it would raise an error.
[[nodiscard]] std::optional<std::string> constant_text(const Node* expression, const TextValues& variables = {});

/// The same with gaps for whatever is not known; nothing where the value is NULL.
[[nodiscard]] std::optional<std::string> text_with_gaps(const Node* expression, const TextValues& variables = {});

/// All of one in place of another.
[[nodiscard]] std::string replaced(std::string_view text, std::string_view gap, std::string_view by);

}  // namespace pglatch
