// Versions and names of new migrations, in the numbering of those that are there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pglatch {

/// The version that comes right after this one, in the same form: leading zeros and separators stay, the last number is
/// counted up. What reads as a date with a time ("20240229235959", "2024-05-01-120000", with more behind) goes to the
/// next second, so that it stays one.
[[nodiscard]] std::string next_version(std::string_view version);

/// The highest version of names in one folder, as they spell it: files and folders of any kind count. Empty: none.
[[nodiscard]] std::string highest_version(const std::vector<std::string>& names);

/// What a migration's file is called besides its version and endings: "orders" of "V1_2__orders.sql",
/// "20240501120000_orders/migration.sql", "7_orders.up.sql". Letters, digits, "_", "-" and "/"; others become "_".
[[nodiscard]] std::string description_of(std::string_view path);

/// "{version}_{name}.sql" filled in. Where there is no version, neither is what would stand between it and the name.
[[nodiscard]] std::string fill_in(std::string_view pattern, std::string_view version, std::string_view name);

}  // namespace pglatch
