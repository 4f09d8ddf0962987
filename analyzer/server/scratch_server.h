// The server on which something is proved: a cluster of its own, or somebody's, where it makes databases for the time
// being and touches no other.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "analyzer/server/binaries.h"
#include "analyzer/server/cluster.h"
#include "analyzer/server/connection.h"

namespace pglatch {

class ScratchServer {
 public:
  /// Starts a cluster. Throws std::runtime_error.
  explicit ScratchServer(const ServerBinaries& binaries);
  /// Works on the server of a connection string or URI, whose role may create databases. All databases that it creates
  /// are dropped with it, also when our process dies by whatever cause. Throws std::runtime_error. Sets PGPASSWORD of
  /// our process where the string holds a password, so that no command line shows it.
  explicit ScratchServer(const std::string& url);
  ScratchServer(const ScratchServer&) = delete;
  ScratchServer& operator=(const ScratchServer&) = delete;
  ~ScratchServer();

  /// Creates a database with a random name that ends in `suffix`; gives its name. As a copy of `original` (nobody may
  /// be connected to it), else empty.
  std::string create_database(std::string_view suffix, const std::string& original = "template0");
  [[nodiscard]] std::string conninfo(const std::string& database) const;

  [[nodiscard]] bool is_own() const noexcept { return cluster_ != nullptr; }
  [[nodiscard]] int major() const noexcept { return major_; }
  [[nodiscard]] const std::string& version() const noexcept { return version_; }  ///< "15.18"

 private:
  void look_at_server();
  void start_guard();

  std::unique_ptr<Cluster> cluster_;
  std::string server_;          // conninfo without a database, of a server that is not ours
  std::string admin_database_;  // of it
  std::string prefix_;          // of the names of our databases
  int major_ = 0;
  std::string version_;
  pid_t guard_ = -1;  // the process that drops the databases when lifeline_ closes
  int lifeline_ = -1;
};

/// A connection string apart: `dbname` and `password` out of it, the rest as "name='value' …". Throws
/// std::runtime_error with libpq's words for what is no connection string.
struct ServerAddress {
  std::string server;
  std::string database;
  std::string password;
};
[[nodiscard]] ServerAddress read_address(const std::string& url);

}  // namespace pglatch
