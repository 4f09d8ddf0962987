// Values of the configuration as text: sizes and names of tables, strings.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "analyzer/base/result.h"
#include "analyzer/catalog/table_sizes.h"

namespace pglatch {

/// "2_000_000 rows", "1.5 TB", "2_000_000 rows, 1.5 TB": rows are whole, bytes have a unit as PostgreSQL writes it (of
/// 1024, in any case). `source` is left empty. Fails for anything else.
[[nodiscard]] Result<TableSize> parse_table_size(std::string_view text);

/// "1.5 TB" alone.
[[nodiscard]] Result<std::uint64_t> parse_bytes(std::string_view text);

/// The schema and the name that `public.orders` means in SQL: folded to lower case but for what is in double quotes;
/// the schema is "public" where the text has none.
[[nodiscard]] Result<std::pair<std::string, std::string>> parse_table_name(std::string_view text);

/// The text as a basic string of TOML, with its quotes.
[[nodiscard]] std::string toml_string(std::string_view text);

}  // namespace pglatch
