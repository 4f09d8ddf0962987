// The block that carries out a batch step. Nothing is locked while it pauses; a range that does not get its locks is
// tried again; the ledger's row is written in the transaction of the range, so that none is done twice.
//
// PostgreSQL documentation: "Transaction Management" in PL/pgSQL (COMMIT in a DO block), pg_stat_replication.
#include <fmt/format.h>

#include "analyzer/parse/identifier.h"
#include "analyzer/plan/psql_text.h"

namespace pglatch::psql {
namespace {

// One item for each key, with "{n}" its 1-based number and "{key}" its name.
std::string for_each_key(const Batch& batch, std::string_view item, std::string_view between) {
  std::string out;
  for (std::size_t i = 0; i < batch.keys.size(); ++i) {
    out += fmt::format("{}{}", i == 0 ? "" : between,
                       fmt::format(fmt::runtime(item), fmt::arg("n", i + 1), fmt::arg("key", batch.keys[i]),
                                   fmt::arg("at", i), fmt::arg("table", batch.table)));
  }
  return out;
}

// Replicas that are behind get the time to catch up. Without the privilege of pg_monitor their lag reads as null.
std::string wait_for_replicas(const Batch& batch, std::string_view label) {
  return fmt::format(
      "    WHILE (SELECT max(replay_lag) > interval '{0} seconds' FROM pg_stat_replication) LOOP\n"
      "      RAISE NOTICE '%: a replica is more than {0} seconds behind, waiting', {1};\n"
      "      COMMIT;\n"
      "      PERFORM pg_sleep(5);\n"
      "    END LOOP;\n",
      batch.max_lag_s, quote_literal_sql(label));
}

}  // namespace

std::string batch_block(const Step& step, std::string_view ledger, std::string_view key) {
  const Batch& batch = step.batch;
  const StepPolicy policy = policy_of(step);
  const std::string row = fmt::format("WHERE step = {}", quote_literal_sql(key));
  const std::string keys = for_each_key(batch, "{key}", ", ");
  const std::string low = for_each_key(batch, "low_{n}", ", ");
  const std::string high = for_each_key(batch, "high_{n}", ", ");
  const std::string end = for_each_key(batch, "end_{n}", ", ");
  const std::string falling = for_each_key(batch, "{key} DESC", ", ");
  std::string out = "\nDECLARE\n";
  out += for_each_key(
      batch, "  low_{n} {table}.{key}%TYPE;\n  high_{n} {table}.{key}%TYPE;\n  end_{n} {table}.{key}%TYPE;\n", "");
  out += "  last_key jsonb;\n  changed bigint;\n  attempt int := 0;\n  done boolean;\nBEGIN\n";
  out += fmt::format("  INSERT INTO {} (step, title) VALUES ({}, {}) ON CONFLICT DO NOTHING;\n  COMMIT;\n  LOOP\n",
                     ledger, quote_literal_sql(key), quote_literal_sql(step.title));
  out += fmt::format("    done := false;\n    BEGIN\n      PERFORM set_config('lock_timeout', '{}ms', true);\n",
                     policy.lock_timeout_ms);
  out += fmt::format("      SELECT {}, ends_with INTO STRICT {}, last_key FROM {} {};\n",
                     for_each_key(batch, "reached->>{at}", ", "), low, ledger, row);
  // Rows that come later are none of the step's, and could come faster than it goes.
  out += fmt::format(
      "      IF last_key IS NULL THEN\n        EXECUTE {} INTO last_key;\n"
      "        UPDATE {} SET ends_with = last_key {};\n"
      "      END IF;\n      SELECT {} INTO {};\n",
      dollar_quote(fmt::format("SELECT jsonb_build_array({}) FROM {} ORDER BY {} LIMIT 1", keys, batch.table, falling),
                   "sql"),
      ledger, row, for_each_key(batch, "last_key->>{at}", ", "), end);
  out += fmt::format("      EXECUTE {}\n        INTO {} USING {}, {};\n",
                     dollar_quote(fmt::format("SELECT {0} FROM (SELECT {0} FROM {1} AS walked WHERE {2}\n"
                                              "          ORDER BY {0} LIMIT {3}) AS range ORDER BY {4} LIMIT 1",
                                              keys, batch.table, in_range(batch, "walked"), batch.rows, falling),
                                  "sql"),
                     high, low, end);
  out +=
      fmt::format("      IF high_1 IS NULL THEN\n        UPDATE {} SET done_at = now() {};\n      ELSE\n", ledger, row);
  out += fmt::format("        EXECUTE {}\n          USING {}, {};\n", dollar_quote(step.sql.front(), "sql"), low, high);
  out += fmt::format(
      "        GET DIAGNOSTICS changed = ROW_COUNT;\n"
      "        UPDATE {} SET reached = jsonb_build_array({}), changed_rows = changed_rows + changed {};\n"
      "      END IF;\n      done := true;\n      attempt := 0;\n",
      ledger, high, row);
  out += fmt::format(
      "    EXCEPTION WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN\n"
      "      attempt := attempt + 1;\n"
      "      RAISE NOTICE '% attempt % of {0}: %', {1}, attempt, SQLERRM;\n"
      "      IF attempt >= {0} THEN RAISE; END IF;\n"
      "    END;\n"
      "    COMMIT;\n"
      "    EXIT WHEN done AND high_1 IS NULL;\n"
      "    PERFORM pg_sleep(CASE WHEN done THEN {2} ELSE least({3} * {4} ^ attempt, {5}) * (1 - {6} * random()) "
      "END);\n",
      policy.attempts, quote_literal_sql(step.id), batch.pause_ms / 1000.0, kRetryPause.base_ms / 1000.0,
      kRetryPause.factor, kRetryPause.cap_ms / 1000.0, kRetryPause.jitter);
  out += wait_for_replicas(batch, step.id);
  out += "  END LOOP;\nEND ";
  return fmt::format("DO {};\n", dollar_quote(out, "pglatch"));
}

}  // namespace pglatch::psql
