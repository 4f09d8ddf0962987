#include "analyzer/server/traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{2};

constexpr const char* kUntouched = "UPDATE pglatch_verify.machine SET n = n + 1";

// Columns that an UPDATE may set, those of no index first.
constexpr const char* kColumns = R"sql(
SELECT quote_ident(a.attname)
FROM pg_attribute a LEFT JOIN pg_partitioned_table p ON p.partrelid = a.attrelid
WHERE a.attrelid = to_regclass({}) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
  AND a.attnum <> ALL (coalesce(p.partattrs::int2[], '{{}}'))
ORDER BY EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey)), a.attnum
)sql";

// The columns of its primary key, which a view of the table's name has as well, unlike the place of a row.
constexpr const char* kKey = R"sql(
SELECT quote_ident(a.attname) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
  JOIN unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, pos) ON k.attnum = a.attnum AND k.pos <= i.indnkeyatts
WHERE i.indrelid = to_regclass({}) AND i.indisprimary ORDER BY k.pos
)sql";

// A condition for one of the rows, by a key that `then` has columns for as well; empty where there is none. Without one
// a client reads past all that a migration leaves at the table's beginning, as no application does.
std::string condition_of_a_row(Connection& connection, const std::string& table, const std::vector<std::string>& then) {
  std::vector<std::string> key;
  std::string list;
  for (const Row& row : connection.query(fmt::format(kKey, quote_literal_sql(table)))) {
    key.push_back(row.front().value());
    list += (list.empty() ? "" : ", ") + key.back();
    if (std::find(then.begin(), then.end(), key.back()) == then.end()) return {};
  }
  if (key.empty()) return {};
  std::vector<Row> rows;
  try {
    rows = connection.query(fmt::format("SELECT {} FROM {} LIMIT 1", list, table));
  } catch (const SqlException&) {
    // A foreign table among its partitions that does not answer.
  }
  if (rows.empty()) return {};
  std::string condition;
  for (std::size_t at = 0; at < key.size(); ++at) {
    condition +=
        fmt::format("{}t.{} = {}", at == 0 ? "" : " AND ", key[at], quote_literal_sql(rows.front()[at].value()));
  }
  return condition;
}

std::vector<std::string> columns_of(Connection& connection, const std::string& table) {
  std::vector<std::string> columns;
  for (const Row& row : connection.query(fmt::format(kColumns, quote_literal_sql(table)))) {
    columns.push_back(row.front().value());
  }
  return columns;
}

// Those of keys and identities, too.
std::vector<std::string> all_columns_of(Connection& connection, const std::string& table) {
  std::vector<std::string> columns;
  for (const Row& row : connection.query(fmt::format(
           "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = to_regclass({}) AND attnum > 0 AND "
           "NOT attisdropped",
           quote_literal_sql(table)))) {
    columns.push_back(row.front().value());
  }
  return columns;
}

}  // namespace

std::vector<ClientStatements> client_statements(Connection& connection, Connection& goal,
                                                const std::vector<std::string>& tables) {
  std::vector<ClientStatements> all;
  for (const std::string& table : tables) {
    ClientStatements& statements = all.emplace_back();
    statements.table = table;
    statements.read = fmt::format("SELECT 1 FROM {} LIMIT 1", table);
    const auto now = columns_of(connection, table);
    const auto then = columns_of(goal, table);
    auto column = std::find_first_of(now.begin(), now.end(), then.begin(), then.end());
    if (column == now.end()) column = now.begin();
    if (column == now.end()) continue;
    const std::string condition = condition_of_a_row(connection, table, all_columns_of(goal, table));
    if (condition.empty()) {
      statements.write = fmt::format(
          "UPDATE {0} SET {1} = {1} WHERE (tableoid, ctid) = (SELECT tableoid, ctid FROM {0} LIMIT 1)", table, *column);
    } else {
      statements.read = fmt::format("SELECT 1 FROM {} t WHERE {}", table, condition);
      statements.write = fmt::format("UPDATE {0} t SET {1} = t.{1} WHERE {2}", table, *column, condition);
    }
  }
  return all;
}

Traffic::Traffic(const std::string& conninfo, const std::vector<ClientStatements>& statements) {
  for (const ClientStatements& each : statements) records_.push_back({each.table, {}, {}});
  const auto start = [&](const std::string& sql, ClientRecord& record, bool whole_rounds) {
    if (sql.empty()) return;
    clients_.emplace_back([this, conninfo, sql, &record, whole_rounds] { run(conninfo, sql, record, whole_rounds); });
  };
  for (std::size_t at = 0; at < statements.size(); ++at) {
    start(statements[at].read, records_[at].reads, false);
    start(statements[at].write, records_[at].writes, false);
  }
  start(kUntouched, machine_, true);
  while (at_work_ < clients_.size()) std::this_thread::sleep_for(kPause);
}

Traffic::~Traffic() { static_cast<void>(stop()); }

std::vector<TableTraffic> Traffic::stop() {
  stopping_ = true;
  for (std::thread& client : clients_) client.join();
  clients_.clear();
  return std::move(records_);
}

void Traffic::run(const std::string& conninfo, const std::string& sql, ClientRecord& record, bool whole_rounds) {
  bool is_counted = false;
  const auto count = [&] {
    if (!std::exchange(is_counted, true)) ++at_work_;
  };
  try {
    Connection connection(conninfo);
    auto round = Clock::now();
    for (bool is_last = false; !is_last;) {
      // Once more after all is done: what fails from then on has failed, however short the time before was.
      is_last = stopping_;
      const auto begun = whole_rounds ? round : Clock::now();
      const auto error = connection.try_exec(sql);
      round = Clock::now();
      const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(round - begun);
      record.longest = std::max(record.longest, taken);
      if (taken >= kLeastStall) record.stalls.push_back({begun, taken});
      ++record.statements;
      if (error) {
        ++record.failures;
        if (record.first_failure.empty()) record.first_failure = error->message;
      }
      count();
      std::this_thread::sleep_for(kPause);
    }
  } catch (const std::exception& error) {
    ++record.failures;
    if (record.first_failure.empty()) record.first_failure = error.what();
  }
  count();
}

}  // namespace pglatch
