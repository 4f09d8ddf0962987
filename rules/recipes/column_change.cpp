#include "rules/recipes/column_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/base/sha256.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/batches.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/partitioned_index.h"

namespace pglatch {
namespace {

constexpr std::size_t kHashDigits = 8;

std::string regclass(std::string_view name) { return fmt::format("to_regclass({})", quote_literal_sql(name)); }

std::string text_array(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ", ") + quote_literal_sql(value);
  return fmt::format("ARRAY[{}]::text[]", out);
}

std::string function_body(const ColumnChange& change) {
  const std::string successor = quote_identifier_sql(change.successor);
  if (change.conversion.empty()) {
    return fmt::format("BEGIN NEW.{} := NEW.{}; RETURN NEW; END", successor, quote_identifier_sql(change.column.name));
  }
  // The expression reads the columns by their names.
  return fmt::format(
      "#variable_conflict use_column\nBEGIN\n  SELECT ({}) INTO NEW.{} FROM (SELECT NEW.*) AS {};\n  RETURN NEW;\nEND",
      change.conversion, successor, quote_identifier_sql(change.table.name));
}

// "$$" with a tag that the text does not hold.
std::string dollar_quoted(std::string_view text) {
  std::string tag = "$sync";
  while (text.find(tag) != std::string_view::npos) tag += 'x';
  return fmt::format("{0}${1}{0}$", tag, text);
}

// What the function needs of the session that runs the plan, as the original would: code runs with settings of its own.
std::string settings(const ColumnChange& change) {
  std::string out;
  if (!change.conversion.empty()) {
    for (const std::string& schema : change.context.session.search_path()) {
      out += fmt::format("{}{}", out.empty() ? " SET search_path = " : ", ", quote_identifier_sql(schema));
    }
  }
  if (!change.conversion.empty() || change.is_read_by_settings) {
    for (const std::string_view name :
         {"TimeZone", "DateStyle", "IntervalStyle", "extra_float_digits", "bytea_output"}) {
      out += fmt::format(" SET {} FROM CURRENT", name);
    }
  }
  return out;
}

}  // namespace

std::string prefixed_name(std::string_view prefix, std::string_view name) {
  std::string whole = fmt::format("{}{}", prefix, name);
  if (whole.size() <= kMaxIdentifierBytes) return whole;
  const std::string hash = sha256_hex(name).substr(0, kHashDigits);
  return fmt::format("{}{}_{}", prefix, hash,
                     truncate_utf8(name, kMaxIdentifierBytes - prefix.size() - kHashDigits - 1));
}

std::string stand_in_name(std::string_view name) { return prefixed_name("pglatch_new_", name); }
std::string replaced_name(std::string_view name) { return prefixed_name("pglatch_old_", name); }

std::vector<const Relation*> ColumnChange::partitions() const {
  std::vector<const Relation*> all;
  for (const RelationId id : context.catalog.with_descendants(table.id)) {
    if (id != table.id) all.push_back(context.catalog.find(id));
  }
  return all;
}

std::string ColumnChange::type_clause() const {
  return collation.empty() ? type : fmt::format("{} COLLATE {}", type, collation);
}

std::string ColumnChange::is_of_tree() const {
  return is_partitioned() ? fmt::format("IN (SELECT p.relid FROM pg_partition_tree({}) p)", regclass(name))
                          : fmt::format("= {}", regclass(name));
}

std::string ColumnChange::alter() const { return fmt::format("ALTER TABLE {}", name); }

std::string ColumnChange::function_name() const { return quote_qualified(table.schema, function); }

std::string ColumnChange::has_column(std::string_view column_name) const {
  return fmt::format(
      "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = {} AND a.attname = {} AND NOT a.attisdropped)",
      regclass(name), quote_literal_sql(column_name));
}

std::string ColumnChange::is_switched() const {
  const std::string literal = quote_literal_sql(type);
  std::string condition = has_modifiers ? fmt::format("format_type(a.atttypid, a.atttypmod) = {}", literal)
                                        : fmt::format("a.atttypid = to_regtype({}) AND a.atttypmod = -1", literal);
  if (!collation.empty()) {
    condition += fmt::format(" AND a.attcollation = to_regcollation({})", quote_literal_sql(collation));
  } else if (!column.collation.empty()) {
    condition += " AND a.attcollation = (SELECT t.typcollation FROM pg_type t WHERE t.oid = a.atttypid)";
  }
  return fmt::format("EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = {} AND a.attname = {} AND {})",
                     regclass(name), quote_literal_sql(column.name), condition);
}

std::vector<std::string> ColumnChange::with_successor(const std::vector<std::string>& columns) const {
  std::vector<std::string> all = columns;
  std::replace(all.begin(), all.end(), column.name, successor);
  return all;
}

bool ColumnChange::is_in(const std::vector<std::string>& columns) const {
  return std::find(columns.begin(), columns.end(), column.name) != columns.end();
}

std::vector<Step> add_successor(const ColumnChange& change) {
  const std::string successor = quote_identifier_sql(change.successor);
  const std::string trigger = quote_identifier_sql(change.trigger);
  const std::string function = change.function_name();
  Step add = brief_step(fmt::format("Add {} to {}, which is to take the place of {}", successor, change.name,
                                    quote_identifier_sql(change.column.name)),
                        fmt::format("{} ADD COLUMN {} {}", change.alter(), successor, change.type_clause()),
                        "SELECT " + change.has_column(change.successor));
  add.rollback = {{StepClass::brief, fmt::format("{} DROP COLUMN IF EXISTS {}", change.alter(), successor)}};

  Step sync =
      brief_step(fmt::format("Fill {}.{} in every row that is written from now on", change.name, successor),
                 fmt::format("CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql{} AS {}", function,
                             settings(change), dollar_quoted(function_body(change))),
                 fmt::format("SELECT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = {} AND t.tgname = {}\n"
                             "    AND t.tgfoid = to_regproc({}) AND t.tgenabled = 'A')",
                             regclass(change.name), quote_literal_sql(change.trigger), quote_literal_sql(function)));
  sync.sql.push_back(fmt::format("CREATE TRIGGER {} BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION {}()",
                                 trigger, change.name, function));
  // Also in sessions that replay what comes from elsewhere (session_replication_role).
  sync.sql.push_back(fmt::format("{} ENABLE ALWAYS TRIGGER {}", change.alter(), trigger));
  sync.rollback = {{StepClass::brief, fmt::format("DROP TRIGGER IF EXISTS {} ON {}", trigger, change.name)},
                   {StepClass::brief, fmt::format("DROP FUNCTION IF EXISTS {}()", function)}};
  std::vector<Step> steps;
  steps.push_back(std::move(add));
  steps.push_back(std::move(sync));
  return steps;
}

Step fill_successor(const ColumnChange& change) {
  const std::string successor = quote_identifier_sql(change.successor);
  const std::string old = quote_identifier_sql(change.column.name);
  Batch batch;
  batch.table = change.name;
  batch.keys = walk_key(change.table, change.context.catalog);
  // Who writes one of its rows waits for the whole range; every index of the table is written as well.
  batch.rows = 1'000;
  // Whatever was written since the trigger is there has its value already.
  const std::string value = change.conversion.empty() ? old : fmt::format("({})", change.conversion);
  const std::string missing =
      fmt::format("{} IS NULL{}", successor, change.conversion.empty() ? fmt::format(" AND {} IS NOT NULL", old) : "");
  std::string sql = fmt::format("UPDATE {} SET {} = {} WHERE {} AND {}", change.name, successor, value, missing,
                                in_range(batch, quote_identifier_sql(change.table.name)));
  return batch_step(fmt::format("Fill {}.{} in the rows that are there", change.name, successor), std::move(batch),
                    std::move(sql));
}

Step equip_successor(const ColumnChange& change) {
  const std::string column = quote_identifier_sql(change.successor);
  // Each partition has its own.
  const bool tree = change.is_partitioned();
  const std::string alter = fmt::format("{} ALTER COLUMN {} ", change.alter(), column);
  const auto text_of = [&](std::string_view before, std::string_view after) {
    if (!tree) return quote_literal_sql(fmt::format("{}{}{}", before, change.name, after));
    return fmt::format("{} || r.name || {}", quote_literal_sql(before), quote_literal_sql(after));
  };
  const auto alter_column = [&](std::string_view what) {
    return text_of(tree ? "ALTER TABLE ONLY " : "ALTER TABLE ", fmt::format(" ALTER COLUMN {} {}", column, what));
  };
  const bool own_default = !change.is_identity() && !change.is_serial();
  Step step;
  step.title = fmt::format("Give {}.{} what else {} has: {}comment, privileges, statistics target", change.name, column,
                           quote_identifier_sql(change.column.name), own_default ? "default, " : "");
  step.step_class = StepClass::brief;
  step.generator = true;
  std::string parts;
  if (own_default) {
    parts = fmt::format(
        "  SELECT {} || pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d\n"
        "    WHERE d.adrelid = o.attrelid AND d.adnum = o.attnum\n  UNION ALL\n",
        alter_column("SET DEFAULT "));
  }
  parts += fmt::format(
      "  SELECT {} || o.attstattarget WHERE o.attstattarget >= 0\n"
      "  UNION ALL SELECT {} || x || ')' FROM unnest(o.attoptions) x WHERE x ~ '^n_distinct'\n"
      "  UNION ALL SELECT {} || quote_literal(c) FROM col_description(o.attrelid, o.attnum) c WHERE c IS NOT NULL\n"
      "  UNION ALL SELECT 'GRANT ' || p.privilege_type || {} || CASE WHEN p.grantee = 0 THEN 'PUBLIC'\n"
      "      ELSE quote_ident(pg_get_userbyid(p.grantee)) END || CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' "
      "ELSE '' END\n"
      "    FROM aclexplode(o.attacl) p",
      alter_column("SET STATISTICS "), alter_column("SET ("),
      text_of("COMMENT ON COLUMN ", fmt::format(".{} IS ", column)), text_of(fmt::format(" ({}) ON ", column), " TO "));
  const std::string_view name =
      tree ? ", LATERAL (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c\n"
             "    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = o.attrelid) AS r(name)"
           : "";
  step.sql = {
      fmt::format("SELECT g.statement FROM pg_attribute o{}, LATERAL (\n{}\n) AS g(statement)\n"
                  "WHERE o.attrelid {} AND o.attname = {} AND NOT {}\n  AND {}",
                  name, parts, change.is_of_tree(), quote_literal_sql(change.column.name), change.is_switched(),
                  change.has_column(change.successor))};
  step.sample = alter + "SET DEFAULT NULL";
  step.watch = lock_waits();
  step.on_failure = kRunAgain;
  return step;
}

Step analyze_successor(const ColumnChange& change) {
  Step step;
  step.title = fmt::format("Gather statistics of {}.{}", change.name, quote_identifier_sql(change.successor));
  step.step_class = StepClass::validate;
  step.sql = {fmt::format("ANALYZE {} ({})", change.name, quote_identifier_sql(change.successor))};
  step.watch =
      "SELECT pid, relid::regclass, phase, sample_blks_scanned, sample_blks_total FROM pg_stat_progress_analyze";
  step.on_failure = kRunAgain;
  return step;
}

Assumption nothing_else_depends(const ColumnChange& change, const KnownDependents& known) {
  return {
      fmt::format(
          "Nothing depends on {}.{} but what this plan takes care of: no view, policy, publication, statistics "
          "object or trigger for this column, no other constraint or index, no foreign key MATCH FULL; none of "
          "its indexes is the replica identity or one to CLUSTER on, no key has a tablespace, storage parameters or "
          "NULLS NOT DISTINCT.",
          change.name, quote_identifier_sql(change.column.name)),
      fmt::format(
          "SELECT NOT EXISTS (\n"
          "  SELECT FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid\n"
          "  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid {table} AND a.attname = {column}\n"
          "    AND NOT (d.classid = 'pg_attrdef'::regclass)\n"
          "    AND NOT (d.classid = 'pg_class'::regclass AND EXISTS (\n"
          "      SELECT FROM pg_class c WHERE c.oid = d.objid AND c.relkind {index}\n"
          "        AND (c.relname = ANY ({indexes}) OR c.relname ~ '^pglatch_(new|old)_')))\n"
          "    AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (SELECT seqrelid FROM pg_sequence))\n"
          "    AND NOT (d.classid = 'pg_constraint'::regclass AND EXISTS (\n"
          "      SELECT FROM pg_constraint k WHERE k.oid = d.objid AND k.confmatchtype <> 'f'\n"
          "        AND (k.conname = ANY ({constraints}) OR k.contype = 'n' OR k.conname ~ '^pglatch_(new|old)_'))))\n"
          "  AND NOT EXISTS (\n"
          "  SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid\n"
          "    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)\n"
          "    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')\n"
          "  WHERE i.indrelid {table} AND a.attname = {column} AND (i.indisreplident OR i.indisclustered\n"
          "    OR (k.oid IS NOT NULL AND (c.reloptions IS NOT NULL OR c.reltablespace <> 0\n"
          "      OR to_jsonb(i) ->> 'indnullsnotdistinct' = 'true'))))",
          fmt::arg("table", change.is_of_tree()),
          fmt::arg("index", change.is_partitioned() ? "IN ('i', 'I')" : "= 'i'"),
          fmt::arg("column", quote_literal_sql(change.column.name)), fmt::arg("indexes", text_array(known.indexes)),
          fmt::arg("constraints", text_array(known.constraints))),
      "Make the plan again with the schema as it is (--schema), or change what stands in the way first."};
}

}  // namespace pglatch
