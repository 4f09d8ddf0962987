#include "rules/recipes/partition_queries.h"

#include <fmt/format.h>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/index_checks.h"

namespace pglatch {

// `tree`: the root and all partitions with the name that each one's index is to have. `own`: the index
// of this definition that each has, whatever its name: attached ones first, then ours.
std::string PartitionedBuild::with_tree() const {
  return fmt::format(
      "WITH tree AS (\n"
      "  SELECT t.relid, t.parentrelid, t.level, c.relkind, n.nspname, c.relname,\n"
      "    {wanted} AS wanted\n"
      "  FROM pg_partition_tree({table}) t JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = "
      "c.relnamespace),\n"
      "own AS (\n"
      "  SELECT DISTINCT ON (t.relid) t.relid, i.indexrelid, i.indisvalid, h.inhparent, n.nspname, c.relname\n"
      "  FROM tree t JOIN pg_index i ON i.indrelid = t.relid JOIN pg_class c ON c.oid = i.indexrelid\n"
      "    JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid\n"
      "  WHERE CASE WHEN t.level = 0 THEN i.indexrelid = {index}\n"
      "    ELSE (i.indisvalid OR t.relkind = 'p') AND {same} END\n"
      "  ORDER BY t.relid, h.inhparent IS NULL, c.relname::text <> t.wanted, i.indexrelid)\n",
      fmt::arg("wanted", names.sql("n.nspname", "c.relname")),
      fmt::arg("table", fmt::format("{}::regclass", quote_literal_sql(table))),
      fmt::arg("index", fmt::format("to_regclass({})", quote_literal_sql(index))),
      fmt::arg("same",
               same_index_definition("i.indexrelid", fmt::format("to_regclass({})", quote_literal_sql(index)))));
}

std::string PartitionedBuild::create(std::string_view options, std::string_view only) const {
  return fmt::format("format('CREATE {}INDEX {}IF NOT EXISTS %I ON {}%I.%I %s', t.wanted, t.nspname, t.relname, {})",
                     statement.node->unique ? "UNIQUE " : "", options, only, quote_literal_sql(statement.definition));
}

std::string PartitionedBuild::create_on_only() const {
  return with_tree() + fmt::format(
                           "SELECT {}\n"
                           "FROM tree t\n"
                           "WHERE t.level > 0 AND t.relkind = 'p' AND NOT EXISTS (SELECT FROM own o WHERE o.relid = "
                           "t.relid)\n"
                           "ORDER BY t.level, t.nspname, t.relname",
                           create("", "ONLY "));
}

std::string PartitionedBuild::drop_leftovers() const {
  return with_tree() + fmt::format(
                           "SELECT format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', t.nspname, t.wanted)\n"
                           "FROM tree t JOIN pg_index i ON i.indrelid = t.relid JOIN pg_class c ON c.oid = "
                           "i.indexrelid\n"
                           "WHERE t.relkind = 'r' AND c.relname::text = t.wanted\n"
                           "    AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)\n"
                           "    AND {}\n"
                           "ORDER BY t.level, t.nspname, t.relname",
                           is_leftover());
}

std::string PartitionedBuild::build() const {
  return with_tree() + fmt::format(
                           "SELECT {}\n"
                           "FROM tree t\n"
                           "WHERE t.relkind = 'r' AND NOT EXISTS (SELECT FROM own o WHERE o.relid = t.relid)\n"
                           "ORDER BY t.level, t.nspname, t.relname",
                           create("CONCURRENTLY ", ""));
}

std::string PartitionedBuild::all_built() const {
  return with_tree() +
         "SELECT NOT EXISTS (SELECT FROM tree t WHERE NOT EXISTS (SELECT FROM own o WHERE o.relid = t.relid))";
}

std::string PartitionedBuild::attach() const {
  return with_tree() +
         "SELECT format('ALTER INDEX %I.%I ATTACH PARTITION %I.%I', p.nspname, p.relname, o.nspname, o.relname)\n"
         "FROM tree t JOIN own o ON o.relid = t.relid JOIN own p ON p.relid = t.parentrelid\n"
         "WHERE t.level > 0 AND (o.inhparent IS NULL OR NOT p.indisvalid)\n"
         "ORDER BY t.level DESC, t.nspname, t.relname";
}

std::string PartitionedBuild::no_foreign_tables() const {
  return fmt::format(
      "SELECT NOT EXISTS (\n"
      "  SELECT FROM pg_partition_tree(to_regclass({})) t JOIN pg_class c ON c.oid = t.relid WHERE c.relkind = 'f')",
      quote_literal_sql(table));
}

}  // namespace pglatch
