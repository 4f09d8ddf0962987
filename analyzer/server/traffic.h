// The application, as far as a migration can hurt it: clients that read and write tables and note how long they waited.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "analyzer/server/connection.h"

namespace pglatch {

/// A time in which a client did not get on.
struct Stall {
  std::chrono::steady_clock::time_point begun;
  std::chrono::microseconds length{0};
};

/// What is shorter is no stall that anybody would notice, and not kept.
inline constexpr std::chrono::milliseconds kLeastStall{20};

/// How one kind of client fared on one table.
struct ClientRecord {
  std::chrono::microseconds longest{0};  ///< the slowest statement
  std::int64_t statements = 0;
  std::int64_t failures = 0;
  std::string first_failure;    ///< the server's words
  std::vector<Stall> stalls{};  ///< the statements that took kLeastStall or more, in order
};

struct TableTraffic {
  std::string table;
  ClientRecord reads;
  ClientRecord writes;
};

/// The statements of a table's clients: an empty one is not sent.
struct ClientStatements {
  std::string table;
  std::string read;
  std::string write;
};

/// For each table a SELECT of one row, by its primary key where that outlives the migration, and an UPDATE that leaves
/// the row as it was. The column that is set is one that `goal` has as well, so that the client outlives the migration.
/// Such statements take the locks of an application's.
[[nodiscard]] std::vector<ClientStatements> client_statements(Connection& connection, Connection& goal,
                                                              const std::vector<std::string>& tables);

/// A reader and a writer per table, each a thread with a connection of its own, from construction (which waits until
/// all of them are at work) to stop(). One client more writes a table of the notes (create_notes), which no migration
/// locks: when it does not get on, the machine is slow.
class Traffic {
 public:
  Traffic(const std::string& conninfo, const std::vector<ClientStatements>& statements);
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;
  ~Traffic();

  /// Waits for what the clients are at, and for one statement more of each; the records, in the order of the tables.
  [[nodiscard]] std::vector<TableTraffic> stop();
  /// After that: when the machine was slow. A stall here is a whole round of the client, its pause too.
  [[nodiscard]] const ClientRecord& machine() const noexcept { return machine_; }

 private:
  void run(const std::string& conninfo, const std::string& sql, ClientRecord& record, bool whole_rounds);

  std::atomic<std::size_t> at_work_{0};
  std::atomic<bool> stopping_{false};
  std::vector<TableTraffic> records_;
  ClientRecord machine_;
  std::vector<std::thread> clients_;
};

}  // namespace pglatch
