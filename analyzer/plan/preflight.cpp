#include "analyzer/plan/preflight.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

using Tables = std::vector<const PlanTable*>;

std::string array_of(const std::vector<std::string>& values) {
  std::string out = "ARRAY[";
  for (const std::string& value : values) {
    out += fmt::format("{}{}", &value == &values.front() ? "" : ", ", quote_literal_sql(value));
  }
  return out + "]::text[]";
}

std::string named(const Tables& tables) {
  std::vector<std::string> names;
  for (const PlanTable* table : tables) names.push_back(table->name);
  return fmt::format("unnest({}) n (name)", array_of(names));
}

bool may_have_partitions(const PlanTable& table) {
  return table.is_partitioned || table.partitions > 0 || !table.is_known;
}

// The rest of a FROM clause after `n.name`: pg_class `c` of the table of that name and of its partitions.
// pg_partition_tree() has no row of a table that is neither partitioned nor a partition; it came with 12.
std::string with_partitions(const Tables& tables, int pg_version) {
  const bool partitions = pg_version >= 12 && std::any_of(tables.begin(), tables.end(), [](const PlanTable* table) {
                            return may_have_partitions(*table);
                          });
  if (!partitions) return "JOIN pg_class c ON c.oid = to_regclass(n.name)";
  return "CROSS JOIN LATERAL (\n"
         "    SELECT to_regclass(n.name)::oid UNION SELECT p.relid::oid FROM pg_partition_tree(to_regclass(n.name)) p\n"
         "  ) x (relid)\n"
         "  JOIN pg_class c ON c.oid = x.relid";
}

class General {
 public:
  explicit General(const Plan& plan) : plan_(plan), steps_(plan.steps()) {
    for (const PlanTable& table : plan.tables) {
      tables_.push_back(&table);
      if (table.is_altered) altered_.push_back(&table);
    }
  }

  std::vector<Preflight> before() {
    connection();
    if (!tables_.empty()) missing_tables();
    if (!altered_.empty()) ownership();
    if (plan_.keeps_ledger()) ledger();
    if (!tables_.empty()) in_the_way();
    if (!altered_.empty()) who_listens();
    const bool partitions =
        std::any_of(altered_.begin(), altered_.end(), [](const PlanTable* table) { return table->is_partitioned; });
    if (partitions) partitioned();
    if (writes_much()) replication();
    return std::move(checks_);
  }

  std::vector<Preflight> space() {
    if (has_long_work()) sizes();
    new_indexes();
    return std::move(checks_);
  }

 private:
  void add(std::string title, std::string sql, std::string expect, bool is_space = false) {
    checks_.push_back({std::move(title), std::move(sql), std::move(expect), false, is_space});
  }

  bool has_work(std::initializer_list<WorkKind> kinds) const {
    return std::any_of(steps_.begin(), steps_.end(), [&](const Step* step) {
      return std::any_of(step->work.begin(), step->work.end(), [&](const StepWork& work) {
        return std::find(kinds.begin(), kinds.end(), work.kind) != kinds.end();
      });
    });
  }

  bool has_long_work() const {
    return !tables_.empty() && (writes_much() || has_work({WorkKind::scan, WorkKind::validate_fk}));
  }

  // Rows that a brief statement spells out are few.
  bool writes_much() const {
    if (tables_.empty()) return false;
    return has_work({WorkKind::index_build, WorkKind::rewrite}) ||
           std::any_of(steps_.begin(), steps_.end(), [](const Step* step) {
             return step->step_class != StepClass::brief &&
                    std::any_of(step->work.begin(), step->work.end(),
                                [](const StepWork& work) { return work.kind == WorkKind::row_write; });
           });
  }

  void connection() {
    add("The right server, database and role, over a direct connection",
        "SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby,\n"
        "  current_database() AS database, current_user AS role,\n"
        "  pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all_sessions,\n"
        "  inet_client_addr() AS client, pg_backend_pid() AS pid",
        fmt::format(
            "version {} or newer, standby f; sees_all_sessions t, or the queries below hide what other roles do; "
            "the client is this machine and not a connection pooler, and the pid is the same when asked again",
            plan_.pg_version));
  }

  void missing_tables() {
    add("Tables that the plan is about and that are not there",
        fmt::format("SELECT n.name FROM {}\nWHERE to_regclass(n.name) IS NULL", named(tables_)), "no rows");
  }

  // ALTER TABLE, CREATE INDEX and the like take the owner's privileges, new objects CREATE on the schema.
  void ownership() {
    add("Tables that the role may not change: it has to be, or be a member of, the owner",
        fmt::format("SELECT c.oid::regclass AS \"table\", pg_get_userbyid(c.relowner) AS owner,\n"
                    "  has_schema_privilege(c.relnamespace, 'CREATE') AS may_create_in_schema\n"
                    "FROM {}\n  {}\n"
                    "WHERE NOT pg_has_role(c.relowner, 'USAGE') OR NOT has_schema_privilege(c.relnamespace, 'CREATE')",
                    named(altered_), with_partitions(altered_, plan_.pg_version)),
        "no rows");
  }

  void ledger() {
    add("The role may keep the plan's progress table, public.pglatch_progress",
        "SELECT CASE WHEN to_regclass('public.pglatch_progress') IS NULL\n"
        "  THEN has_schema_privilege('public', 'CREATE')\n"
        "  ELSE has_table_privilege(to_regclass('public.pglatch_progress'), 'SELECT')\n"
        "    AND has_table_privilege(to_regclass('public.pglatch_progress'), 'INSERT')\n"
        "    AND has_table_privilege(to_regclass('public.pglatch_progress'), 'UPDATE') END",
        "t");
  }

  void in_the_way() {
    const bool concurrent = std::any_of(steps_.begin(), steps_.end(),
                                        [](const Step* step) { return step->step_class == StepClass::concurrent; });
    add(fmt::format("Transactions older than 5 minutes: {}a brief step waits for those that use its table",
                    concurrent ? "a concurrent step waits for each of them, " : ""),
        "SELECT pid, usename, state, now() - xact_start AS age, left(query, 80) AS query\n"
        "FROM pg_stat_activity\n"
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()\n"
        "  AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL) AND xact_start < now() - interval '5 min'",
        "no rows");
    add("Prepared transactions: they keep their locks until somebody ends them",
        "SELECT gid, prepared, owner, database FROM pg_prepared_xacts", "no rows");
    add("Sessions that hold locks on the tables for longer than a brief step waits",
        fmt::format("SELECT c.oid::regclass AS \"table\", l.mode, a.pid, a.usename, a.state,\n"
                    "  now() - a.xact_start AS age, left(a.query, 80) AS query\n"
                    "FROM {}\n  {}\n"
                    "  JOIN pg_locks l ON l.relation = c.oid\n"
                    "    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())\n"
                    "  JOIN pg_stat_activity a ON a.pid = l.pid\n"
                    "WHERE l.granted AND a.pid <> pg_backend_pid() AND a.xact_start < now() - interval '{} s'",
                    named(tables_), with_partitions(tables_, plan_.pg_version),
                    policy_of(StepClass::brief).lock_timeout_ms / 1000),
        "few, and none that stays when asked again");
    add("VACUUM at work on the tables: one against transaction ID wraparound does not give way to other locks",
        fmt::format("SELECT p.pid, c.oid::regclass AS \"table\", p.phase, a.query\n"
                    "FROM {}\n  {}\n"
                    "  JOIN pg_stat_progress_vacuum p ON p.relid = c.oid AND p.datname = current_database()\n"
                    "  JOIN pg_stat_activity a ON a.pid = p.pid",
                    named(tables_), with_partitions(tables_, plan_.pg_version)),
        "no rows; else let it finish first");
  }

  void who_listens() {
    add("Event triggers: they run for each of the plan's schema changes",
        "SELECT evtname, evtevent, evtfoid::regproc AS function FROM pg_event_trigger WHERE evtenabled <> 'D'",
        "no rows, or none that refuses or delays the steps");
    add("Publications that have the tables: logical replication does not carry schema changes",
        fmt::format("SELECT DISTINCT p.pubname, c.oid::regclass AS \"table\"\n"
                    "FROM {}\n  {}\n"
                    "  JOIN pg_namespace s ON s.oid = c.relnamespace\n"
                    "  JOIN pg_publication_tables p ON p.schemaname = s.nspname AND p.tablename = c.relname",
                    named(altered_), with_partitions(altered_, plan_.pg_version)),
        "no rows; else change the subscribers as well, and first where columns are added");
  }

  void partitioned() {
    add("Extensions whose jobs create, attach or detach partitions",
        "SELECT extname, extversion FROM pg_extension WHERE extname IN ('pg_cron', 'pg_partman', 'timescaledb')",
        "no rows; else suspend their jobs for these tables until the plan is done");
    add("Relations that a step on a partitioned table locks at once, and the room that all sessions share for locks "
        "(max_locks_per_transaction)",
        fmt::format("SELECT n.name AS \"table\", count(DISTINCT c.oid) + count(DISTINCT i.indexrelid) AS relations,\n"
                    "  current_setting('max_locks_per_transaction')::int * (current_setting('max_connections')::int\n"
                    "    + current_setting('max_prepared_transactions')::int) AS room\n"
                    "FROM {}\n  {}\n"
                    "  LEFT JOIN pg_index i ON i.indrelid = c.oid\n"
                    "GROUP BY n.name",
                    named(altered_), with_partitions(altered_, plan_.pg_version)),
        "far fewer relations than there is room");
  }

  void replication() {
    add("Replication slots: what is not consumed keeps all WAL that the plan writes",
        "SELECT slot_name, slot_type, active,\n"
        "  pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) AS wal_kept\n"
        "FROM pg_replication_slots",
        "none that is inactive, and little WAL kept");
    add("Standbys and how far they are behind", standby_lag(), "a lag that leaves room for what the plan adds");
  }

  void sizes() {
    add("Size of the tables as they are",
        fmt::format("SELECT n.name AS \"table\", sum(greatest(c.reltuples, 0))::bigint AS rows_estimated,\n"
                    "  pg_size_pretty(sum(pg_table_size(c.oid))) AS table_size,\n"
                    "  pg_size_pretty(sum(pg_indexes_size(c.oid))) AS indexes_size\n"
                    "FROM {}\n  {}\n"
                    "WHERE c.relkind IN ('r', 'm')\n"
                    "GROUP BY n.name ORDER BY sum(pg_table_size(c.oid)) DESC",
                    named(tables_), with_partitions(tables_, plan_.pg_version)),
        "what the steps below can be expected to read and write", true);
  }

  // An entry of a B-tree has 8 bytes of header and 4 of line pointer, and pages are filled to 90 percent ("Physical
  // Storage", "B-Tree Indexes" in the manual). A partial index has fewer rows, duplicates take less: an upper bound.
  void new_indexes() {
    std::vector<std::string> rows;
    Tables tables;
    for (const OriginalStatement& statement : plan_.statements) {
      if (statement.disposition == Disposition::left_out) continue;
      for (const PlanIndex& index : statement.indexes) {
        if (index.method != "btree") continue;
        rows.push_back(fmt::format("({}, {})", quote_literal_sql(index.table), array_of(index.columns)));
        for (const PlanTable& table : plan_.tables) {
          if (table.name == index.table) tables.push_back(&table);
        }
      }
    }
    if (rows.empty()) return;
    add("Disk space for each new index at most; while it is sorted, about as much again in temporary files",
        fmt::format(
            "SELECT n.name AS \"table\", n.columns,\n"
            "  pg_size_pretty((sum(greatest(c.reltuples, 0) * (12 + w.bytes)) / 0.9)::bigint) AS index_at_most\n"
            "FROM (VALUES\n    {}\n  ) n (name, columns)\n  {}\n"
            "  CROSS JOIN LATERAL (\n"
            "    SELECT sum(coalesce(s.avg_width, 16)) FROM unnest(n.columns) k (name)\n"
            "    LEFT JOIN pg_stats s ON s.schemaname = (SELECT nspname FROM pg_namespace WHERE oid = c.relnamespace)\n"
            "      AND s.tablename = c.relname AND s.attname = k.name\n"
            "  ) w (bytes)\n"
            "WHERE c.relkind IN ('r', 'm')\n"
            "GROUP BY n.name, n.columns",
            fmt::join(rows, ",\n    "), with_partitions(tables, plan_.pg_version)),
        "far less than the free space that the host shows (df): SQL cannot see it", true);
  }

  const Plan& plan_;
  std::vector<const Step*> steps_;
  Tables tables_;
  Tables altered_;
  std::vector<Preflight> checks_;
};

}  // namespace

std::string standby_lag() {
  return "SELECT application_name, state, sync_state, replay_lag,\n"
         "  pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) AS behind\n"
         "FROM pg_stat_replication";
}

void add_preflight(Plan& plan) {
  if (plan.steps().empty()) return;
  std::vector<Preflight> all = General(plan).before();
  const std::size_t general = all.size();
  for (Preflight& preflight : plan.preflight) {
    const bool known = std::any_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(general),
                                   [&](const Preflight& other) { return other.sql == preflight.sql; });
    if (!known) all.push_back(std::move(preflight));
  }
  std::vector<Preflight> space = General(plan).space();
  std::move(space.begin(), space.end(), std::back_inserter(all));
  plan.preflight = std::move(all);
}

}  // namespace pglatch
