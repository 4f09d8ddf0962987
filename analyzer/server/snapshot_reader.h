// The catalog of a live database as a snapshot document (analyzer/catalog/snapshot.h).
#pragma once

#include <chrono>
#include <string>

#include "analyzer/base/result.h"

namespace pglatch {

class Connection;

/// Reads the catalogs of a database: a connection string or URI, or empty for what the PG… variables say; a service
/// file works with either. One read-only transaction that waits for locks and runs for a bounded time. Needs no
/// privilege but to connect, and a server from 14 on. Writes are those since the server's statistics were last reset,
/// or where `sample` is more than 0 those of that time, which the function then takes. Errors never show a password.
[[nodiscard]] Result<std::string> read_live_snapshot(const std::string& url, std::chrono::seconds sample = {});

/// The same over an open connection that is in no transaction. Throws as Connection does.
[[nodiscard]] std::string read_live_snapshot(Connection& connection, std::chrono::seconds sample = {});

}  // namespace pglatch
