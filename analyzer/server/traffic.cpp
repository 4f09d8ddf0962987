#include "analyzer/server/traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{2};

// Columns that an UPDATE may set, those of no index first.
constexpr const char* kColumns = R"sql(
SELECT quote_ident(a.attname)
FROM pg_attribute a LEFT JOIN pg_partitioned_table p ON p.partrelid = a.attrelid
WHERE a.attrelid = to_regclass({}) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
  AND a.attnum <> ALL (coalesce(p.partattrs::int2[], '{{}}'))
ORDER BY EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey)), a.attnum
)sql";

std::vector<std::string> columns_of(Connection& connection, const std::string& table) {
  std::vector<std::string> columns;
  for (const Row& row : connection.query(fmt::format(kColumns, quote_literal_sql(table)))) {
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
    statements.write = fmt::format(
        "UPDATE {0} t SET {1} = t.{1} FROM (SELECT tableoid AS o, ctid AS c FROM {0} LIMIT 1) one\n"
        "WHERE t.tableoid = one.o AND t.ctid = one.c",
        table, *column);
  }
  return all;
}

Traffic::Traffic(const std::string& conninfo, const std::vector<ClientStatements>& statements) {
  for (const ClientStatements& each : statements) records_.push_back({each.table, {}, {}});
  for (std::size_t at = 0; at < statements.size(); ++at) {
    const auto start = [&](const std::string& sql, ClientRecord& record) {
      if (!sql.empty()) clients_.emplace_back([this, conninfo, sql, &record] { run(conninfo, sql, record); });
    };
    start(statements[at].read, records_[at].reads);
    start(statements[at].write, records_[at].writes);
  }
  while (at_work_ < clients_.size()) std::this_thread::sleep_for(kPause);
}

Traffic::~Traffic() { static_cast<void>(stop()); }

std::vector<TableTraffic> Traffic::stop() {
  stopping_ = true;
  for (std::thread& client : clients_) client.join();
  clients_.clear();
  return std::move(records_);
}

void Traffic::run(const std::string& conninfo, const std::string& sql, ClientRecord& record) {
  bool is_counted = false;
  const auto count = [&] {
    if (!std::exchange(is_counted, true)) ++at_work_;
  };
  try {
    Connection connection(conninfo);
    while (!stopping_) {
      const auto begun = Clock::now();
      const auto error = connection.try_exec(sql);
      const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun);
      record.longest = std::max(record.longest, taken);
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
