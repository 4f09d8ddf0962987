// Where PostgreSQL's server programs are on this machine.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/base/result.h"

namespace pglatch {

/// A directory that holds initdb and postgres.
struct ServerBinaries {
  std::filesystem::path directory;
  int major = 0;
};

/// The major of what `postgres --version` prints: "postgres (PostgreSQL) 15.18 (Debian …)", "… 19devel"; nothing where
/// it says something else.
[[nodiscard]] std::optional<int> major_in(std::string_view version) noexcept;

/// The programs in `directory`; where that is empty, the nearest major from `at_least` on of those that pg_config and
/// the places of the usual packages name. The error says what to install or to pass.
[[nodiscard]] Result<ServerBinaries> find_binaries(const std::string& directory, int at_least);

/// psql, which may be with the server's programs or on its own.
[[nodiscard]] std::string find_psql(const std::filesystem::path& directory);

}  // namespace pglatch
