#include "rules/recipes/partition_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/index_statement.h"
#include "rules/recipes/partition_steps.h"
#include "rules/recipes/partitioned_index.h"
#include "rules/recipes/recipes.h"
#include "rules/recipes/sub_statement.h"
#include "rules/support/column_list.h"

namespace pglatch {
namespace {

std::string regclass(std::string_view name) { return fmt::format("to_regclass({})", quote_literal_sql(name)); }

const TableConstraint* constraint_of(const Relation& table, RelationId index) {
  const auto found = std::find_if(table.constraints.begin(), table.constraints.end(),
                                  [&](const TableConstraint& constraint) { return constraint.index == index; });
  return found == table.constraints.end() ? nullptr : &*found;
}

// CompareIndexInfo() in index.c: the order of sorting does not count.
bool is_equal(const IndexDetails& a, const IndexDetails& b) {
  if (a.unique != b.unique || a.method != b.method || a.columns != b.columns || a.included != b.included) return false;
  return (a.plain && b.plain) || (a.partial == b.partial && same_definition(a.definition, b.definition));
}

std::string_view action(char letter) {
  switch (letter) {
    case FKCONSTR_ACTION_RESTRICT:
      return "RESTRICT";
    case FKCONSTR_ACTION_CASCADE:
      return "CASCADE";
    case FKCONSTR_ACTION_SETNULL:
      return "SET NULL";
    case FKCONSTR_ACTION_SETDEFAULT:
      return "SET DEFAULT";
    default:
      return "NO ACTION";
  }
}

std::string attributes(const TableConstraint& constraint) {
  if (!constraint.deferrable) return {};
  return constraint.initially_deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
}

class Preparation {
 public:
  Preparation(const StatementContext& context, const Relation& partition, const Relation& parent, Rewrite& rewrite)
      : context_(context),
        catalog_(context.catalog),
        partition_(partition),
        parent_(parent),
        rewrite_(rewrite),
        table_(display_name(partition)) {}

  std::optional<Refusal> prepare() {
    for (const RelationId id : parent_.indexes) {
      if (auto refusal = prepare_index(*catalog_.find(id))) return refusal;
    }
    for (const TableConstraint& constraint : parent_.constraints) {
      if (constraint.kind != ConstraintKind::foreign_key) continue;
      if (auto refusal = prepare_foreign_key(constraint)) return refusal;
    }
    return std::nullopt;
  }

 private:
  std::optional<Refusal> prepare_index(const Relation& wanted) {
    const TableConstraint* key = constraint_of(parent_, wanted.id);
    for (const RelationId id : partition_.indexes) {
      const Relation& own = *catalog_.find(id);
      if (!own.index->valid || !is_equal(*own.index, *wanted.index)) continue;
      if (std::find(taken_.begin(), taken_.end(), id) != taken_.end()) continue;
      const TableConstraint* own_key = constraint_of(partition_, id);
      if (key != nullptr && (own_key == nullptr || own_key->kind != key->kind)) continue;
      taken_.push_back(id);
      return std::nullopt;
    }
    const std::string columns = wanted.index->primary ? std::string() : join_column_names(wanted.index->column_names);
    const std::string_view label = wanted.index->primary ? "pkey" : (key != nullptr ? "key" : "idx");
    const std::string name = quote_identifier_sql(
        choose_relation_name(catalog_, partition_.schema, partition_.name, columns, label, key != nullptr));
    const std::string definition = std::string(wanted.index->definition);
    const bool is_key =
        key != nullptr && (key->kind == ConstraintKind::unique || key->kind == ConstraintKind::primary_key);
    if (definition.empty() || (key != nullptr && (!is_key || wanted.index->method != "btree"))) {
      return Refusal{fmt::format("{} has no equal of {}, and that cannot be built without blocking {}.", table_,
                                 display_name(wanted), table_),
                     "Build it while nobody needs the table, then attach it."};
    }
    if (!is_key) {
      constexpr const Recipe* kIndex[] = {&kCreateIndexRecipe, &kCreateIndexPartitionedRecipe};
      return take(
          fmt::format("CREATE {}INDEX {} ON {} {}", wanted.index->unique ? "UNIQUE " : "", name, table_, definition),
          kIndex);
    }
    constexpr const Recipe* kKey[] = {&kAddKeyRecipe};
    return take(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {} {}{}", table_, name,
                            wanted.index->primary ? "PRIMARY KEY" : "UNIQUE", definition, attributes(*key)),
                kKey);
  }

  std::optional<Refusal> prepare_foreign_key(const TableConstraint& wanted) {
    const bool there =
        std::any_of(partition_.constraints.begin(), partition_.constraints.end(), [&](const TableConstraint& own) {
          return own.kind == ConstraintKind::foreign_key && own.columns == wanted.columns && own.validated &&
                 own.referenced == wanted.referenced && own.referenced_columns == wanted.referenced_columns &&
                 own.on_update == wanted.on_update && own.on_delete == wanted.on_delete &&
                 own.deferrable == wanted.deferrable && own.initially_deferred == wanted.initially_deferred;
        });
    const Relation* referenced = catalog_.find(wanted.referenced);
    if (there || referenced == nullptr || !wanted.validated || !wanted.enforced) return std::nullopt;
    const std::string name =
        partition_.constraint(wanted.name) == nullptr
            ? wanted.name
            : choose_constraint_name(catalog_, partition_, join_column_names(wanted.columns), "fkey");
    constexpr const Recipe* kForeignKey[] = {&kAddForeignKeyRecipe};
    return take(
        fmt::format(
            "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {}{}{}{}{}", table_,
            quote_identifier_sql(name), column_list(wanted.columns), display_name(*referenced),
            wanted.referenced_columns.empty() ? "" : fmt::format(" ({})", column_list(wanted.referenced_columns)),
            wanted.on_update == FKCONSTR_ACTION_NOACTION ? std::string()
                                                         : fmt::format(" ON UPDATE {}", action(wanted.on_update)),
            wanted.on_delete == FKCONSTR_ACTION_NOACTION ? std::string()
                                                         : fmt::format(" ON DELETE {}", action(wanted.on_delete)),
            attributes(wanted)),
        kForeignKey);
  }

  std::optional<Refusal> take(const std::string& sql, std::span<const Recipe* const> recipes) {
    auto made = rewrite_of(context_, sql, recipes);
    if (!made) {
      return Refusal{
          fmt::format("{} lacks what the attach would make: {}. No recipe makes that beforehand.", table_, sql),
          "Make it in a migration before this one, and plan that."};
    }
    if (made->refusal) return made->refusal;
    append_rewrite(rewrite_, std::move(*made));
    return std::nullopt;
  }

  const StatementContext& context_;
  const Catalog& catalog_;
  const Relation& partition_;
  const Relation& parent_;
  Rewrite& rewrite_;
  std::string table_;
  std::vector<RelationId> taken_{};
};

// What CompareIndexInfo() compares of an index, as text.
std::string comparable(std::string_view index) {
  return fmt::format(
      "regexp_replace(pg_get_indexdef({}), '^.*? USING | DESC| NULLS (FIRST|LAST)| WITH \\([^)]*\\)| TABLESPACE \\S+', "
      "'', 'g')",
      index);
}

}  // namespace

std::optional<Refusal> prepare_keys(const StatementContext& context, const Relation& partition, const Relation& parent,
                                    Rewrite& rewrite) {
  return Preparation(context, partition, parent, rewrite).prepare();
}

Step check_keys(const Relation& partition, const Relation& parent) {
  const std::string table = display_name(partition);
  const std::string above = display_name(parent);
  return check_step(
      fmt::format("Check that {} has all indexes and foreign keys of {}", table, above),
      fmt::format(
          "SELECT {attached} OR NOT EXISTS (\n"
          "    SELECT FROM pg_index w LEFT JOIN pg_constraint k ON k.conindid = w.indexrelid AND k.conrelid = "
          "w.indrelid\n"
          "    WHERE w.indrelid = {parent} AND NOT EXISTS (\n"
          "      SELECT FROM pg_index i LEFT JOIN pg_constraint o ON o.conindid = i.indexrelid AND o.conrelid = "
          "i.indrelid\n"
          "      WHERE i.indrelid = {table} AND i.indisvalid AND i.indisready AND i.indislive\n"
          "        AND i.indisunique = w.indisunique AND (k.oid IS NULL OR o.contype = k.contype)\n"
          "        AND {own} = {wanted}))\n"
          "  AND NOT EXISTS (\n"
          "    SELECT FROM pg_constraint w\n"
          "    WHERE w.conrelid = {parent} AND w.contype = 'f' AND w.convalidated AND w.conparentid = 0 AND NOT EXISTS "
          "(\n"
          "      SELECT FROM pg_constraint o\n"
          "      WHERE o.conrelid = {table} AND o.contype = 'f' AND o.convalidated\n"
          "        AND pg_get_constraintdef(o.oid) = pg_get_constraintdef(w.oid)))",
          fmt::arg("attached", is_partition_condition(table, above)), fmt::arg("parent", regclass(above)),
          fmt::arg("table", regclass(table)), fmt::arg("own", comparable("i.indexrelid")),
          fmt::arg("wanted", comparable("w.indexrelid"))),
      fmt::format("{} has an index or a foreign key that the migrations do not show, or has it with options that they "
                  "do not: {} would be read under the strongest lock. Make the plan again with the schema of the "
                  "database (--schema); what is done is recognised.",
                  above, table));
}

}  // namespace pglatch
