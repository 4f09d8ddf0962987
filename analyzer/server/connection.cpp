#include "analyzer/server/connection.h"

#include <poll.h>

#include <array>
#include <string_view>
#include <utility>

namespace pglatch {
namespace {

struct Clear {
  void operator()(PGresult* result) const { ::PQclear(result); }
};
using ResultPointer = std::unique_ptr<PGresult, Clear>;

std::string field(const PGresult* result, int code) {
  const char* text = ::PQresultErrorField(result, code);
  return text == nullptr ? std::string() : text;
}

std::vector<Row> rows_of(const PGresult* result) {
  std::vector<Row> rows;
  const int columns = ::PQnfields(result);
  for (int at = 0; at < ::PQntuples(result); ++at) {
    Row& row = rows.emplace_back();
    for (int column = 0; column < columns; ++column) {
      if (::PQgetisnull(result, at, column) != 0) {
        row.emplace_back();
      } else {
        row.emplace_back(::PQgetvalue(result, at, column));
      }
    }
  }
  return rows;
}

void collect_notice(void* notices, const PGresult* result) {
  static_cast<std::vector<std::string>*>(notices)->push_back(field(result, PG_DIAG_SEVERITY_NONLOCALIZED) + ": " +
                                                             field(result, PG_DIAG_MESSAGE_PRIMARY));
}

std::string describe(const SqlError& error, const std::string& sql) {
  std::string text = error.sqlstate + ": " + error.message;
  if (!error.detail.empty()) text += " (" + error.detail + ")";
  return text + "\n  in: " + sql;
}

}  // namespace

SqlException::SqlException(SqlError error, const std::string& sql)
    : std::runtime_error(describe(error, sql)), error_(std::move(error)) {}

Connection::Connection(const std::string& conninfo) : connection_(::PQconnectdb(conninfo.c_str())) {
  if (::PQstatus(get()) != CONNECTION_OK) throw std::runtime_error(::PQerrorMessage(get()));
  ::PQsetNoticeReceiver(get(), collect_notice, notices_.get());
}

void Connection::exec(const std::string& sql) {
  if (std::optional<SqlError> error = try_exec(sql)) throw SqlException(*std::move(error), sql);
}

std::vector<Row> Connection::query(const std::string& sql) {
  send(sql);
  Outcome outcome = collect();
  if (outcome.error) throw SqlException(*std::move(outcome.error), sql);
  return std::move(outcome.rows);
}

std::string Connection::value(const std::string& sql) {
  const std::vector<Row> rows = query(sql);
  if (rows.empty() || rows.front().empty()) throw std::runtime_error("no value comes from: " + sql);
  return rows.front().front().value_or("");
}

std::optional<SqlError> Connection::try_exec(const std::string& sql) {
  send(sql);
  return finish();
}

void Connection::send(const std::string& sql) {
  if (::PQsendQuery(get(), sql.c_str()) == 0) throw std::runtime_error(::PQerrorMessage(get()));
}

bool Connection::wait_for(std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + time;
  while (::PQisBusy(get()) != 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd socket{::PQsocket(get()), POLLIN, 0};
    ::poll(&socket, 1, static_cast<int>(left));
    if (socket.revents != 0 && ::PQconsumeInput(get()) == 0) throw std::runtime_error(::PQerrorMessage(get()));
  }
  return true;
}

std::optional<SqlError> Connection::finish() { return collect().error; }

Connection::Outcome Connection::collect() {
  Outcome outcome;
  while (const ResultPointer result{::PQgetResult(get())}) {
    switch (::PQresultStatus(result.get())) {
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
      case PGRES_EMPTY_QUERY:
        outcome.rows = rows_of(result.get());
        break;
      case PGRES_COPY_IN:
        ::PQputCopyEnd(get(), nullptr);
        break;
      case PGRES_COPY_OUT:
        for (char* line = nullptr; ::PQgetCopyData(get(), &line, 0) > 0;) ::PQfreemem(line);
        break;
      default:
        outcome.error =
            SqlError{field(result.get(), PG_DIAG_SQLSTATE), field(result.get(), PG_DIAG_MESSAGE_PRIMARY),
                     field(result.get(), PG_DIAG_MESSAGE_DETAIL), field(result.get(), PG_DIAG_MESSAGE_HINT)};
    }
    if (::PQstatus(get()) == CONNECTION_BAD) throw std::runtime_error(::PQerrorMessage(get()));
  }
  return outcome;
}

void Connection::cancel() {
  struct Free {
    void operator()(PGcancel* cancel) const { ::PQfreeCancel(cancel); }
  };
  const std::unique_ptr<PGcancel, Free> request(::PQgetCancel(get()));
  std::array<char, 256> message{};
  if (::PQcancel(request.get(), message.data(), static_cast<int>(message.size())) == 0) {
    throw std::runtime_error(message.data());
  }
}

std::vector<std::string> Connection::take_notices() { return std::exchange(*notices_, {}); }

}  // namespace pglatch
