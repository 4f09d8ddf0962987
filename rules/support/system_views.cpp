#include "rules/support/system_views.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace pglatch {
namespace {

struct SystemView {
  std::string_view name;
  std::string_view columns;
};

// By name. A test asks servers for the same.
constexpr SystemView kViews[] = {
    {"pg_class",
     "oid relacl relallfrozen relallvisible relam relchecks relfilenode relforcerowsecurity relfrozenxid "
     "relhasindex relhasrules relhassubclass relhastriggers relispartition relispopulated relisshared "
     "relkind relminmxid relname relnamespace relnatts reloftype reloptions relowner relpages relpartbound "
     "relpersistence relreplident relrewrite relrowsecurity reltablespace reltoastrelid reltuples reltype"},
    {"pg_constraint",
     "conbin condeferrable condeferred conenforced conexclop confdelsetcols confdeltype conffeqop confkey "
     "confmatchtype confrelid confupdtype conindid coninhcount conislocal conkey conname connamespace "
     "connoinherit conparentid conperiod conpfeqop conppeqop conrelid contype contypid convalidated oid"},
    {"pg_database",
     "datacl datallowconn datcollate datcollversion datconnlimit datctype datdba datfrozenxid "
     "dathasloginevt daticulocale daticurules datistemplate datlastsysoid datlocale datlocprovider "
     "datminmxid datname dattablespace encoding oid"},
    {"pg_extension", "extcondition extconfig extname extnamespace extowner extrelocatable extversion oid"},
    {"pg_index",
     "indcheckxmin indclass indcollation indexprs indexrelid indimmediate indisclustered indisexclusion "
     "indislive indisprimary indisready indisreplident indisunique indisvalid indkey indnatts indnkeyatts "
     "indnullsnotdistinct indoption indpred indrelid"},
    {"pg_indexes", "indexdef indexname schemaname tablename tablespace"},
    {"pg_inherits", "inhdetachpending inhparent inhrelid inhseqno"},
    {"pg_locks",
     "classid database fastpath granted locktype mode objid objsubid page pid relation transactionid tuple "
     "virtualtransaction virtualxid waitstart"},
    {"pg_matviews", "definition hasindexes ispopulated matviewname matviewowner schemaname tablespace"},
    {"pg_namespace", "nspacl nspname nspowner oid"},
    {"pg_partitioned_table", "partattrs partclass partcollation partdefid partexprs partnatts partrelid partstrat"},
    {"pg_prepared_xacts", "database gid owner prepared transaction"},
    {"pg_replication_slots",
     "active active_pid catalog_xmin confirmed_flush_lsn conflicting database datoid failover "
     "inactive_since invalidation_reason plugin restart_lsn safe_wal_size slot_name slot_type synced "
     "temporary two_phase two_phase_at wal_status xmin"},
    {"pg_roles",
     "oid rolbypassrls rolcanlogin rolconfig rolconnlimit rolcreatedb rolcreaterole rolinherit rolname "
     "rolpassword rolreplication rolsuper rolvaliduntil"},
    {"pg_sequences",
     "cache_size cycle data_type increment_by last_value max_value min_value schemaname sequencename "
     "sequenceowner start_value"},
    {"pg_settings",
     "boot_val category context enumvals extra_desc max_val min_val name pending_restart reset_val setting "
     "short_desc source sourcefile sourceline unit vartype"},
    {"pg_stat_activity",
     "application_name backend_start backend_type backend_xid backend_xmin client_addr client_hostname "
     "client_port datid datname leader_pid pid query query_id query_start state state_change usename "
     "usesysid wait_event wait_event_type xact_start"},
    {"pg_stat_database",
     "active_time blk_read_time blk_write_time blks_hit blks_read checksum_failures checksum_last_failure "
     "conflicts datid datname deadlocks idle_in_transaction_time numbackends parallel_workers_launched "
     "parallel_workers_to_launch session_time sessions sessions_abandoned sessions_fatal sessions_killed "
     "stats_reset temp_bytes temp_files tup_deleted tup_fetched tup_inserted tup_returned tup_updated "
     "xact_commit xact_rollback"},
    {"pg_stat_progress_create_index",
     "blocks_done blocks_total command current_locker_pid datid datname index_relid lockers_done "
     "lockers_total partitions_done partitions_total phase pid relid tuples_done tuples_total"},
    {"pg_stat_progress_vacuum",
     "datid datname dead_tuple_bytes delay_time heap_blks_scanned heap_blks_total heap_blks_vacuumed "
     "index_vacuum_count indexes_processed indexes_total max_dead_tuple_bytes max_dead_tuples "
     "num_dead_item_ids num_dead_tuples phase pid relid"},
    {"pg_stat_replication",
     "application_name backend_start backend_xmin client_addr client_hostname client_port flush_lag "
     "flush_lsn pid replay_lag replay_lsn reply_time sent_lsn state sync_priority sync_state usename "
     "usesysid write_lag write_lsn"},
    {"pg_stat_user_indexes",
     "idx_scan idx_tup_fetch idx_tup_read indexrelid indexrelname last_idx_scan relid relname schemaname"},
    {"pg_stat_user_tables",
     "analyze_count autoanalyze_count autovacuum_count idx_scan idx_tup_fetch last_analyze "
     "last_autoanalyze last_autovacuum last_idx_scan last_seq_scan last_vacuum n_dead_tup "
     "n_ins_since_vacuum n_live_tup n_mod_since_analyze n_tup_del n_tup_hot_upd n_tup_ins "
     "n_tup_newpage_upd n_tup_upd relid relname schemaname seq_scan seq_tup_read total_analyze_time "
     "total_autoanalyze_time total_autovacuum_time total_vacuum_time vacuum_count"},
    {"pg_statio_user_indexes", "idx_blks_hit idx_blks_read indexrelid indexrelname relid relname schemaname"},
    {"pg_statio_user_tables",
     "heap_blks_hit heap_blks_read idx_blks_hit idx_blks_read relid relname schemaname tidx_blks_hit "
     "tidx_blks_read toast_blks_hit toast_blks_read"},
    {"pg_tables", "hasindexes hasrules hastriggers rowsecurity schemaname tablename tableowner tablespace"},
    {"pg_views", "definition schemaname viewname viewowner"},
};

struct Mistake {
  std::string_view column;
  std::string_view meant;
};
constexpr Mistake kMistakes[] = {
    {"tablename", "relname"},
    {"table_name", "relname"},
    {"indexname", "indexrelname"},
    {"index_name", "indexrelname"},
    {"procpid", "pid"},
    {"current_query", "query"},
    {"heap_blks_hit", "idx_blks_hit"},
    {"heap_blks_read", "idx_blks_read"},
    {"schema_name", "schemaname"},
};

struct Function {
  std::string_view name;
  int arguments;
};
constexpr Function kFunctions[] = {
    {"pg_blocking_pids", 1},       {"pg_cancel_backend", 1}, {"pg_terminate_backend", 1}, {"pg_relation_size", 1},
    {"pg_total_relation_size", 1}, {"pg_table_size", 1},     {"pg_indexes_size", 1},      {"pg_database_size", 1},
    {"pg_size_pretty", 1},         {"pg_get_indexdef", 1},
};

}  // namespace

std::string_view columns_of_system_view(std::string_view view) noexcept {
  std::string user;
  for (const std::string_view kind : {"_all_", "_sys_"}) {
    const std::size_t at = view.find(kind);
    if (at == std::string_view::npos || !view.starts_with("pg_stat")) continue;
    user = std::string(view.substr(0, at)) + "_user_" + std::string(view.substr(at + kind.size()));
    view = user;
    break;
  }
  const auto found =
      std::find_if(std::begin(kViews), std::end(kViews), [&](const SystemView& each) { return each.name == view; });
  return found == std::end(kViews) ? std::string_view() : found->columns;
}

std::string_view usual_mistake(std::string_view column) noexcept {
  const auto found = std::find_if(std::begin(kMistakes), std::end(kMistakes),
                                  [&](const Mistake& each) { return each.column == column; });
  return found == std::end(kMistakes) ? std::string_view() : found->meant;
}

int arguments_needed(std::string_view function) noexcept {
  const auto found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                  [&](const Function& each) { return each.name == function; });
  return found == std::end(kFunctions) ? 0 : found->arguments;
}

}  // namespace pglatch
