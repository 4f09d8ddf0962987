// The version of a migration, read from its path where the framework does not tell it, and the order of versions.
#pragma once

#include <string>
#include <string_view>

namespace pglatch {

/// The version in a path: the number at the beginning of the file's name, or where that has none of a folder's, the
/// innermost one first. "db/003_orders.sql": 003; "V1_9__orders.sql": 1_9; "2024-05-01-120000_orders/up.sql":
/// 2024-05-01-120000; empty where nothing begins with a number ("R__views.sql", "schema.sql").
[[nodiscard]] std::string_view migration_version(std::string_view path) noexcept;

/// Whether there is a number in it, without which nothing can be compared.
[[nodiscard]] bool is_version(std::string_view text) noexcept;

/// Orders versions by their numbers, whatever separates them: 2 before 10, 1.9 before 1_10, 7 and 007 and 7.0 alike.
/// Negative, zero or positive, as strcmp().
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b) noexcept;

}  // namespace pglatch
