#include "analyzer/server/fill.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "analyzer/parse/identifier.h"
#include "analyzer/server/row_search.h"
#include "analyzer/server/row_values.h"

namespace pglatch {
namespace {

constexpr std::string_view kNumber = "r.n";
constexpr std::int64_t kAfterExistingRows = 1'000'000;

constexpr std::string_view kCheckViolation = "23514";
constexpr std::string_view kUniqueViolation = "23505";
constexpr std::string_view kExclusionViolation = "23P01";

class Filler {
 public:
  Filler(Connection& connection, const ConstraintsByTable& demands, std::int64_t rows)
      : connection_(connection), demands_(demands), rows_(rows) {}

  // Referenced tables first. A circle of foreign keys ends where it began.
  void fill(const std::string& name) {
    if (!begun_.insert(name).second) return;
    FilledTable done{name, 0, {}};
    try {
      const Table table = facts_of(name);
      for (const ForeignKeyFacts& key : table.foreign_keys) fill(key.referenced);
      fill_table(table, done);
    } catch (const SqlException& error) {
      done.problem = error.error().message;
    }
    done_.push_back(std::move(done));
  }

  std::vector<FilledTable> take() { return std::move(done_); }

 private:
  struct Table {
    TableFacts facts;
    std::vector<ForeignKeyFacts> foreign_keys;  // with those to come
    std::vector<CheckFacts> checks_to_come;
  };

  // The table's, and of the demands what fits what is there.
  Table facts_of(const std::string& name) {
    Table table{read_table(connection_, name), {}, {}};
    const TableConstraints& own = table.facts.constraints;
    table.foreign_keys = own.foreign_keys;
    const auto demands = demands_.find(name);
    if (demands == demands_.end()) return table;
    const auto has_all = [&](const std::vector<std::string>& columns) {
      return std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
        return std::any_of(table.facts.columns.begin(), table.facts.columns.end(),
                           [&](const ColumnFacts& each) { return each.name == column; });
      });
    };
    for (const CheckFacts& check : demands->second.checks) {
      const bool known = std::find(own.checks.begin(), own.checks.end(), check) != own.checks.end();
      if (!known && has_all(check.columns)) table.checks_to_come.push_back(check);
    }
    for (const ForeignKeyFacts& key : demands->second.foreign_keys) {
      const bool known = std::find(own.foreign_keys.begin(), own.foreign_keys.end(), key) != own.foreign_keys.end();
      if (!known && has_all(key.columns) && exist_in(key)) table.foreign_keys.push_back(key);
    }
    return table;
  }

  bool exist_in(const ForeignKeyFacts& key) {
    std::string columns;
    for (const std::string& column : key.referenced_columns) columns += (columns.empty() ? "" : ", ") + column;
    return !connection_.try_exec(fmt::format("SELECT {} FROM {} LIMIT 0", columns, key.referenced));
  }

  void fill_table(const Table& table, FilledTable& done) {
    const std::string& name = table.facts.name;
    const auto leaves = read_leaves(connection_, name);
    if (leaves.empty() && is_partitioned(connection_, name)) {
      done.problem = "it has no partition that could hold rows here";
      return;
    }
    std::vector<std::string> holders;
    for (const LeafPartition& leaf : leaves) holders.push_back(leaf.name);
    if (holders.empty()) holders.push_back(name);
    const auto there = count(holders);
    std::int64_t from = there > 0 ? kAfterExistingRows : 1;
    const RowValues values = values_of(table);
    const std::int64_t each = std::max<std::int64_t>(rows_ / static_cast<std::int64_t>(holders.size()), 1);
    if (leaves.empty()) insert(table, name, values, table.facts.constraints.checks, from, each, done.problem);
    bool by_root = false;
    for (const LeafPartition& leaf : leaves) {
      by_root = by_root || is_hashed(leaf);
      insert(table, by_root ? name : leaf.name, by_root ? values : inside_of(leaf, table.facts, values),
             by_root ? table.facts.constraints.checks : leaf.checks, from, each, done.problem);
      from += each;
    }
    for (const ColumnFacts& column : table.facts.columns) {
      if (column.sequence.empty()) continue;
      connection_.try_exec(fmt::format("SELECT setval({}, greatest(max({}), 1)) FROM {}",
                                       quote_literal_sql(column.sequence), column.name, name));
    }
    // Not where a foreign table that does not answer is a part of it.
    connection_.try_exec("ANALYZE " + name);
    done.rows = count(holders);
  }

  std::int64_t count(const std::vector<std::string>& holders) {
    std::int64_t rows = 0;
    for (const std::string& holder : holders) rows += std::stoll(connection_.value("SELECT count(*) FROM " + holder));
    return rows;
  }

  static bool is_hashed(const LeafPartition& leaf) {
    return std::any_of(leaf.levels.begin(), leaf.levels.end(), [](const PartitionLevel& level) {
      const auto bound = read_bound(level.bound);
      return bound && bound->is_hash;
    });
  }

  static RowValues inside_of(const LeafPartition& leaf, const TableFacts& table, RowValues values) {
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

  RowValues values_of(const Table& table) {
    RowValues values;
    for (const ColumnFacts& column : table.facts.columns) {
      if (column.generated) continue;
      if (auto value = value_of(column, table)) values[column.name] = *value;
    }
    // A row may reference itself.
    for (const ForeignKeyFacts& key : table.foreign_keys) {
      if (key.referenced != table.facts.name) continue;
      for (std::size_t at = 0; at < key.columns.size(); ++at) {
        const auto referenced = values.find(key.referenced_columns[at]);
        if (referenced != values.end()) values[key.columns[at]] = referenced->second;
      }
    }
    return values;
  }

  std::optional<std::string> value_of(const ColumnFacts& column, const Table& table) {
    std::vector<std::string> own;
    std::vector<std::string> all;
    std::string text = column.constraint_text;
    const auto take = [&](const std::vector<CheckFacts>& checks, bool is_own) {
      for (const CheckFacts& check : checks) {
        if (check.columns != std::vector{column.name}) continue;
        text += ' ' + check.expression;
        all.push_back(check.expression);
        if (is_own) own.push_back(check.expression);
      }
    };
    take(table.facts.constraints.checks, true);
    take(table.checks_to_come, false);
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

  // `count` rows; what the server refuses is left out then. The first of its words stays in `problem`.
  void insert(const Table& table, const std::string& into, RowValues values, const std::vector<CheckFacts>& checks,
              std::int64_t from, std::int64_t count, std::string& problem) {
    std::vector<CheckFacts> wanted = checks;
    wanted.insert(wanted.end(), table.checks_to_come.begin(), table.checks_to_come.end());
    static_cast<void>(satisfy(connection_, table.facts, rows_, wanted, values));
    std::string source = fmt::format("generate_series({}::bigint, {}) r(n)", from, from + count - 1);
    source += referenced_rows(table, values);
    // Rows of which only what holds for all of them goes in.
    std::vector<CheckFacts> filter;
    std::string on_conflict;
    for (;;) {
      const auto error =
          connection_.try_exec(insert_statement(table.facts, into, values, source, filter) + on_conflict);
      if (!error) return;
      if (problem.empty()) problem = error->message;
      if (error->sqlstate == kCheckViolation && filter.empty() && !checks.empty()) {
        filter = checks;
      } else if ((error->sqlstate == kUniqueViolation || error->sqlstate == kExclusionViolation) &&
                 on_conflict.empty()) {
        on_conflict = "\nON CONFLICT DO NOTHING";
      } else {
        return;
      }
    }
  }

  // Joins that give the columns of foreign keys the values of rows that are there.
  std::string referenced_rows(const Table& table, RowValues& values) {
    std::string joins;
    int number = 0;
    std::set<std::string> referencing;
    for (const ForeignKeyFacts& key : table.foreign_keys) {
      const bool taken = std::any_of(key.columns.begin(), key.columns.end(),
                                     [&](const std::string& column) { return !referencing.insert(column).second; });
      if (key.referenced == table.facts.name || taken) continue;
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
    return joins;
  }

  static std::string insert_statement(const TableFacts& table, const std::string& into, const RowValues& values,
                                      const std::string& source, const std::vector<CheckFacts>& filter) {
    std::string names;
    for (const auto& [name, expression] : values) names += (names.empty() ? "" : ", ") + name;
    if (names.empty()) return fmt::format("INSERT INTO {} DEFAULT VALUES", into);
    return fmt::format("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE\nSELECT {} FROM (\n{}\n) v", into, names, names,
                       select_rows(table, values, filter, source));
  }

  Connection& connection_;
  const ConstraintsByTable& demands_;
  std::int64_t rows_;
  std::set<std::string> begun_;
  std::vector<FilledTable> done_;
};

}  // namespace

std::vector<FilledTable> fill_tables(Connection& connection, const ConstraintsByTable& demands,
                                     const std::vector<std::string>& tables, std::int64_t rows) {
  Filler filler(connection, demands, rows);
  for (const std::string& table : tables) filler.fill(table);
  return filler.take();
}

}  // namespace pglatch
