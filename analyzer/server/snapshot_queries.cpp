#include "analyzer/server/snapshot_queries.h"

#include <array>

namespace pglatch {
namespace {

// "pg_" begins the names of the system's schemas and of temporary ones. Objects are in the order of their creation.

constexpr std::string_view kSchemas = R"sql(
SELECT to_json(nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY oid
)sql";

constexpr std::string_view kExtensions = R"sql(
SELECT json_build_object('name', extname, 'version', extversion, 'schema', nspname)
FROM pg_extension e JOIN pg_namespace s ON s.oid = e.extnamespace ORDER BY e.oid
)sql";

// Neither the types that come with tables, ranges and other types, nor those of extensions.
constexpr std::string_view kTypes = R"sql(
SELECT json_strip_nulls(json_build_object(
  'schema', s.nspname, 'name', t.typname,
  'kind', CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range'
            ELSE 'base' END,
  'labels', (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
  'type', CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
            WHEN 'r' THEN (SELECT format_type(rngsubtype, NULL) FROM pg_range WHERE rngtypid = t.oid) END,
  'not_null', nullif(t.typtype = 'd' AND t.typnotnull, false),
  'default', CASE WHEN t.typtype = 'd' THEN pg_get_expr(t.typdefaultbin, 0) END,
  'multirange', (SELECT m.typname FROM pg_range r JOIN pg_type m ON m.oid = r.rngmultitypid WHERE r.rngtypid = t.oid),
  'columns', (SELECT json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod),
                                                'collation', (SELECT c.oid::regcollation FROM pg_collation c
                                                              WHERE c.oid = attcollation AND c.collname <> 'default'))
                              ORDER BY attnum)
              FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped),
  'constraints', (SELECT json_agg(json_build_object('name', conname, 'kind', 'CHECK',
                                                    'definition', pg_get_constraintdef(k.oid)) ORDER BY k.oid)
                  FROM pg_constraint k WHERE contypid = t.oid AND contype = 'c')))
FROM pg_type t JOIN pg_namespace s ON s.oid = t.typnamespace
WHERE s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
  AND (t.typtype IN ('e', 'd', 'r')
       OR (t.typtype = 'c' AND (SELECT relkind FROM pg_class WHERE oid = t.typrelid) = 'c')
       OR (t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)))
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
ORDER BY t.oid
)sql";

constexpr std::string_view kSequences = R"sql(
SELECT json_strip_nulls(json_build_object(
  'schema', s.nspname, 'name', c.relname,
  'extension', (SELECT extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'),
  'owned_by', CASE WHEN a.attname IS NOT NULL THEN format('%s.%I', o.refobjid::regclass, a.attname) END,
  'identity', nullif(o.deptype = 'i', false)))
FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
  LEFT JOIN (pg_depend o JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid)
    ON o.classid = 'pg_class'::regclass AND o.objid = c.oid AND o.refclassid = o.classid AND o.refobjsubid > 0
       AND o.deptype IN ('a', 'i')
WHERE c.relkind = 'S' AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
ORDER BY c.oid
)sql";

// Constraints: of the keys between partitioned tables also those that PostgreSQL adds to the same table, one for each
// partition that is referenced; they go without saying. A NOT NULL that is not valid counts as attnotnull.
constexpr std::string_view kTables = R"sql(
SELECT json_strip_nulls(json_build_object(
  'schema', s.nspname, 'name', c.relname,
  'kind', CASE c.relkind WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
  'extension', (SELECT extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'),
  'owner', pg_get_userbyid(c.relowner),
  'unlogged', nullif(c.relpersistence = 'u', false),
  'access_method', (SELECT amname FROM pg_am WHERE oid = c.relam AND amname <> 'heap'),
  'tablespace', (SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace),
  'of_type', CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
  'partition_key', pg_get_partkeydef(c.oid),
  'partition_of', CASE WHEN c.relispartition
                    THEN (SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = c.oid) END,
  'bound', pg_get_expr(c.relpartbound, c.oid),
  'inherits', CASE WHEN NOT c.relispartition
                THEN (SELECT json_agg(inhparent::regclass ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = c.oid) END,
  'server', (SELECT srvname FROM pg_foreign_table f JOIN pg_foreign_server v ON v.oid = f.ftserver
             WHERE f.ftrelid = c.oid),
  'rows', CASE WHEN c.relkind = 'r' AND c.reltuples >= 0 THEN c.reltuples::bigint END,
  'bytes', CASE WHEN c.relkind = 'r' THEN pg_table_size(c.oid) END,
  'index_bytes', CASE WHEN c.relkind = 'r' AND c.relhasindex THEN pg_indexes_size(c.oid) END,
  'rows_written', CASE WHEN c.relkind = 'r' THEN pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)
                    + pg_stat_get_tuples_deleted(c.oid) END,
  'columns', coalesce((
    SELECT json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'collation', CASE WHEN a.attcollation <> 0 AND a.attcollation <> y.typcollation
                     THEN a.attcollation::regcollation END,
      'not_null', nullif(a.attnotnull AND a.attnum <> ALL (ARRAY(
                    SELECT n.conkey[1] FROM pg_constraint n
                    WHERE n.conrelid = c.oid AND n.contype = 'n' AND NOT n.convalidated)), false),
      'default', pg_get_expr(d.adbin, d.adrelid),
      'identity', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END,
      'sequence', CASE WHEN a.attidentity <> '' THEN (
                    SELECT q.objid::regclass FROM pg_depend q
                    WHERE q.refclassid = 'pg_class'::regclass AND q.refobjid = c.oid AND q.refobjsubid = a.attnum
                      AND q.classid = q.refclassid AND q.deptype = 'i') END,
      'generated', CASE a.attgenerated WHEN 's' THEN 'STORED' WHEN 'v' THEN 'VIRTUAL' END,
      'local', nullif(a.attislocal, true), 'inherited', nullif(a.attinhcount > 0, false)) ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
  'constraints', (
    SELECT json_agg(json_build_object(
      'name', k.conname,
      'kind', CASE k.contype WHEN 'c' THEN 'CHECK' WHEN 'n' THEN 'NOT NULL' WHEN 'p' THEN 'PRIMARY KEY'
                WHEN 'u' THEN 'UNIQUE' WHEN 'x' THEN 'EXCLUDE' ELSE 'FOREIGN KEY' END,
      'definition', pg_get_constraintdef(k.oid), 'valid', nullif(k.convalidated, true),
      'local', nullif(k.conislocal, true), 'inherited', nullif(k.coninhcount > 0, false)) ORDER BY k.oid)
    FROM pg_constraint k
    WHERE k.conrelid = c.oid AND k.contype <> 't'
      AND (k.conparentid = 0
           OR NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)))))
FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
ORDER BY c.oid
)sql";

constexpr std::string_view kIndexes = R"sql(
SELECT json_strip_nulls(json_build_object(
  'schema', s.nspname, 'name', c.relname, 'table', i.indrelid::regclass,
  'definition', pg_get_indexdef(c.oid),
  'constraint', (SELECT conname FROM pg_constraint
                 WHERE conindid = c.oid AND conrelid = i.indrelid AND contype IN ('p', 'u', 'x')),
  'parent', (SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = c.oid),
  'extension', (SELECT extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indrelid AND d.deptype = 'e'),
  'tablespace', (SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace),
  'valid', nullif(i.indisvalid AND i.indisready AND i.indislive, true),
  'clustered', nullif(i.indisclustered, false)))
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
ORDER BY c.oid
)sql";

constexpr std::string_view kViews = R"sql(
SELECT json_strip_nulls(json_build_object(
  'schema', s.nspname, 'name', c.relname,
  'kind', CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END,
  'extension', (SELECT extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'),
  'owner', pg_get_userbyid(c.relowner),
  'populated', nullif(c.relispopulated, true),
  'rows', CASE WHEN c.relkind = 'm' AND c.reltuples >= 0 THEN c.reltuples::bigint END,
  'bytes', CASE WHEN c.relkind = 'm' THEN pg_table_size(c.oid) END,
  'index_bytes', CASE WHEN c.relkind = 'm' AND c.relhasindex THEN pg_indexes_size(c.oid) END,
  'columns', (SELECT json_agg(attname ORDER BY attnum) FROM pg_attribute
              WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
  'reads', (SELECT json_agg(DISTINCT v.oid::regclass::text)
            FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
              JOIN pg_class v ON d.refclassid = 'pg_class'::regclass AND v.oid = d.refobjid
            WHERE r.ev_class = c.oid AND v.relkind IN ('v', 'm') AND v.oid <> c.oid),
  'definition', pg_get_viewdef(c.oid)))
FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
ORDER BY c.oid
)sql";

// A function whose body is parsed already, or whose arguments or result have a table's row type, needs relations.
constexpr std::string_view kFunctions = R"sql(
SELECT json_strip_nulls(json_build_object(
  'schema', s.nspname, 'name', p.proname, 'definition', pg_get_functiondef(p.oid),
  'uses_relations', nullif(EXISTS (
    SELECT FROM pg_depend d LEFT JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
      AND (d.refclassid = 'pg_class'::regclass OR t.typrelid <> 0)), false)))
FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace
WHERE p.prokind IN ('f', 'p', 'w') AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                    AND d.deptype IN ('e', 'i'))
ORDER BY p.oid
)sql";

// Not the copies that partitions have of their parent's.
constexpr std::string_view kTriggers = R"sql(
SELECT json_build_object('schema', s.nspname, 'name', t.tgname, 'definition', pg_get_triggerdef(t.oid))
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
ORDER BY t.oid
)sql";

constexpr std::string_view kRules = R"sql(
SELECT json_build_object('schema', s.nspname, 'name', r.rulename, 'definition', pg_get_ruledef(r.oid))
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
ORDER BY r.oid
)sql";

constexpr std::string_view kPolicies = R"sql(
SELECT json_build_object('schema', s.nspname, 'name', p.polname, 'definition',
  format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, c.oid::regclass,
         CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
         CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
           ELSE 'ALL' END,
         (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ')
          FROM unnest(p.polroles) r))
  || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
  || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''))
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace s ON s.oid = c.relnamespace
ORDER BY p.oid
)sql";

constexpr std::string_view kStatistics = R"sql(
SELECT json_build_object('schema', s.nspname, 'name', x.stxname, 'definition', pg_get_statisticsobjdef(x.oid))
FROM pg_statistic_ext x JOIN pg_namespace s ON s.oid = x.stxnamespace ORDER BY x.oid
)sql";

// All tables, and those of a schema, are not listed: they are members without being named.
constexpr std::string_view kPublications = R"sql(
SELECT json_build_object('name', p.pubname, 'definition', format('CREATE PUBLICATION %I', p.pubname)
  || CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE coalesce(
       (SELECT ' FOR TABLE ' || string_agg('ONLY ' || r.prrelid::regclass, ', ' ORDER BY r.oid)
        FROM pg_publication_rel r WHERE r.prpubid = p.oid), '') END)
FROM pg_publication p ORDER BY p.oid
)sql";

constexpr std::string_view kSubscriptions = R"sql(
SELECT json_build_object('name', subname, 'definition',
  format('CREATE SUBSCRIPTION %I CONNECTION '''' PUBLICATION none WITH (connect = false)', subname))
FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY oid
)sql";

constexpr std::string_view kCasts = R"sql(
SELECT json_build_object('name', format('%s AS %s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
  'definition', format('CREATE CAST (%s AS %s) %s%s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL),
    CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT'
      ELSE 'WITHOUT FUNCTION' END,
    CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END))
FROM pg_cast c
WHERE c.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid
                    AND d.deptype IN ('e', 'i'))
ORDER BY c.oid
)sql";

// Their options are left out: they can hold passwords.
constexpr std::string_view kWrappers = R"sql(
SELECT json_build_object('name', w.fdwname, 'definition', format('CREATE FOREIGN DATA WRAPPER %I', w.fdwname))
FROM pg_foreign_data_wrapper w
WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_foreign_data_wrapper'::regclass AND d.objid = w.oid
                    AND d.deptype = 'e')
ORDER BY w.oid
)sql";

constexpr std::string_view kServers = R"sql(
SELECT json_build_object('name', v.srvname, 'definition',
  format('CREATE SERVER %I FOREIGN DATA WRAPPER %I', v.srvname, w.fdwname))
FROM pg_foreign_server v JOIN pg_foreign_data_wrapper w ON w.oid = v.srvfdw ORDER BY v.oid
)sql";

constexpr std::string_view kAccessMethods = R"sql(
SELECT json_build_object('name', m.amname, 'definition',
  format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s', m.amname, CASE m.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END,
         m.amhandler))
FROM pg_am m
WHERE m.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_am'::regclass AND d.objid = m.oid AND d.deptype = 'e')
ORDER BY m.oid
)sql";

constexpr std::array<SnapshotQuery, 18> kQueries{{{"schemas", kSchemas},
                                                  {"extensions", kExtensions},
                                                  {"types", kTypes},
                                                  {"functions", kFunctions},
                                                  {"sequences", kSequences},
                                                  {"tables", kTables},
                                                  {"indexes", kIndexes},
                                                  {"views", kViews},
                                                  {"triggers", kTriggers},
                                                  {"rules", kRules},
                                                  {"policies", kPolicies},
                                                  {"statistics", kStatistics},
                                                  {"access_methods", kAccessMethods},
                                                  {"casts", kCasts},
                                                  {"wrappers", kWrappers},
                                                  {"servers", kServers},
                                                  {"publications", kPublications},
                                                  {"subscriptions", kSubscriptions}}};

}  // namespace

std::span<const SnapshotQuery> snapshot_queries() noexcept { return kQueries; }

}  // namespace pglatch
