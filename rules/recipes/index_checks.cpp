#include "rules/recipes/index_checks.h"

#include <fmt/format.h>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

constexpr std::string_view kUsable = "i.indisvalid AND i.indisready AND i.indislive";

std::string regclass(std::string_view name) { return fmt::format("to_regclass({})", quote_literal_sql(name)); }

// pg_index.indoption of an element: bit 0 descending, bit 1 nulls first (INDOPTION_DESC …).
int option_bits(const IndexElem& element) {
  const bool descending = element.ordering == SORTBY_DESC;
  const bool nulls_first =
      element.nulls_ordering == SORTBY_NULLS_DEFAULT ? descending : element.nulls_ordering == SORTBY_NULLS_FIRST;
  return (descending ? 1 : 0) | (nulls_first ? 2 : 0);
}

// Names of the indexed columns as a text[] literal; NULL for expressions.
std::string column_array(const IndexStmt& node) {
  std::string out;
  for (const List* list : {node.indexParams, node.indexIncludingParams}) {
    for (const IndexElem* element : each<IndexElem>(list)) {
      if (!out.empty()) out += ", ";
      out += element->name == nullptr ? "NULL" : quote_literal_sql(element->name);
    }
  }
  return fmt::format("ARRAY[{}]::text[]", out);
}

std::string option_vector(const IndexStmt& node) {
  std::string out;
  for (const IndexElem* element : each<IndexElem>(node.indexParams)) {
    if (!out.empty()) out += ' ';
    out += std::to_string(option_bits(*element));
  }
  return quote_literal_sql(out);
}

std::string find_index(const IndexStatement& statement, std::string_view index, std::string_view table,
                       std::string_view condition) {
  const IndexStmt& node = *statement.node;
  return fmt::format(
      "SELECT EXISTS (\n"
      "  SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam\n"
      "  WHERE i.indexrelid = {index} AND i.indrelid = {table} AND {condition}\n"
      "    AND i.indisunique = {unique} AND m.amname = {method} AND i.indoption::text = {options}\n"
      "    AND (i.indpred IS NOT NULL) = {partial}\n"
      "    AND ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY k(attnum, n)\n"
      "              LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0\n"
      "              ORDER BY k.n) = {columns})",
      fmt::arg("index", regclass(index)), fmt::arg("table", regclass(table)), fmt::arg("condition", condition),
      fmt::arg("unique", node.unique), fmt::arg("method", quote_literal_sql(text(node.accessMethod))),
      fmt::arg("options", option_vector(node)), fmt::arg("partial", node.whereClause != nullptr),
      fmt::arg("columns", column_array(node)));
}

}  // namespace

std::string index_is_done(const IndexStatement& statement, std::string_view index, std::string_view table) {
  return find_index(statement, index, table, kUsable);
}

std::string index_is_there(const IndexStatement& statement, std::string_view index, std::string_view table) {
  return find_index(statement, index, table, "i.indislive");
}

std::string child_index_is_done(std::string_view index, std::string_view table, std::string_view root_index,
                                bool partitioned) {
  return fmt::format(
      "SELECT EXISTS (\n"
      "  SELECT FROM pg_index i\n"
      "  WHERE i.indexrelid = {} AND i.indrelid = {} AND {}\n"
      "    AND {})",
      regclass(index), regclass(table), partitioned ? "i.indislive" : kUsable,
      same_index_definition("i.indexrelid", regclass(root_index)));
}

std::string index_is_valid(std::string_view index) {
  return fmt::format("SELECT EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = {} AND {})", regclass(index), kUsable);
}

std::string same_index_definition(std::string_view a, std::string_view b) {
  return fmt::format(
      "(SELECT x.indisunique = y.indisunique\n"
      "       AND regexp_replace(pg_get_indexdef(x.indexrelid), '^.*? USING ', '')\n"
      "         = regexp_replace(pg_get_indexdef(y.indexrelid), '^.*? USING ', '')\n"
      "     FROM pg_index x, pg_index y WHERE x.indexrelid = {} AND y.indexrelid = {})",
      a, b);
}

std::string_view is_leftover() {
  // The view hides the relation from roles that do not own the build, but not its process: that one
  // holds ShareUpdateExclusiveLock on the table for as long as it builds.
  return "NOT (i.indisvalid AND i.indisready AND i.indislive)\n"
         "    AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p JOIN pg_locks l ON l.pid = p.pid\n"
         "                    WHERE p.datname = current_database() AND l.locktype = 'relation' AND l.granted\n"
         "                      AND l.relation = i.indrelid AND l.mode = 'ShareUpdateExclusiveLock')";
}

std::vector<Leftover> build_leftovers(std::string_view index, std::string_view table) {
  const auto leftover = [&](std::string_view attached) {
    return fmt::format(
        "SELECT EXISTS (\n"
        "  SELECT FROM pg_index i\n"
        "  WHERE i.indexrelid = {} AND i.indrelid = {}\n"
        "    AND {}EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)\n"
        "    AND {})",
        regclass(index), regclass(table), attached, is_leftover());
  };
  return {{fmt::format("an INVALID index {} of an interrupted build", index), leftover("NOT "),
           fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", index)},
          {fmt::format("an INVALID index {} that was attached all the same", index), leftover(""),
           fmt::format("REINDEX INDEX CONCURRENTLY {}", index)}};
}

std::string is_attached(std::string_view child, std::string_view parent) {
  return fmt::format(
      "SELECT EXISTS (\n"
      "  SELECT FROM pg_inherits h JOIN pg_index c ON c.indexrelid = h.inhrelid JOIN pg_index p ON p.indexrelid = "
      "h.inhparent\n"
      "  WHERE h.inhrelid = {} AND h.inhparent = {} AND (c.indisvalid OR NOT p.indisvalid)\n"
      "    AND (p.indisvalid OR (SELECT count(*) FROM pg_inherits t WHERE t.inhparent = p.indrelid)\n"
      "      > (SELECT count(*) FROM pg_inherits a JOIN pg_index v ON v.indexrelid = a.inhrelid\n"
      "         WHERE a.inhparent = p.indexrelid AND v.indisvalid)))",
      regclass(child), regclass(parent));
}

std::string build_progress(std::string_view table) {
  return fmt::format(
      "SELECT p.pid, p.relid::regclass AS \"table\", p.index_relid::regclass AS \"index\", p.phase,\n"
      "  p.lockers_done || '/' || p.lockers_total AS lockers, p.current_locker_pid,\n"
      "  round(100.0 * p.blocks_done / nullif(p.blocks_total, 0), 1) AS blocks_percent, p.tuples_done\n"
      "FROM pg_stat_progress_create_index p WHERE p.datname = current_database(){}",
      table.empty() ? std::string() : fmt::format(" AND p.relid = {}", regclass(table)));
}

std::vector<Preflight> build_preflight(std::string_view table, bool partitioned) {
  const std::string relations = partitioned ? fmt::format("(SELECT relid FROM pg_partition_tree({}))", regclass(table))
                                            : fmt::format("(SELECT {} AS relid)", regclass(table));
  return {
      {"Invalid indexes that are there already",
       fmt::format("SELECT i.indexrelid::regclass AS \"index\", i.indrelid::regclass AS \"table\"\n"
                   "FROM pg_index i JOIN {} t ON t.relid = i.indrelid\n"
                   "WHERE NOT i.indisvalid",
                   relations),
       "no rows; leftovers of this plan's own names are removed by it", false},
  };
}

Preflight duplicates_preflight(const IndexStatement& statement, std::string_view table) {
  std::string keys;
  std::string where = statement.predicate.empty() ? std::string() : fmt::format("({})", statement.predicate);
  for (const std::string& key : statement.keys) {
    if (!keys.empty()) keys += ", ";
    keys += key;
    // NULLs are not equal to each other, unless the index says so.
    if (statement.node->nulls_not_distinct) continue;
    if (!where.empty()) where += " AND ";
    where += fmt::format("{} IS NOT NULL", key);
  }
  if (!where.empty()) where = "\nWHERE " + where;
  return {
      "Duplicates, on which the unique index would fail (reads the whole table)",
      fmt::format("SELECT {0}, count(*)\nFROM {1}{2}\nGROUP BY {0} HAVING count(*) > 1 LIMIT 10", keys, table, where),
      "no rows", false};
}

}  // namespace pglatch
