// What can be set in pglatch.toml, as a table: each key with an example and what it is for. read_config.h checks files
// against the same keys; a test holds the two together.
#pragma once

#include <span>
#include <string_view>

namespace pglatch {

struct ConfigKey {
  std::string_view table;    ///< "timeouts"; empty: it stands before all tables
  std::string_view name;     ///< "lock-timeout"; in a table that takes any key an example, quoted as TOML has it
  std::string_view example;  ///< a value, as TOML
  std::string_view meaning;  ///< what it is for, in one sentence or two
};

/// All keys, those of a table together and the tables last: the order of a file.
[[nodiscard]] std::span<const ConfigKey> config_keys() noexcept;

}  // namespace pglatch
