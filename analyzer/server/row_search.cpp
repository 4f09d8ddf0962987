#include "analyzer/server/row_search.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/server/row_values.h"

namespace pglatch {
namespace {

constexpr int kMostTries = 500;  // questions to the server for a CHECK

const ColumnFacts* column_named(const TableFacts& table, const std::string& name) {
  const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                   [&](const ColumnFacts& each) { return each.name == name; });
  return column == table.columns.end() ? nullptr : &*column;
}

// The columns that a CHECK depends on: for a generated one, those that its expression names.
std::vector<const ColumnFacts*> written_columns(const TableFacts& table, const CheckFacts& check) {
  std::vector<const ColumnFacts*> columns;
  const auto add = [&](const ColumnFacts& column) {
    if (std::find(columns.begin(), columns.end(), &column) == columns.end()) columns.push_back(&column);
  };
  for (const std::string& name : check.columns) {
    const ColumnFacts* column = column_named(table, name);
    if (column == nullptr) continue;
    if (!column->generated) {
      add(*column);
      continue;
    }
    for (const ColumnFacts& other : table.columns) {
      if (!other.generated && column->generation.find(other.name) != std::string::npos) add(other);
    }
  }
  return columns;
}

std::string all_of(const std::vector<CheckFacts>& checks) {
  std::string condition = "true";
  for (const CheckFacts& check : checks) condition += fmt::format(" AND ({}) IS NOT FALSE", check.expression);
  return condition;
}

class Search {
 public:
  Search(Connection& connection, const TableFacts& table, std::int64_t rows, const std::vector<CheckFacts>& checks,
         RowValues& values)
      : connection_(connection), table_(table), rows_(rows), checks_(checks), values_(values) {}

  std::vector<CheckFacts> run() {
    for (const CheckFacts& check : checks_) {
      if (!pass({check})) look_for(check);
    }
    std::vector<CheckFacts> unmet;
    for (const CheckFacts& check : checks_) {
      if (!pass({check})) unmet.push_back(check);
    }
    return unmet;
  }

 private:
  bool pass(const std::vector<CheckFacts>& checks) const {
    const std::string source = fmt::format("unnest(ARRAY[1, 2, 3, {}, {}]::bigint[]) r(n)", rows_ / 2, rows_);
    try {
      return connection_.value(fmt::format("SELECT coalesce(bool_and({}), false) FROM (\n{}\n) v", all_of(checks),
                                           select_rows(table_, values_, {}, source))) == "t";
    } catch (const SqlException&) {
      return false;
    }
  }

  // Tries the candidates of all its columns together, those first that come first.
  void look_for(const CheckFacts& check) {
    const auto columns = written_columns(table_, check);
    if (columns.empty()) return;
    // What holds already has to go on holding where it is about the same columns.
    std::vector<CheckFacts> wanted{check};
    for (const CheckFacts& other : checks_) {
      if (!(other == check) && shares_columns(other, columns) && pass({other})) wanted.push_back(other);
    }
    std::vector<std::vector<std::string>> candidates;
    for (const ColumnFacts* column : columns) candidates.push_back(candidates_of(*column, columns, wanted));
    const RowValues before = values_;
    int tries = 0;
    std::size_t most = 0;
    for (const auto& each : candidates) most += each.size() - 1;
    std::vector<std::size_t> choice(columns.size(), 0);
    for (std::size_t sum = 0; sum <= most; ++sum) {
      if (try_sum(columns, candidates, wanted, sum, 0, choice, tries)) return;
      if (tries >= kMostTries) break;
    }
    values_ = before;
  }

  // All choices whose numbers add up to `sum`.
  bool try_sum(const std::vector<const ColumnFacts*>& columns, const std::vector<std::vector<std::string>>& candidates,
               const std::vector<CheckFacts>& wanted, std::size_t sum, std::size_t at, std::vector<std::size_t>& choice,
               int& tries) {
    if (at == columns.size()) {
      if (sum != 0 || ++tries > kMostTries) return false;
      for (std::size_t i = 0; i < columns.size(); ++i) values_[columns[i]->name] = candidates[i][choice[i]];
      return pass(wanted);
    }
    for (std::size_t number = 0; number <= sum && number < candidates[at].size(); ++number) {
      choice[at] = number;
      if (try_sum(columns, candidates, wanted, sum - number, at + 1, choice, tries)) return true;
      if (tries >= kMostTries) return false;
    }
    return false;
  }

  bool shares_columns(const CheckFacts& check, const std::vector<const ColumnFacts*>& columns) const {
    const auto own = written_columns(table_, check);
    return std::any_of(own.begin(), own.end(), [&](const ColumnFacts* column) {
      return std::find(columns.begin(), columns.end(), column) != columns.end();
    });
  }

  std::vector<std::string> candidates_of(const ColumnFacts& column, const std::vector<const ColumnFacts*>& others,
                                         const std::vector<CheckFacts>& checks) const {
    std::vector<std::string> all;
    const auto add = [&](const std::string& candidate) {
      if (std::find(all.begin(), all.end(), candidate) == all.end()) all.push_back(candidate);
    };
    const auto now = values_.find(column.name);
    if (now != values_.end()) add(now->second);
    for (const ColumnFacts* other : others) {
      const auto value = values_.find(other->name);
      if (other == &column || value == values_.end() || other->type.name != column.type.name) continue;
      add(value->second);
      // Days, seconds, numbers: what orders has neighbours.
      for (const char* step : {"+ 1", "- 1", "+ interval '1 hour'", "- interval '1 hour'"}) {
        if (has_neighbour(column.type.name, step)) add(fmt::format("({}) {}", value->second, step));
      }
    }
    for (const std::string& candidate : value_expressions(column.type, "r.n")) add(candidate);
    for (const CheckFacts& check : checks) {
      for (const std::string& constant : constants_in(check.expression)) {
        add(fmt::format("({})::{}", constant, column.type.full));
      }
    }
    if (!column.not_null || all.empty()) add("NULL");
    return all;
  }

  static bool has_neighbour(std::string_view type, std::string_view step) {
    const bool by_time = step.find("interval") != std::string_view::npos;
    if (type.starts_with("timestamp") || type.starts_with("time")) return by_time;
    return !by_time && (type == "integer" || type == "bigint" || type == "smallint" || type == "numeric" ||
                        type == "real" || type == "double precision" || type == "date");
  }

  Connection& connection_;
  const TableFacts& table_;
  std::int64_t rows_;
  const std::vector<CheckFacts>& checks_;
  RowValues& values_;
};

}  // namespace

std::vector<CheckFacts> satisfy(Connection& connection, const TableFacts& table, std::int64_t rows,
                                const std::vector<CheckFacts>& checks, RowValues& values) {
  return Search(connection, table, rows, checks, values).run();
}

std::string select_rows(const TableFacts& table, const RowValues& values, const std::vector<CheckFacts>& checks,
                        const std::string& source) {
  std::string written;
  std::string generated;
  for (const ColumnFacts& column : table.columns) {
    if (column.generated) {
      generated += fmt::format(", ({})::{} AS {}", column.generation, column.type.full, column.name);
      continue;
    }
    const auto value = values.find(column.name);
    written += fmt::format("{}({})::{} AS {}", written.empty() ? "" : ", ",
                           value == values.end() ? "NULL" : value->second, column.type.full, column.name);
  }
  const std::string rows = fmt::format("SELECT {} FROM {}", written, source);
  return fmt::format("SELECT * FROM (SELECT *{} FROM ({}) v) v WHERE {}", generated, rows, all_of(checks));
}

}  // namespace pglatch
