#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/server/cluster.h"
#include "tests/support/connection.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {

class Database;

// A throw-away cluster of one of the PostgreSQL majors that are here for the tests.
//
//   for (int major : Server::available_majors()) {
//     Database database = Server::shared(major).scratch();
//     Connection connection = database.connect();
//     connection.exec("CREATE TABLE t (id int)");
//   }
class Server {
 public:
  // Settings are "log_statement=all". Throws std::runtime_error if it doesn't come up.
  explicit Server(int major, const std::vector<std::string>& settings = {});

  // Majors that can be started here, ascending: Debian's packages and what servers.sh fetched. The environment
  // variable PGLATCH_TEST_MAJORS ("15,18") restricts them.
  static std::vector<int> available_majors();
  // Where that major's initdb and postgres are; throws std::runtime_error if nowhere.
  static std::filesystem::path bin_directory(int major);
  // One server per major and process, started when first asked for.
  static Server& shared(int major);

  int major() const { return major_; }
  std::string conninfo(const std::string& database = "postgres") const { return cluster_.conninfo(database); }
  Connection connect(const std::string& database = "postgres") const { return Connection(conninfo(database)); }
  Database scratch();
  std::string log() const { return cluster_.log(); }

 private:
  int major_;
  Cluster cluster_;
};

// A fresh, empty database of a server, dropped in the end together with the sessions still in it.
class Database {
 public:
  explicit Database(const Server& server);
  Database(Database&& other) noexcept : server_(other.server_), name_(std::exchange(other.name_, {})) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  const std::string& name() const { return name_; }
  int major() const { return server_->major(); }
  std::string conninfo() const { return server_->conninfo(name_); }
  Connection connect() const { return Connection(conninfo()); }

 private:
  const Server* server_;
  std::string name_;
};

// Runs a script with psql, fed on standard input; stops at no error unless told ("-v", "ON_ERROR_STOP=1").
// No psqlrc, no prompts: output is what the script makes.
ProcessResult run_psql(const std::string& conninfo, const std::string& script,
                       const std::vector<std::string>& arguments = {});
// The same for a file (psql -f), whose \i and \ir work.
ProcessResult run_psql_file(const std::string& conninfo, const std::filesystem::path& file,
                            const std::vector<std::string>& arguments = {});

/// The first and the last of the majors, once where they are the same.
[[nodiscard]] inline std::vector<int> oldest_and_newest(const std::vector<int>& majors) {
  if (majors.size() < 2) return majors;
  return {majors.front(), majors.back()};
}

}  // namespace pglatch::testing
