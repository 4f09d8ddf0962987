#include "analyzer/server/table_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

// Of a domain the base type counts; one over another domain is left to the candidates that the server tries.
constexpr const char* kColumns = R"sql(
SELECT quote_ident(a.attname), format_type(b.oid, NULL), format_type(a.atttypid, a.atttypmod),
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, b.typtype,
       CASE WHEN b.typcategory = 'A' AND b.typelem <> 0 THEN format_type(b.typelem, NULL) END,
       a.attnotnull OR t.typnotnull, a.atthasdef OR a.attidentity <> '', a.attgenerated <> '', t.typtype = 'd',
       pg_get_serial_sequence({0}, a.attname),
       (SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k WHERE k.contypid = t.oid),
       CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
WHERE a.attrelid = {0}::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
)sql";

// {}: a condition on the constraint's table `t`.
constexpr const char* kForeignKeys = R"sql(
SELECT format('%I.%I', o.nspname, t.relname), k.oid, format('%I.%I', n.nspname, r.relname), quote_ident(a.attname),
       quote_ident(f.attname)
FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace o ON o.oid = t.relnamespace
  JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace n ON n.oid = r.relnamespace
  CROSS JOIN unnest(k.conkey, k.confkey) WITH ORDINALITY AS u(col, ref, pos)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.col
  JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = u.ref
WHERE k.contype = 'f' AND k.conparentid = 0 AND {} ORDER BY k.oid, u.pos
)sql";

constexpr const char* kChecks = R"sql(
SELECT format('%I.%I', o.nspname, t.relname), pg_get_expr(k.conbin, k.conrelid),
       (SELECT string_agg(quote_ident(a.attname), ',' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey))
FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace o ON o.oid = t.relnamespace
WHERE k.contype = 'c' AND {} ORDER BY t.oid, k.conname
)sql";

constexpr const char* kOfUsers = "o.nspname NOT LIKE 'pg\\_%' AND o.nspname <> 'information_schema'";

// What a row has to be to belong to a partition; a hash of it is nothing that values could be looked for by.
constexpr const char* kPartitionCheck = R"sql(
SELECT pg_get_partition_constraintdef({0}::regclass),
       (SELECT string_agg(DISTINCT quote_ident(a.attname), ',')
        FROM pg_partition_ancestors({0}::regclass) up JOIN pg_partitioned_table t ON t.partrelid = up.relid
          JOIN pg_attribute a ON a.attrelid = up.relid
            AND (a.attnum = ANY (t.partattrs::int2[]) OR strpos(pg_get_expr(t.partexprs, t.partrelid), a.attname) > 0)
        WHERE a.attnum > 0 AND NOT a.attisdropped)
)sql";

constexpr const char* kLeaves = R"sql(
SELECT l.relid, format('%I.%I', n.nspname, c.relname), pg_get_expr(p.relpartbound, p.oid),
       (SELECT string_agg(coalesce(quote_ident(a.attname), ''), ',' ORDER BY u.pos)
        FROM unnest(t.partattrs::int2[]) WITH ORDINALITY AS u(col, pos)
          LEFT JOIN pg_attribute a ON a.attrelid = h.inhparent AND a.attnum = u.col)
FROM pg_partition_tree({0}) l JOIN pg_class c ON c.oid = l.relid JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN pg_partition_ancestors(l.relid) WITH ORDINALITY AS up(relid, pos)
  JOIN pg_class p ON p.oid = up.relid JOIN pg_inherits h ON h.inhrelid = p.oid
  JOIN pg_partitioned_table t ON t.partrelid = h.inhparent
WHERE l.isleaf AND c.relkind = 'r' AND l.relid <> {0}::regclass ORDER BY n.nspname, c.relname, up.pos
)sql";

constexpr const char* kRoot = R"sql(
SELECT format('%I.%I', n.nspname, r.relname)
FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
  JOIN pg_class r ON r.oid = coalesce(pg_partition_root(coalesce(i.indrelid, c.oid)), i.indrelid, c.oid)
  JOIN pg_namespace n ON n.oid = r.relnamespace
WHERE c.oid = to_regclass({}) AND r.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%'
  AND n.nspname <> 'information_schema'
)sql";

// Identifiers as quote_ident() prints them, between commas.
std::vector<std::string> split_identifiers(const std::string& text) {
  std::vector<std::string> parts{""};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

ConstraintsByTable constraints_where(Connection& connection, const std::string& condition) {
  ConstraintsByTable all;
  std::string last;
  for (const Row& row : connection.query(fmt::format(kForeignKeys, condition))) {
    auto& keys = all[row[0].value()].foreign_keys;
    if (row[1] != last) keys.push_back({row[2].value(), {}, {}});
    last = row[1].value();
    keys.back().columns.push_back(row[3].value());
    keys.back().referenced_columns.push_back(row[4].value());
  }
  for (const Row& row : connection.query(fmt::format(kChecks, condition))) {
    all[row[0].value()].checks.push_back({split_identifiers(row[2].value_or("")), row[1].value()});
  }
  return all;
}

template <typename Fact>
void add_new(const std::vector<Fact>& from, std::vector<Fact>& to) {
  for (const Fact& fact : from) {
    if (std::find(to.begin(), to.end(), fact) == to.end()) to.push_back(fact);
  }
}

}  // namespace

void add_constraints(Connection& connection, ConstraintsByTable& add) {
  for (const auto& [table, constraints] : constraints_where(connection, kOfUsers)) {
    add_new(constraints.foreign_keys, add[table].foreign_keys);
    add_new(constraints.checks, add[table].checks);
  }
}

bool is_partitioned(Connection& connection, const std::string& table) {
  return connection.value(fmt::format("SELECT relkind = 'p' FROM pg_class WHERE oid = {}::regclass",
                                      quote_literal_sql(table))) == "t";
}

TableFacts read_table(Connection& connection, const std::string& table) {
  const std::string literal = quote_literal_sql(table);
  TableFacts facts;
  facts.name = table;
  for (const Row& row : connection.query(fmt::format(kColumns, literal))) {
    ColumnFacts& column = facts.columns.emplace_back();
    column.name = row[0].value();
    column.type = {row[1].value(), row[2].value(), std::stoi(row[3].value()), row[4].value().front(),
                   row[5].value_or("")};
    column.not_null = row[6] == "t";
    column.has_default = row[7] == "t";
    column.generated = row[8] == "t";
    column.domain = row[9] == "t";
    column.sequence = row[10].value_or("");
    column.constraint_text = row[11].value_or("");
    column.generation = row[12].value_or("");
  }
  facts.constraints = constraints_where(connection, fmt::format("t.oid = {}::regclass", literal))[table];
  return facts;
}

std::vector<LeafPartition> read_leaves(Connection& connection, const std::string& table) {
  std::vector<LeafPartition> leaves;
  std::string last;
  for (const Row& row : connection.query(fmt::format(kLeaves, quote_literal_sql(table)))) {
    if (row[0] != last) leaves.push_back({row[1].value(), {}, {}});
    last = row[0].value();
    leaves.back().levels.push_back({row[2].value_or(""), split_identifiers(row[3].value_or(""))});
  }
  for (LeafPartition& leaf : leaves) {
    const std::string literal = quote_literal_sql(leaf.name);
    leaf.checks = constraints_where(connection, fmt::format("t.oid = {}::regclass", literal))[leaf.name].checks;
    const Row row = connection.query(fmt::format(kPartitionCheck, literal)).front();
    if (row[0] && row[1]) leaf.checks.push_back({split_identifiers(*row[1]), *row[0]});
  }
  return leaves;
}

std::vector<std::string> root_tables(Connection& connection, const std::vector<std::string>& relations) {
  std::vector<std::string> tables;
  for (const std::string& relation : relations) {
    const auto rows = connection.query(fmt::format(kRoot, quote_literal_sql(relation)));
    if (rows.empty()) continue;
    const std::string& table = rows.front().front().value();
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  }
  return tables;
}

}  // namespace pglatch
