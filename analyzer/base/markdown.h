// Text inside of markdown.
#pragma once

#include <string>
#include <string_view>

namespace pglatch {

/// For a cell of a table, or an item of a list: line breaks become blanks, and a bar is no column's end.
[[nodiscard]] std::string markdown_cell(std::string_view text);

}  // namespace pglatch
