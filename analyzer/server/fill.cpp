#include "analyzer/server/fill.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "analyzer/parse/identifier.h"
#include "analyzer/server/table_facts.h"

namespace pglatch {
namespace {

constexpr std::string_view kNumber = "r.n";
constexpr std::int64_t kAfterExistingRows = 1'000'000;

class Filler {
 public:
  Filler(Connection& connection, Connection& goal, std::int64_t rows)
      : connection_(connection), goal_(goal), rows_(rows) {}

  // Referenced tables first. A circle of foreign keys ends where it began.
  void fill(const std::string& name) {
    if (!begun_.insert(name).second) return;
    FilledTable done{name, 0, {}};
    try {
      const TableFacts table = facts_of(name);
      for (const ForeignKeyFacts& key : table.foreign_keys) fill(key.referenced);
      fill_table(table, done);
    } catch (const SqlException& error) {
      done.problem = error.error().message;
    }
    done_.push_back(std::move(done));
  }

  std::vector<FilledTable> take() { return std::move(done_); }

 private:
  // The table's, and of its goal what fits what is there.
  TableFacts facts_of(const std::string& name) {
    TableFacts table = read_table(connection_, name);
    own_checks_[name] = table.checks.size();
    const auto has = [&](const std::string& column) {
      return std::any_of(table.columns.begin(), table.columns.end(),
                         [&](const ColumnFacts& each) { return each.name == column; });
    };
    try {
      const TableFacts goal = read_table(goal_, name);
      for (const CheckFacts& check : goal.checks) {
        if (has(check.column)) table.checks.push_back(check);
      }
      for (const ForeignKeyFacts& key : goal.foreign_keys) {
        const bool fits = std::all_of(key.columns.begin(), key.columns.end(), has) && exist_in(key);
        if (fits) table.foreign_keys.push_back(key);
      }
    } catch (const SqlException&) {
      // The migration drops or renames it.
    }
    return table;
  }

  bool exist_in(const ForeignKeyFacts& key) {
    std::string columns;
    for (const std::string& column : key.referenced_columns) columns += (columns.empty() ? "" : ", ") + column;
    return !connection_.try_exec(fmt::format("SELECT {} FROM {} LIMIT 0", columns, key.referenced));
  }

  void fill_table(const TableFacts& table, FilledTable& done) {
    const bool has_rows = !connection_.query(fmt::format("SELECT 1 FROM {} LIMIT 1", table.name)).empty();
    const std::int64_t first = has_rows ? kAfterExistingRows : 1;
    const auto leaves = read_leaves(connection_, table.name);
    const Values values = values_of(table);
    const auto count = static_cast<std::int64_t>(std::max<std::size_t>(leaves.size(), 1));
    const std::int64_t each = std::max<std::int64_t>(rows_ / count, 1);
    std::string problem;
    const auto insert = [&](const std::string& into, const Values& with, std::int64_t from) {
      const auto error = connection_.try_exec(insert_statement(table, into, with, from, from + each - 1));
      if (error && problem.empty()) problem = error->message;
      return !error;
    };
    if (leaves.empty()) {
      insert(table.name, values, first);
    } else {
      std::int64_t from = first;
      bool by_root = false;
      for (const LeafPartition& leaf : leaves) {
        by_root = by_root || is_hashed(leaf);
        insert(by_root ? table.name : leaf.name, by_root ? values : inside_of(leaf, table, values), from);
        from += each;
      }
    }
    for (const ColumnFacts& column : table.columns) {
      if (column.sequence.empty()) continue;
      connection_.try_exec(fmt::format("SELECT setval({}, greatest(max({}), 1)) FROM {}",
                                       quote_literal_sql(column.sequence), column.name, table.name));
    }
    connection_.exec("ANALYZE " + table.name);
    done.rows = std::stoll(connection_.value("SELECT count(*) FROM " + table.name));
    done.problem = problem;
  }

  using Values = std::map<std::string, std::string>;  // column: expression

  static bool is_hashed(const LeafPartition& leaf) {
    return std::any_of(leaf.levels.begin(), leaf.levels.end(), [](const PartitionLevel& level) {
      const auto bound = read_bound(level.bound);
      return bound && bound->is_hash;
    });
  }

  static Values inside_of(const LeafPartition& leaf, const TableFacts& table, Values values) {
    for (const PartitionLevel& level : leaf.levels) {
      const auto bound = read_bound(level.bound);
      if (!bound) continue;
      for (std::size_t at = 0; at < level.columns.size(); ++at) {
        const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                         [&](const ColumnFacts& each) { return each.name == level.columns[at]; });
        if (column == table.columns.end()) continue;
        if (auto value = bounded_expression(*bound, at, level.columns.size(), column->type, kNumber)) {
          values[column->name] = *value;
        }
      }
    }
    return values;
  }

  Values values_of(const TableFacts& table) {
    Values values;
    for (const ColumnFacts& column : table.columns) {
      if (column.generated) continue;
      if (auto value = value_of(column, table)) values[column.name] = *value;
    }
    // A row may reference itself.
    for (const ForeignKeyFacts& key : table.foreign_keys) {
      if (key.referenced != table.name) continue;
      for (std::size_t at = 0; at < key.columns.size(); ++at) {
        const auto referenced = values.find(key.referenced_columns[at]);
        if (referenced != values.end()) values[key.columns[at]] = referenced->second;
      }
    }
    return values;
  }

  std::optional<std::string> value_of(const ColumnFacts& column, const TableFacts& table) {
    std::vector<std::string> own;
    std::vector<std::string> all;
    std::string text = column.constraint_text;
    for (std::size_t at = 0; at < table.checks.size(); ++at) {
      if (table.checks[at].column != column.name) continue;
      text += ' ' + table.checks[at].expression;
      all.push_back(table.checks[at].expression);
      if (at < own_checks_[table.name]) own.push_back(table.checks[at].expression);
    }
    const auto candidates = value_expressions(column.type, kNumber);
    if (all.empty() && !column.domain) {
      if (!candidates.empty()) return candidates.front();
      return std::nullopt;
    }
    for (const auto* checks : {&all, &own}) {
      for (const std::string& candidate : candidates) {
        if (passes(candidate, column, *checks)) return candidate;
      }
      std::string passing;
      int count = 0;
      for (const std::string& constant : constants_in(text)) {
        if (!passes(constant, column, *checks)) continue;
        passing += fmt::format("{}({})::{}", count++ == 0 ? "" : ", ", constant, column.type.full);
      }
      if (count > 0) return fmt::format("(ARRAY[{}])[1 + {} % {}]", passing, kNumber, count);
    }
    return candidates.empty() ? std::nullopt : std::optional(candidates.front());
  }

  // The server says whether the CHECKs let values in, by some of the rows to come.
  bool passes(const std::string& candidate, const ColumnFacts& column, const std::vector<std::string>& checks) {
    std::string condition = "true";
    // count(): a value that no CHECK looks at has to be made all the same, for its domain to see it.
    for (const std::string& check : checks) condition += fmt::format(" AND ({}) IS NOT FALSE", check);
    try {
      return connection_.value(fmt::format(
                 "SELECT bool_and({}) AND count({}) >= 0 FROM (SELECT ({})::{} AS {} FROM unnest(ARRAY[1, 2, 3, "
                 "{}, {}]::bigint[]) r(n)) v",
                 condition, column.name, candidate, column.type.full, column.name, rows_ / 2, rows_)) == "t";
    } catch (const SqlException&) {
      return false;
    }
  }

  std::string insert_statement(const TableFacts& table, const std::string& into, Values values, std::int64_t from,
                               std::int64_t to) {
    std::string joins;
    int number = 0;
    std::set<std::string> referencing;
    for (const ForeignKeyFacts& key : table.foreign_keys) {
      const bool taken = std::any_of(key.columns.begin(), key.columns.end(),
                                     [&](const std::string& column) { return !referencing.insert(column).second; });
      if (key.referenced == table.name || taken) continue;
      const std::string rows = connection_.value("SELECT count(*) FROM " + key.referenced);
      if (rows == "0") continue;
      std::string columns;
      ++number;
      for (std::size_t at = 0; at < key.columns.size(); ++at) {
        columns += fmt::format("{} AS c{}, ", key.referenced_columns[at], at);
        values[key.columns[at]] = fmt::format("f{}.c{}", number, at);
      }
      joins += fmt::format("\n  LEFT JOIN (SELECT {}row_number() OVER () - 1 AS rn FROM {}) f{} ON f{}.rn = {} % {}",
                           columns, key.referenced, number, number, kNumber, rows);
    }
    std::string names;
    std::string expressions;
    for (const auto& [name, expression] : values) {
      names += (names.empty() ? "" : ", ") + name;
      expressions += (expressions.empty() ? "" : ", ") + expression;
    }
    if (names.empty()) return fmt::format("INSERT INTO {} DEFAULT VALUES", into);
    return fmt::format(
        "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE\nSELECT {}\nFROM generate_series({}::bigint, {}) r(n){}", into,
        names, expressions, from, to, joins);
  }

  Connection& connection_;
  Connection& goal_;
  std::int64_t rows_;
  std::set<std::string> begun_;
  std::map<std::string, std::size_t> own_checks_;  // how many of a table's checks are there before the migration
  std::vector<FilledTable> done_;
};

}  // namespace

std::vector<FilledTable> fill_tables(Connection& connection, Connection& goal, const std::vector<std::string>& tables,
                                     std::int64_t rows) {
  Filler filler(connection, goal, rows);
  for (const std::string& table : tables) filler.fill(table);
  return filler.take();
}

}  // namespace pglatch
