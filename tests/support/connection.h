#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "analyzer/server/connection.h"

namespace pglatch::testing {

// The library's connection, for tests that make statements fail.
class Connection : public pglatch::Connection {
 public:
  using pglatch::Connection::Connection;

  // As try_exec, for what must fail: throws if it works.
  SqlError expect_error(const std::string& sql) {
    std::optional<SqlError> error = try_exec(sql);
    if (!error) throw std::runtime_error("should have failed: " + sql);
    return *std::move(error);
  }
};

}  // namespace pglatch::testing
