#include "tests/unit/catalog/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "analyzer/parse/identifier.h"

namespace pglatch::testing {

Replay& Replay::run(std::string_view sql, ExecutionMode mode) {
  start(sql, mode);
  return finish();
}

Replay& Replay::start(std::string_view sql, ExecutionMode mode, std::size_t more_statements) {
  const std::string text(sql);
  const ParsedScript script = parse(text);
  if (!script.errors.empty()) throw std::runtime_error(script.errors.front().message + " in " + text);
  ++catalog.script;
  session.begin_script(mode, script.statements.size() + more_statements);
  for (const Statement& statement : script.statements) {
    apply(statement, text, catalog, session);
    session.apply(statement.node);
  }
  return *this;
}

Replay& Replay::finish() {
  session.end_script();
  return *this;
}

const Relation* Replay::find(std::string_view name) const {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return catalog.find({{}, name}, {"public"});
  return catalog.find({name.substr(0, dot), name.substr(dot + 1)}, {});
}

const Relation& Replay::at(std::string_view name) const {
  const Relation* relation = find(name);
  if (relation == nullptr) throw std::runtime_error("no relation " + std::string(name));
  return *relation;
}

namespace {

std::string joined(std::vector<std::string> names, bool sorted = false) {
  if (sorted) std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ","));
}

std::string name_of(const Catalog& catalog, RelationId id) {
  const Relation* relation = catalog.find(id);
  return relation == nullptr ? "-" : relation->schema + "." + relation->name;
}

char letter(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::check:
      return 'c';
    case ConstraintKind::not_null:
      return 'n';
    case ConstraintKind::unique:
      return 'u';
    case ConstraintKind::primary_key:
      return 'p';
    case ConstraintKind::foreign_key:
      return 'f';
    case ConstraintKind::exclusion:
      return 'x';
  }
  return '?';
}

bool has_typed_columns(RelationKind kind) {
  return kind == RelationKind::table || kind == RelationKind::partitioned_table ||
         kind == RelationKind::foreign_table || kind == RelationKind::composite_type;
}

}  // namespace

std::vector<std::string> describe(const Catalog& catalog) {
  std::vector<std::string> lines;
  for (const Relation* relation : catalog.relations()) {
    const std::string name = relation->schema + "." + relation->name;
    lines.push_back(fmt::format("{} {}{}", to_string(relation->kind), name, relation->unlogged ? " unlogged" : ""));
    for (const Column& column : relation->columns) {
      if (!has_typed_columns(relation->kind)) {
        if (!relation->is_index()) lines.push_back(fmt::format("column {}.{}", name, column.name));
        continue;
      }
      lines.push_back(fmt::format("column {}.{} {}{}{} identity={} generated={}{}{}", name, column.name,
                                  format_type(column.type), column.not_null ? " notnull" : "",
                                  column.has_default ? " default" : "", column.identity == 0 ? '-' : column.identity,
                                  column.generated == 0 ? '-' : column.generated, column.local ? " local" : "",
                                  column.inherited ? " inherited" : ""));
    }
    for (const TableConstraint& constraint : relation->constraints) {
      if (constraint.kind == ConstraintKind::not_null) continue;
      const bool is_check = constraint.kind == ConstraintKind::check;
      lines.push_back(fmt::format("constraint {}.{} {}{}{} ({}){}", name, constraint.name, letter(constraint.kind),
                                  constraint.validated ? "" : " notvalid", constraint.deferrable ? " deferrable" : "",
                                  joined(constraint.columns, is_check),
                                  is_check ? (constraint.local ? " local" : " inherited") : ""));
      if (constraint.kind == ConstraintKind::foreign_key) {
        lines.push_back(fmt::format("references {}.{} {} ({})", name, constraint.name,
                                    name_of(catalog, constraint.referenced), joined(constraint.referenced_columns)));
      }
    }
    if (relation->is_index()) {
      const IndexDetails& index = *relation->index;
      std::vector<std::string> columns = index.columns;
      columns.insert(columns.end(), index.included.begin(), index.included.end());
      lines.push_back(fmt::format("index {} on {} {}{}{}{}{} parent={} ({})", name, name_of(catalog, index.table),
                                  index.method, index.unique ? " unique" : "", index.primary ? " primary" : "",
                                  index.valid ? "" : " invalid", index.partial ? " partial" : "",
                                  name_of(catalog, index.parent), joined(columns)));
    }
    if (relation->partition_of != kNoRelation) {
      lines.push_back(fmt::format("partition {} of {}{}", name, name_of(catalog, relation->partition_of),
                                  relation->bound->is_default ? " default" : ""));
    }
    for (const RelationId parent : relation->inherits) {
      lines.push_back(fmt::format("inherits {} {}", name, name_of(catalog, parent)));
    }
    for (const std::string& trigger : relation->triggers) lines.push_back(fmt::format("trigger {}.{}", name, trigger));
    if (relation->owned_by != kNoRelation) {
      lines.push_back(
          fmt::format("owned {} by {}.{}", name, name_of(catalog, relation->owned_by), relation->owned_by_column));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string describe_query() {
  return R"sql(
WITH r AS (
  SELECT c.*, n.nspname || '.' || c.relname AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_temp|^pg_toast'
    AND c.relkind IN ('r', 'p', 'f', 'i', 'I', 'v', 'm', 'S', 'c')),
lines AS (
  SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table'
           WHEN 'i' THEN 'index' WHEN 'I' THEN 'partitioned index' WHEN 'v' THEN 'view'
           WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'composite type' END
         || ' ' || name || CASE WHEN relpersistence = 'u' AND relkind IN ('r', 'p') THEN ' unlogged' ELSE '' END AS line
  FROM r
UNION ALL
  SELECT 'column ' || name || '.' || attname || CASE WHEN relkind IN ('r', 'p', 'f', 'c') THEN
           ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' notnull' ELSE '' END
           || CASE WHEN atthasdef AND attgenerated = '' THEN ' default' ELSE '' END
           || ' identity=' || CASE WHEN attidentity = '' THEN '-' ELSE attidentity::text END
           || ' generated=' || CASE WHEN attgenerated = '' THEN '-' ELSE attgenerated::text END
           || CASE WHEN attislocal THEN ' local' ELSE '' END || CASE WHEN attinhcount > 0 THEN ' inherited' ELSE '' END
         ELSE '' END
  FROM r JOIN pg_attribute ON attrelid = r.oid
  WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
UNION ALL
  SELECT 'constraint ' || name || '.' || conname || ' ' || contype::text || CASE WHEN convalidated THEN '' ELSE ' notvalid' END
         || CASE WHEN condeferrable THEN ' deferrable' ELSE '' END || ' (' || coalesce((
              SELECT string_agg(coalesce(attname::text, ''), ','
                                ORDER BY CASE WHEN contype = 'c' THEN attname::text COLLATE "C" END, place)
              FROM unnest(conkey) WITH ORDINALITY AS k(attnum, place)
              LEFT JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.attnum AND k.attnum > 0), '') || ')'
         || CASE WHEN contype <> 'c' THEN '' WHEN conislocal THEN ' local' ELSE ' inherited' END
  FROM r JOIN pg_constraint ON conrelid = r.oid WHERE contype IN ('c', 'u', 'p', 'f', 'x')
UNION ALL
  SELECT 'references ' || r.name || '.' || conname || ' ' || t.name || ' (' || (
              SELECT string_agg(attname, ',' ORDER BY place) FROM unnest(confkey) WITH ORDINALITY AS k(attnum, place)
              JOIN pg_attribute a ON a.attrelid = confrelid AND a.attnum = k.attnum) || ')'
  FROM r JOIN pg_constraint ON conrelid = r.oid JOIN r t ON t.oid = confrelid WHERE contype = 'f'
UNION ALL
  SELECT 'index ' || r.name || ' on ' || t.name || ' ' || amname || CASE WHEN indisunique THEN ' unique' ELSE '' END
         || CASE WHEN indisprimary THEN ' primary' ELSE '' END || CASE WHEN indisvalid THEN '' ELSE ' invalid' END
         || CASE WHEN indpred IS NULL THEN '' ELSE ' partial' END || ' parent=' || coalesce((
              SELECT p.name FROM pg_inherits JOIN r p ON p.oid = inhparent WHERE inhrelid = r.oid), '-')
         || ' (' || (SELECT string_agg(coalesce(attname::text, ''), ',' ORDER BY place)
                     FROM unnest(indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
                     LEFT JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = k.attnum AND k.attnum > 0) || ')'
  FROM r JOIN pg_index ON indexrelid = r.oid JOIN r t ON t.oid = indrelid JOIN pg_am am ON am.oid = r.relam
UNION ALL
  SELECT CASE WHEN r.relispartition THEN 'partition ' || r.name || ' of ' || p.name
                || CASE WHEN pg_get_expr(r.relpartbound, r.oid) = 'DEFAULT' THEN ' default' ELSE '' END
              ELSE 'inherits ' || r.name || ' ' || p.name END
  FROM pg_inherits JOIN r ON r.oid = inhrelid JOIN r p ON p.oid = inhparent WHERE r.relkind IN ('r', 'p', 'f')
UNION ALL
  SELECT 'trigger ' || name || '.' || tgname FROM r JOIN pg_trigger ON tgrelid = r.oid
  WHERE NOT tgisinternal OR (tgparentid <> 0 AND tgconstraint = 0)
UNION ALL
  SELECT 'owned ' || r.name || ' by ' || t.name || '.' || attname
  FROM r JOIN pg_depend d ON d.objid = r.oid AND classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
         AND deptype IN ('a', 'i') AND refobjsubid > 0
  JOIN r t ON t.oid = refobjid JOIN pg_attribute ON attrelid = t.oid AND attnum = refobjsubid WHERE r.relkind = 'S')
SELECT line FROM lines ORDER BY line COLLATE "C")sql";
}

}  // namespace pglatch::testing
