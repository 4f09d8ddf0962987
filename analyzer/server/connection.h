// A connection to a PostgreSQL server, over libpq. What can fail here can fail at every statement, so failures are
// exceptions inside of analyzer/server; its public functions give them out as a Result.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace pglatch {

/// What the server says about a statement that failed.
struct SqlError {
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string hint;
};

/// An SqlError that nobody expected; what() names the statement too.
class SqlException : public std::runtime_error {
 public:
  SqlException(SqlError error, const std::string& sql);
  [[nodiscard]] const SqlError& error() const noexcept { return error_; }
  [[nodiscard]] const std::string& sqlstate() const noexcept { return error_.sqlstate; }

 private:
  SqlError error_;
};

using Row = std::vector<std::optional<std::string>>;  ///< nothing: NULL

/// Statements go by the simple protocol: a text may hold several, and they then are one transaction. Whatever fails
/// unexpectedly throws: SqlException if the server said so, else std::runtime_error.
class Connection {
 public:
  /// Connects; throws std::runtime_error with libpq's words.
  explicit Connection(const std::string& conninfo);

  void exec(const std::string& sql);
  std::vector<Row> query(const std::string& sql);  ///< the rows of the last statement
  std::string value(const std::string& sql);       ///< the single value; "" for NULL; throws if there is no row

  /// The error, or nothing if it worked; a lost connection still throws.
  std::optional<SqlError> try_exec(const std::string& sql);

  /// Sends without waiting. Until finish() the connection is good for nothing but the following.
  void send(const std::string& sql);
  bool wait_for(std::chrono::milliseconds time);  ///< whether what was sent has ended by then
  std::optional<SqlError> finish();               ///< waits for the end; the error, or nothing
  void cancel();                                  ///< asks the server to cancel what runs

  [[nodiscard]] int backend_pid() const { return ::PQbackendPID(connection_.get()); }
  [[nodiscard]] bool in_transaction() const { return ::PQtransactionStatus(connection_.get()) == PQTRANS_INTRANS; }
  /// Notices since the last call, as "DEBUG: building index …"; choose which come with client_min_messages.
  std::vector<std::string> take_notices();
  [[nodiscard]] PGconn* get() const { return connection_.get(); }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { ::PQfinish(connection); }
  };
  struct Outcome {
    std::optional<SqlError> error;
    std::vector<Row> rows;
  };

  Outcome collect();

  // On the heap: libpq keeps its address, and connections move.
  std::unique_ptr<std::vector<std::string>> notices_ = std::make_unique<std::vector<std::string>>();
  std::unique_ptr<PGconn, Finish> connection_;
};

}  // namespace pglatch
