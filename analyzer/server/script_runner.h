// Sends a migration script as its framework would, statement by statement.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "analyzer/base/byte_range.h"
#include "analyzer/server/connection.h"
#include "analyzer/source/script.h"

namespace pglatch {

struct RunScriptOptions {
  bool create_roles = false;  ///< roles that are missing are created: of a cluster of our own only
  /// Before a statement is sent. `alone`: nobody can look at it from inside of its transaction.
  std::function<void(ByteRange statement, bool alone)> before{};
  /// After it, as long as its transaction is open; not called where `alone`.
  std::function<void(ByteRange statement)> after{};
};

/// Where a script failed.
struct ScriptFailure {
  std::string path;
  std::uint32_t line = 0;  ///< 1-based
  SqlError error;

  [[nodiscard]] std::string message() const;  ///< "a.sql:3: relation "t" does not exist"
};

/// Runs a script to its end or first failure (its open transaction is rolled back then). The connection begins with no
/// transaction and ends so. Settings of the session stay as the script left them.
[[nodiscard]] std::optional<ScriptFailure> run_script(Connection& connection, const Script& script,
                                                      const RunScriptOptions& options = {});

/// A statement of the script that acts on the whole cluster (roles, databases, tablespaces, ALTER SYSTEM), where
/// two databases of it cannot both run it: its line, or nothing.
[[nodiscard]] std::optional<std::uint32_t> cluster_wide_line(const Script& script);

}  // namespace pglatch
