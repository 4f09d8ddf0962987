#include "analyzer/server/schema_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

// Relations that count, for all queries below: `rel` with their qualified names, `space` with the schemas. Neither the
// notes nor the ledger that plans keep (public.pglatch_progress) are of the migration's schema.
constexpr const char* kRelations = R"sql(
WITH space AS (
  SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
  WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'pglatch_verify')
), ledger AS (
  SELECT oid FROM pg_class WHERE oid = to_regclass('public.pglatch_progress')
  UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = to_regclass('public.pglatch_progress')
), rel AS (
  SELECT c.*, format('%I.%I', s.nspname, c.relname) AS name
  FROM pg_class c JOIN space s ON s.oid = c.relnamespace WHERE c.oid NOT IN (SELECT oid FROM ledger)
)
)sql";

constexpr const char* kFacts = R"sql(
SELECT 'schema ' || quote_ident(nspname), format('owner %s, privileges %s', nspowner::regrole, nspacl) FROM space
UNION ALL
SELECT CASE relkind WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view'
         WHEN 'm' THEN 'materialized view' WHEN 'c' THEN 'type' WHEN 'f' THEN 'foreign table' ELSE 'table' END || ' ' || name,
       format('kind %s, persistence %s, owner %s, options %s, tablespace %s, method %s, row security %s %s, replica '
              'identity %s, partition key %s, bound %s, parents %s', relkind, relpersistence, relowner::regrole,
              reloptions, reltablespace, relam, relrowsecurity, relforcerowsecurity, relreplident,
              pg_get_partkeydef(rel.oid), pg_get_expr(relpartbound, rel.oid),
              (SELECT array_agg(h.inhparent::regclass ORDER BY h.inhseqno) FROM pg_inherits h WHERE h.inhrelid = rel.oid))
FROM rel WHERE relkind NOT IN ('i', 'I')
UNION ALL
SELECT 'privileges of ' || name, array_to_string(ARRAY(SELECT unnest(relacl)::text ORDER BY 1), ', ')
FROM rel WHERE relacl IS NOT NULL
UNION ALL
SELECT format('column %s.%I', name, a.attname),
       format('place %s, type %s, %s, default %s, identity %s, generated %s, collation %s, storage %s, statistics %s, '
              'options %s, local %s, inherited %s, privileges %s',
              row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN 'NOT NULL' ELSE 'NULL' END, pg_get_expr(d.adbin, d.adrelid), a.attidentity,
              a.attgenerated, a.attcollation::regcollation, a.attstorage, nullif(a.attstattarget, -1),
              ARRAY(SELECT o FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\_attver=%'),
              a.attislocal, a.attinhcount, a.attacl)
FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
UNION ALL
SELECT CASE WHEN p.oid IS NULL THEN format('constraint %I on %s', k.conname, name)
            ELSE format('constraint on %s for %I of %s', name, p.conname, p.conrelid::regclass) END,
       format('%s, %s, local %s, inherited %s, no inherit %s, deferrable %s, deferred %s, referenced %s',
              pg_get_constraintdef(k.oid), CASE WHEN k.convalidated THEN 'valid' ELSE 'NOT VALID' END,
              CASE WHEN k.contype <> 'n' OR NOT relispartition THEN k.conislocal END, k.coninhcount, CASE WHEN k.contype IN ('c', 'n') THEN k.connoinherit END, k.condeferrable, k.condeferred,
              nullif(k.confrelid, 0)::regclass)
FROM rel JOIN pg_constraint k ON k.conrelid = rel.oid LEFT JOIN pg_constraint p ON p.oid = k.conparentid
UNION ALL
SELECT CASE WHEN p.name IS NULL THEN 'index ' || rel.name
            ELSE format('index on %s for %s', i.indrelid::regclass, p.name) END,
       format('%s, %s, primary %s, immediate %s, clustered %s, replica identity %s, owner %s, tablespace %s',
              CASE WHEN p.name IS NULL THEN pg_get_indexdef(rel.oid)
                   ELSE regexp_replace(pg_get_indexdef(rel.oid), '^.*? USING ', 'USING ') END,
              CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN 'valid' ELSE 'INVALID' END, i.indisprimary,
              i.indimmediate, i.indisclustered, i.indisreplident, rel.relowner::regrole, rel.reltablespace)
FROM rel JOIN pg_index i ON i.indexrelid = rel.oid
  LEFT JOIN rel p ON p.oid = pg_partition_root(rel.oid) AND p.oid <> rel.oid
UNION ALL
SELECT format('trigger %I on %s', t.tgname, name), pg_get_triggerdef(t.oid) || ', enabled ' || t.tgenabled::text
FROM rel JOIN pg_trigger t ON t.tgrelid = rel.oid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'triggers of keys on ' || name, format('%s of %s', count(*), t.tgfoid::regproc)
FROM rel JOIN pg_trigger t ON t.tgrelid = rel.oid WHERE t.tgisinternal GROUP BY name, t.tgfoid
UNION ALL
SELECT format('rule %I on %s', r.rulename, name), pg_get_ruledef(r.oid) || ', enabled ' || r.ev_enabled::text
FROM rel JOIN pg_rewrite r ON r.ev_class = rel.oid
UNION ALL
SELECT format('policy %I on %s', p.polname, name),
       format('%s %s %s using %s check %s', p.polcmd, p.polpermissive, p.polroles::regrole[],
              pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM rel JOIN pg_policy p ON p.polrelid = rel.oid
UNION ALL
SELECT 'sequence ' || name,
       format('type %s, start %s, increment %s, from %s to %s, cache %s, cycle %s, owned by %s',
              format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
              (SELECT format('%s.%I', d.refobjid::regclass, a.attname) FROM pg_depend d
                 JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
               WHERE d.classid = 'pg_class'::regclass AND d.objid = rel.oid AND d.deptype IN ('a', 'i')
                 AND d.refobjsubid > 0))
FROM rel JOIN pg_sequence s ON s.seqrelid = rel.oid
UNION ALL
SELECT 'statistics ' || quote_ident(stxname), pg_get_statisticsobjdef(x.oid)
FROM pg_statistic_ext x JOIN rel ON rel.oid = x.stxrelid
UNION ALL
SELECT format('function %s', p.oid::regprocedure),
       format('%s, owner %s, privileges %s', pg_get_functiondef(p.oid), p.proowner::regrole, p.proacl)
FROM pg_proc p JOIN space ON space.oid = p.pronamespace WHERE p.prokind IN ('f', 'p', 'w')
UNION ALL
SELECT 'type ' || format_type(t.oid, NULL),
       format('kind %s, base %s, %s, default %s, owner %s, labels %s, constraints %s', t.typtype,
              format_type(nullif(t.typbasetype, 0), t.typtypmod), t.typnotnull, t.typdefault, t.typowner::regrole,
              ARRAY(SELECT e.enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder),
              ARRAY(SELECT k.conname || ' ' || pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.contypid = t.oid
                    ORDER BY 1))
FROM pg_type t JOIN space ON space.oid = t.typnamespace WHERE t.typtype IN ('d', 'e', 'r')
UNION ALL
SELECT 'extension ' || quote_ident(extname), extversion FROM pg_extension
UNION ALL
SELECT 'comment on ' || pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description
FROM pg_description d
WHERE d.objoid >= 16384 AND d.objoid NOT IN (SELECT oid FROM ledger)
  AND pg_describe_object(d.classoid, d.objoid, d.objsubid) IS NOT NULL
ORDER BY 1, 2
)sql";

// Oids and row versions; relfilenode tells of rewrites that the versions of rows would not.
constexpr const char* kVersions = R"sql(
SELECT 'relation ' || name, format('%s %s %s', oid, relfilenode, (SELECT xmin FROM pg_class c WHERE c.oid = rel.oid))
FROM rel
UNION ALL
SELECT 'index ' || name, format('%s', i.xmin) FROM rel JOIN pg_index i ON i.indexrelid = rel.oid
UNION ALL
SELECT 'parents of ' || name, format('%s %s', h.inhparent, h.xmin) FROM rel JOIN pg_inherits h ON h.inhrelid = rel.oid
UNION ALL
SELECT format('column %s.%I', name, a.attname), format('%s', a.xmin)
FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0
UNION ALL
SELECT format('default of %s.%s', name, d.adnum), format('%s %s', d.oid, d.xmin)
FROM rel JOIN pg_attrdef d ON d.adrelid = rel.oid
UNION ALL
SELECT format('constraint %I on %s', k.conname, name), format('%s %s', k.oid, k.xmin)
FROM rel JOIN pg_constraint k ON k.conrelid = rel.oid
UNION ALL
SELECT format('trigger %I on %s', t.tgname, name), format('%s %s', t.oid, t.xmin)
FROM rel JOIN pg_trigger t ON t.tgrelid = rel.oid
UNION ALL
SELECT format('function %s', p.oid::regprocedure), format('%s', p.xmin)
FROM pg_proc p JOIN space ON space.oid = p.pronamespace
UNION ALL
SELECT 'type ' || format_type(t.oid, NULL), format('%s %s', t.oid, t.xmin)
FROM pg_type t JOIN space ON space.oid = t.typnamespace
UNION ALL
SELECT 'label of type ' || format_type(e.enumtypid, NULL), format('%s %s', e.oid, e.xmin)
FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN space ON space.oid = t.typnamespace
ORDER BY 1, 2
)sql";

// Each table with its columns and those of its primary key. A foreign table's rows are elsewhere. Which row
// has which number of a sequence is a matter of order: but for keys these are left out.
constexpr const char* kColumns = R"sql(
SELECT name, quote_ident(a.attname),
       (SELECT string_agg(format('%I::text', p.attname), ', ' ORDER BY array_position(i.indkey::int2[], p.attnum))
        FROM pg_index i JOIN pg_attribute p ON p.attrelid = i.indrelid AND p.attnum = ANY (i.indkey::int2[])
        WHERE i.indrelid = rel.oid AND i.indisprimary)
FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE relkind IN ('r', 'm') AND relispopulated
  AND (NOT EXISTS (SELECT FROM pg_depend e JOIN pg_class s ON s.oid = e.objid AND s.relkind = 'S'
                   WHERE e.classid = 'pg_class'::regclass AND e.refclassid = e.classid AND e.deptype IN ('a', 'i')
                     AND e.refobjid IN (SELECT rel.oid UNION SELECT relid FROM pg_partition_ancestors(rel.oid))
                     AND (SELECT o.attname FROM pg_attribute o WHERE o.attrelid = e.refobjid AND o.attnum = e.refobjsubid)
                         = a.attname)
       OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = rel.oid AND i.indisprimary
                  AND a.attnum = ANY (i.indkey::int2[])))
ORDER BY 1, a.attnum
)sql";

constexpr const char* kTables = "SELECT name FROM rel WHERE relkind IN ('r', 'm') AND relispopulated ORDER BY name";

std::vector<SchemaFact> facts(Connection& connection, const std::string& sql) {
  // Names print alike whatever the session's search_path would leave out.
  connection.exec("SET search_path = pg_catalog");
  std::vector<SchemaFact> all;
  for (const Row& row : connection.query(sql)) all.push_back({row[0].value_or(""), row[1].value_or("")});
  // The server sorts by its own rules.
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

std::vector<SchemaFact> read_schema(Connection& connection) {
  return facts(connection, fmt::format("{}{}", kRelations, kFacts));
}

std::vector<SchemaFact> read_values(Connection& connection) {
  connection.exec("SET search_path = pg_catalog");
  std::string sql;
  for (const Row& row : connection.query(fmt::format("{}{}", kRelations, kColumns))) {
    const std::string& table = row[0].value();
    const std::string& column = row[1].value();
    sql += fmt::format(
        "{}SELECT {}, format('%s rows, hash %s', count(*), sum(hashtextextended(concat_ws('|', {}{}::text), "
        "0))) FROM ONLY {}",
        sql.empty() ? "" : "\nUNION ALL\n", quote_literal_sql(fmt::format("values of {}.{}", table, column)),
        row[2] ? *row[2] + ", " : "", column, table);
  }
  return sql.empty() ? std::vector<SchemaFact>() : facts(connection, sql);
}

void forget_places(std::vector<SchemaFact>& facts, const std::vector<std::string>& tables) {
  for (SchemaFact& fact : facts) {
    const bool is_of_one = std::any_of(tables.begin(), tables.end(), [&](const std::string& table) {
      return fact.object.starts_with(fmt::format("column {}.", table));
    });
    if (is_of_one && fact.value.starts_with("place ")) fact.value.erase(0, fact.value.find(", ") + 2);
  }
}

std::vector<SchemaFact> read_versions(Connection& connection) {
  std::vector<SchemaFact> all = facts(connection, fmt::format("{}{}", kRelations, kVersions));
  for (const Row& row : connection.query(fmt::format("{}{}", kRelations, kTables))) {
    const std::string& table = row.front().value();
    all.push_back(
        {"rows of " + table,
         connection.value(fmt::format(
             "SELECT format('%s %s', count(*), sum(hashtextextended(ctid::text || ' ' || xmin::text, 0))) FROM "
             "ONLY {}",
             table))});
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<SchemaDifference> compare_schemas(const std::vector<SchemaFact>& original,
                                              const std::vector<SchemaFact>& plan) {
  std::vector<SchemaDifference> differences;
  const auto note = [&](const SchemaFact& fact, bool of_plan) {
    if (differences.empty() || differences.back().object != fact.object) differences.push_back({fact.object, {}, {}});
    (of_plan ? differences.back().plan : differences.back().original).push_back(fact.value);
  };
  auto a = original.begin();
  auto b = plan.begin();
  while (a != original.end() || b != plan.end()) {
    if (b == plan.end() || (a != original.end() && *a < *b)) {
      note(*a++, false);
    } else if (a == original.end() || *b < *a) {
      note(*b++, true);
    } else {
      ++a;
      ++b;
    }
  }
  return differences;
}

}  // namespace pglatch
