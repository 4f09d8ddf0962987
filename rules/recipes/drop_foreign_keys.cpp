#include "rules/recipes/drop_foreign_keys.h"

#include <fmt/format.h>

#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_steps.h"

namespace pglatch {

std::vector<Step> drop_foreign_keys(
    const Catalog& catalog, const std::vector<const Relation*>& tables,
    const std::function<bool(const Relation& owner, const TableConstraint& key)>& which) {
  std::vector<Step> steps;
  for (const Relation* root : tables) {
    for (const RelationId id : catalog.with_descendants(root->id)) {
      const Relation& table = *catalog.find(id);
      for (const TableConstraint& key : table.constraints) {
        // One that references its own table locks no other; a parent's goes with the parent's.
        if (key.kind != ConstraintKind::foreign_key || key.referenced == id || key.inherited) continue;
        if (!which(table, key)) continue;
        const std::string name = display_name(table);
        const Relation* other = catalog.find(key.referenced);
        Step step = drop_constraint(fmt::format("ALTER TABLE {}", name), name, key.name);
        if (other != nullptr) step.title += fmt::format(", which locks {} for a moment", display_name(*other));
        steps.push_back(std::move(step));
      }
    }
  }
  return steps;
}

Assumption has_no_foreign_keys(const Relation& table, std::string_view column) {
  const std::string name = display_name(table);
  const std::string oid = fmt::format("to_regclass({})", quote_literal_sql(name));
  const std::string_view if_false = "Make the plan again with the schema of the database (--schema).";
  const std::string keys = fmt::format(
      "SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.confrelid <> k.conrelid AND k.conrelid = {}", oid);
  if (column.empty()) {
    return {fmt::format("{} has no foreign key, and is no partition: the migrations do not show it.", name),
            fmt::format("SELECT NOT EXISTS (\n  {})\n  AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = {} AND "
                        "c.relispartition)",
                        keys, oid),
            std::string(if_false)};
  }
  return {
      fmt::format("{} has no foreign key on {}: the migrations do not show it.", name, quote_identifier_sql(column)),
      fmt::format("SELECT NOT EXISTS (\n  {}\n  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid "
                  "AND a.attnum = ANY (k.conkey)\n    AND a.attname = {}))",
                  keys, quote_literal_sql(column)),
      std::string(if_false)};
}

}  // namespace pglatch
