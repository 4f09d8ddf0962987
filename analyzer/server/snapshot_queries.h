// What a snapshot asks the catalogs of a database: one query for each part of the document.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pglatch {

/// A part of the document: an array under that key, each row of the query an element as JSON.
struct SnapshotQuery {
  std::string_view key;
  std::string_view sql;
};

/// In the order of the document. They are to be run under an empty search_path.
[[nodiscard]] std::span<const SnapshotQuery> snapshot_queries() noexcept;

/// One row: the members of the document that come before the arrays, as a JSON object.
inline constexpr std::string_view kSnapshotHeader = R"sql(
SELECT json_build_object(
  'server', json_build_object('version', split_part(current_setting('server_version'), ' ', 1),
                              'major', current_setting('server_version_num')::int / 10000),
  'database', current_database(),
  'taken_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'stats_seconds', (SELECT extract(epoch FROM now() - stats_reset)::bigint
                    FROM pg_stat_database WHERE datname = current_database()),
  -- What a session begins with; what our own environment asked for (PGTZ, PGOPTIONS) is none of it.
  'settings', (SELECT json_object_agg(name, reset_val ORDER BY name) FROM pg_settings
               WHERE source <> 'client'
                 AND name IN ('TimeZone', 'search_path', 'lock_timeout', 'statement_timeout', 'check_function_bodies',
                              'default_table_access_method', 'default_tablespace', 'default_transaction_isolation',
                              'idle_in_transaction_session_timeout', 'max_locks_per_transaction',
                              'maintenance_work_mem')))
)sql";

/// Names of tables, qualified and quoted, with the rows written since whenever: the same as rows_written.
inline constexpr std::string_view kRowsWritten = R"sql(
SELECT c.oid::regclass::text, pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)
  + pg_stat_get_tuples_deleted(c.oid)
FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE c.relkind = 'r' AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
)sql";

}  // namespace pglatch
