#include "rules/recipes/partition_set.h"

#include <fmt/format.h>

#include "analyzer/parse/identifier.h"

namespace pglatch {

std::string has_partitions(std::string_view table, const std::vector<std::string>& partitions) {
  std::string array;
  for (const std::string& partition : partitions) {
    array += fmt::format("{}to_regclass({})::oid", array.empty() ? "" : ", ", quote_literal_sql(partition));
  }
  return fmt::format(
      "SELECT coalesce(array_agg(t.relid::oid ORDER BY t.relid::oid), '{{}}')\n"
      "     = (SELECT coalesce(array_agg(p ORDER BY p), '{{}}') FROM unnest(ARRAY[{}]::oid[]) p)\n"
      "FROM pg_partition_tree(to_regclass({})) t WHERE t.level > 0",
      array, quote_literal_sql(table));
}

}  // namespace pglatch
