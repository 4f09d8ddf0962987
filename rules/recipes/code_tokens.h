// A piece of SQL as its tokens: what recipes cut statements at, so that everything between the cuts reaches the plan
// as it was written, without comments.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/source/lexer.h"

namespace pglatch {

using Tokens = std::vector<Token>;

/// The tokens of a text, comments left out.
[[nodiscard]] Tokens code_tokens(std::string_view text);

/// Text of tokens [from, to), comments left out, blanks as they were.
[[nodiscard]] std::string text_of(std::string_view text, const Tokens& tokens, std::size_t from, std::size_t to);

/// The token after the group in parentheses that begins at `open`.
[[nodiscard]] std::size_t skip_group(std::string_view text, const Tokens& tokens, std::size_t open);

/// The whole text without comments.
[[nodiscard]] std::string without_comments(std::string_view text);

}  // namespace pglatch
