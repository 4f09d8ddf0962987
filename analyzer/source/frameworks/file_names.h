// The shapes of migration files' names.
#pragma once

#include <optional>
#include <string_view>

#include "analyzer/source/script.h"

namespace pglatch {

/// "b/c.sql" of "a/b/c.sql": what stands after the last slash, and before.
[[nodiscard]] std::string_view file_name(std::string_view path) noexcept;
[[nodiscard]] std::string_view folder_of_file(std::string_view path) noexcept;

/// How many digits a text begins with.
[[nodiscard]] std::size_t leading_digits(std::string_view text) noexcept;

/// "0007_orders.sql": digits, an underscore, a description, ".sql". Gives the description, with all that is in front of
/// the last ".sql" ("orders.up"); nothing for other names.
[[nodiscard]] std::optional<std::string_view> numbered_description(std::string_view name) noexcept;

/// "0007_orders.up.sql", "0007_orders.down.sql": which of them; nothing for other names.
[[nodiscard]] std::optional<Direction> numbered_direction(std::string_view name) noexcept;

/// "up.sql", "down.sql": which of them; nothing for other names.
[[nodiscard]] std::optional<Direction> bare_direction(std::string_view name) noexcept;

/// "2024-05-01-120000_orders", "2024-05-01-120000-0000_orders", "20240501120000_orders".
[[nodiscard]] bool is_dated_folder(std::string_view name) noexcept;

}  // namespace pglatch
