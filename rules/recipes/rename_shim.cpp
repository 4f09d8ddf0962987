// RENAME of a table or column with --param rename=shim: a view under the old name of the table, through which
// PostgreSQL reads and writes, knows both names until people say that no code uses the old one. Then it goes, and the
// schema is the one that the original leaves.
//
// PostgreSQL documentation, CREATE VIEW, "Updatable Views", security_invoker (15).
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/column_change.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/partitioned_index.h"
#include "rules/recipes/recipes.h"
#include "rules/support/impact.h"
#include "rules/support/row_security.h"
#include "rules/support/script_names.h"

namespace pglatch {
namespace {

constexpr std::string_view kParameter = "rename";
constexpr std::string_view kShim = "shim";

std::string regclass(std::string_view name) { return fmt::format("to_regclass({})", quote_literal_sql(name)); }

struct Rename {
  const StatementContext& context;
  const Relation& table;
  std::string column;    // empty: the table itself gets another name
  std::string new_name;  // unquoted
  std::string name;      // of the table; qualified and quoted, as are the next two
  std::string behind;    // of the table, while the view has its name
  std::string view;      // of the view, before it gets the table's name
  std::string behind_part;
  std::string view_part;

  [[nodiscard]] bool of_column() const { return !column.empty(); }
  [[nodiscard]] std::string what() const {
    return of_column() ? fmt::format("{}.{}", name, quote_identifier_sql(column)) : name;
  }
  // SQL conditions.
  [[nodiscard]] std::string has_shim() const {
    return fmt::format("EXISTS (SELECT FROM pg_class c WHERE c.oid = {} AND c.relkind = 'v')", regclass(name));
  }
  [[nodiscard]] std::string is_finished() const {
    if (!of_column()) return fmt::format("({} IS NULL AND {} IS NOT NULL)", regclass(name), regclass(behind));
    return fmt::format(
        "EXISTS (SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid\n"
        "  WHERE c.oid = {} AND c.relkind IN ('r', 'p') AND a.attname = {})",
        regclass(name), quote_literal_sql(new_name));
  }
  [[nodiscard]] std::string is_switched() const { return fmt::format("{} OR {}", has_shim(), is_finished()); }
};

Step make_view(const Rename& rename) {
  std::string columns;
  for (const Column& column : rename.table.columns) {
    const std::string quoted = quote_identifier_sql(column.name);
    columns += columns.empty() ? "" : ", ";
    columns +=
        rename.column == column.name ? fmt::format("{} AS {}", quoted, quote_identifier_sql(rename.new_name)) : quoted;
  }
  if (rename.of_column()) columns += fmt::format(", {}", quote_identifier_sql(rename.column));
  const bool invoker = rename.context.pg_version >= kFirstWithSecurityInvoker;
  Step step = brief_step(fmt::format("Make the view {}, which is to take the name {}", rename.view, rename.name),
                         fmt::format("CREATE VIEW {}{} AS SELECT {} FROM {}", rename.view,
                                     invoker ? " WITH (security_invoker = true)" : "", columns, rename.name),
                         fmt::format("SELECT {} IS NOT NULL OR {}", regclass(rename.view), rename.is_switched()));
  step.rollback = {{StepClass::brief, fmt::format("DROP VIEW IF EXISTS {}", rename.view)}};
  return step;
}

// Owner and privileges of the table.
Step equip_view(const Rename& rename) {
  const std::string grantee =
      "CASE WHEN p.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END\n"
      "      || CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END";
  const std::string on_view = quote_literal_sql(fmt::format(" ON {} TO ", rename.view));
  const std::string columns = rename.of_column()
                                  ? fmt::format(
                                        "CASE WHEN a.attname = {} THEN ARRAY[a.attname::text, {}] ELSE "
                                        "ARRAY[a.attname::text] END",
                                        quote_literal_sql(rename.column), quote_literal_sql(rename.new_name))
                                  : "ARRAY[a.attname::text]";
  Step step;
  step.title = fmt::format("Give {} the owner and the privileges of {}", rename.view, rename.name);
  step.step_class = StepClass::brief;
  step.generator = true;
  step.sql = {fmt::format(
      "SELECT g.statement FROM pg_class t, LATERAL (\n"
      "  SELECT 'GRANT ' || p.privilege_type || {on_view} || {grantee}\n"
      "    FROM aclexplode(t.relacl) p\n"
      "    WHERE p.grantee <> t.relowner AND p.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')\n"
      "  UNION ALL SELECT 'GRANT ' || p.privilege_type || ' (' || quote_ident(n) || ')' || {on_view} || {grantee}\n"
      "    FROM pg_attribute a, aclexplode(a.attacl) p, unnest({columns}) n\n"
      "    WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND p.privilege_type <> 'REFERENCES'\n"
      "  UNION ALL SELECT {owner} || quote_ident(pg_get_userbyid(t.relowner))\n"
      "    WHERE pg_get_userbyid(t.relowner) <> current_user\n"
      ") AS g(statement)\n"
      "WHERE t.oid = {table} AND t.relkind <> 'v' AND {view} IS NOT NULL",
      fmt::arg("on_view", on_view), fmt::arg("grantee", grantee), fmt::arg("columns", columns),
      fmt::arg("owner", quote_literal_sql(fmt::format("ALTER VIEW {} OWNER TO ", rename.view))),
      fmt::arg("table", regclass(rename.name)), fmt::arg("view", regclass(rename.view)))};
  step.sample = fmt::format("GRANT SELECT ON {} TO PUBLIC", rename.view);
  step.watch = lock_waits();
  step.on_failure = kRunAgain;
  return step;
}

Step change_places(const Rename& rename) {
  const std::string old = quote_identifier_sql(rename.table.name);
  Step step = brief_step(fmt::format("Rename {}, with the view in the place of the old name", rename.what()), {},
                         "SELECT " + rename.is_switched());
  step.sql.clear();
  if (rename.of_column()) {
    step.sql.push_back(fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", rename.name,
                                   quote_identifier_sql(rename.column), quote_identifier_sql(rename.new_name)));
  }
  step.sql.push_back(fmt::format("ALTER TABLE {} RENAME TO {}", rename.name, quote_identifier_sql(rename.behind_part)));
  step.sql.push_back(fmt::format("ALTER VIEW {} RENAME TO {}", rename.view, old));
  step.rollback = {{StepClass::brief,
                    fmt::format("ALTER VIEW {} RENAME TO {}", rename.name, quote_identifier_sql(rename.view_part))},
                   {StepClass::brief, fmt::format("ALTER TABLE {} RENAME TO {}", rename.behind, old)}};
  if (rename.of_column()) {
    step.rollback.push_back(
        {StepClass::brief, fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", rename.name,
                                       quote_identifier_sql(rename.new_name), quote_identifier_sql(rename.column))});
  }
  return step;
}

// Nothing is sent: people say that it is so.
Step wait_for_code(const Rename& rename) {
  Step step;
  step.title = fmt::format("Wait until no running code uses {} by its old name", rename.what());
  step.step_class = StepClass::validate;
  step.by_hand = true;
  step.on_failure = "Deploy the code that uses the new name, and see the last of the old code gone.";
  return step;
}

Step remove_view(const Rename& rename) {
  Step step = brief_step(fmt::format("Drop the view {}", rename.name), fmt::format("DROP VIEW {}", rename.name),
                         "SELECT " + rename.is_finished());
  if (rename.of_column()) {
    step.title += fmt::format(", and give the table its name back");
    step.sql.push_back(
        fmt::format("ALTER TABLE {} RENAME TO {}", rename.behind, quote_identifier_sql(rename.table.name)));
  }
  return step;
}

// What makes code miss nothing needs no shim.
bool breaks_code(const Rename& rename) {
  const StatementContext& context = rename.context;
  if (made_by_script(context, rename.table)) return false;
  if (!rename.of_column()) {
    return !is_given_later(context, {NameSpace::relation, rename.table.schema, rename.table.name}, Reach::script);
  }
  return !is_column_given_later(context, rename.table.id, rename.column) &&
         !was_column_free_before(context, rename.table.id, rename.new_name);
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<RenameStmt>(context.statement.node);
  const bool of_column = statement.renameType == OBJECT_COLUMN;
  if (!of_column && statement.renameType != OBJECT_TABLE) return std::nullopt;
  if (context.decisions == nullptr || context.decisions->parameter(kParameter) != kShim) return std::nullopt;
  const Relation* table = find_relation(context, statement.relation);
  if (table == nullptr || context.effects.fails || !context.is_live(table->id)) return std::nullopt;
  if (table->kind != RelationKind::table && table->kind != RelationKind::partitioned_table) return std::nullopt;
  Rename rename{context,
                *table,
                of_column ? std::string(text(statement.subname)) : std::string(),
                std::string(text(statement.newname)),
                display_name(*table),
                {},
                {},
                {},
                {}};
  rename.behind_part = of_column ? prefixed_name("pglatch_table_", table->name) : rename.new_name;
  rename.view_part = prefixed_name("pglatch_view_", table->name);
  rename.behind = quote_qualified(table->schema, rename.behind_part);
  rename.view = quote_qualified(table->schema, rename.view_part);
  if (!breaks_code(rename)) return std::nullopt;

  Rewrite result;
  if (!table->columns_known || table->columns.empty()) {
    result.refusal = Refusal{fmt::format("The view needs the columns of {}, which are not known here.", rename.name),
                             "Make the plan again with the schema of the database (--schema), or without --param "
                             "rename=shim."};
    return result;
  }
  const std::string phase = fmt::format("Rename {}, with a view for code that uses the old name", rename.what());
  add_steps(result, PhaseKind::expand, phase, {make_view(rename), equip_view(rename)});
  add_steps(result, PhaseKind::switch_, phase, {change_places(rename)});
  add_steps(result, PhaseKind::contract, fmt::format("Remove the old name of {}", rename.what()),
            {wait_for_code(rename), remove_view(rename)});
  if (context.pg_version < kFirstWithSecurityInvoker) {
    result.assumptions.push_back(
        {fmt::format("{} has no row security: before PostgreSQL 15 a view reads as its owner.", rename.name),
         fmt::format("SELECT NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = {} AND c.relrowsecurity)",
                     regclass(rename.name)),
         "Make the plan without --param rename=shim."});
  }
  result.notes.push_back(fmt::format(
      "While {} is a view, TRUNCATE, COPY … FROM, LOCK and ALTER TABLE on it fail, foreign keys cannot reference it, "
      "and an INSERT or UPDATE may name one of two names of a column only.",
      rename.name));
  result.notes.push_back(
      fmt::format("The plan stops in the middle, and goes on when it is told that no running code uses {} by its old "
                  "name: weeks may pass.",
                  rename.what()));
  return result;
}

constexpr NodeTag kNodes[] = {T_RenameStmt};
constexpr std::string_view kRules[] = {"rename-column", "rename-table"};
constexpr std::string_view kParameters[] = {kParameter};

}  // namespace

const Recipe kRenameShimRecipe{
    "rename-shim", "RENAME of a table or column, with a view for the old name until it is not used",
    kNodes,        kRules,
    rewrite,       {},
    kParameters};

}  // namespace pglatch
