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
       (SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k WHERE k.contypid = t.oid)
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
WHERE a.attrelid = {0}::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
)sql";

constexpr const char* kForeignKeys = R"sql(
SELECT k.oid, format('%I.%I', n.nspname, r.relname), quote_ident(a.attname), quote_ident(f.attname)
FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace n ON n.oid = r.relnamespace
  CROSS JOIN unnest(k.conkey, k.confkey) WITH ORDINALITY AS u(col, ref, pos)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.col
  JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = u.ref
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid = {}::regclass ORDER BY k.oid, u.pos
)sql";

constexpr const char* kChecks = R"sql(
SELECT quote_ident(a.attname), pg_get_expr(k.conbin, k.conrelid)
FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'c' AND k.conrelid = {}::regclass AND array_length(k.conkey, 1) = 1 ORDER BY k.conname
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

}  // namespace

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
  }
  std::string last;
  for (const Row& row : connection.query(fmt::format(kForeignKeys, literal))) {
    if (row[0] != last) facts.foreign_keys.push_back({row[1].value(), {}, {}});
    last = row[0].value();
    facts.foreign_keys.back().columns.push_back(row[2].value());
    facts.foreign_keys.back().referenced_columns.push_back(row[3].value());
  }
  for (const Row& row : connection.query(fmt::format(kChecks, literal))) {
    facts.checks.push_back({row[0].value(), row[1].value()});
  }
  return facts;
}

std::vector<LeafPartition> read_leaves(Connection& connection, const std::string& table) {
  std::vector<LeafPartition> leaves;
  std::string last;
  for (const Row& row : connection.query(fmt::format(kLeaves, quote_literal_sql(table)))) {
    if (row[0] != last) leaves.push_back({row[1].value(), {}});
    last = row[0].value();
    leaves.back().levels.push_back({row[2].value_or(""), split_identifiers(row[3].value_or(""))});
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
