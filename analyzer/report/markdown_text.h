// Pieces of GitHub-flavoured Markdown whose markup nothing in a name or a statement can break.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plan/plan.h"

namespace pglatch {

/// Prose within a line or a cell of a table: nothing in it is markup; line breaks stay, as <br>,
/// and indented lines are code.
[[nodiscard]] std::string markdown_prose(std::string_view text);

/// Code within a line, in backquotes that its content cannot close.
[[nodiscard]] std::string markdown_code(std::string_view text);

/// A block of SQL that its content cannot close.
[[nodiscard]] std::string markdown_sql(std::string_view sql);

/// Statements with their semicolons, one below the other.
[[nodiscard]] std::string with_semicolons(const std::vector<std::string>& statements);

/// "1 step", "2 steps".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

/// A plan in short: its steps by phase with their SQL, folded, and in front of it what it does not make safe.
[[nodiscard]] std::string markdown_plan(const Plan& plan);

}  // namespace pglatch
