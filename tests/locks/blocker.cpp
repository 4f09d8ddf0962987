#include "tests/locks/blocker.h"

#include <chrono>
#include <stdexcept>

namespace pglatch::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// An obstacle and the session that is it.
class Standing {
 public:
  Standing(const Obstacle& obstacle, const Database& database) : obstacle_(obstacle), connection_(database.connect()) {
    connection_.exec(obstacle.sql);
  }

  // What the worker waits for, as pg_locks shows it: a relation, or nothing for another session's transaction.
  bool blocks(const std::optional<std::string>& oid) {
    if (coming_back_ && connection_.wait_for(kMoment)) {
      coming_back_ = false;
      stands_ = !connection_.finish().has_value();
    }
    return stands_ && (!oid || *oid == obstacle_.oid);
  }

  void lift() {
    connection_.exec("ROLLBACK");
    stands_ = false;
    if (!obstacle_.again) return;
    // It queues behind the worker, and stands again when the worker's present transaction has ended.
    connection_.send(obstacle_.sql);
    coming_back_ = true;
  }

  void clear_away() {
    if (coming_back_) connection_.finish();
    connection_.exec("ROLLBACK");
  }

  // Long enough for wait_for() to look at all: it counts whole milliseconds.
  static constexpr milliseconds kMoment{2};

 private:
  const Obstacle& obstacle_;
  Connection connection_;
  bool stands_ = true;
  bool coming_back_ = false;
};

// What takes that lock and no other; empty if nothing does. LOCK TABLE is for tables only.
std::string lock_statement(const RelationState& relation, std::string_view mode) {
  const std::string& name = relation.name;
  if (relation.kind == "r" || relation.kind == "p")
    return "LOCK TABLE ONLY " + name + " IN " + std::string(mode) + " MODE";
  const std::string kind = relation.kind == "i" ? "INDEX " : relation.kind == "m" ? "MATERIALIZED VIEW " : "";
  if (kind.empty()) return {};
  if (mode == "ACCESS EXCLUSIVE") return "ALTER " + kind + name + " SET TABLESPACE ts1";
  if (mode == "SHARE UPDATE EXCLUSIVE") return "COMMENT ON " + kind + name + " IS 'an obstacle'";
  return {};
}

}  // namespace

std::vector<std::vector<Obstacle>> obstacle_courses(Connection& connection, const Relations& relations) {
  std::vector<std::vector<Obstacle>> courses{{}, {{"", "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"}}};
  for (const char* mode : {"ACCESS EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "ROW EXCLUSIVE", "ACCESS SHARE"}) {
    std::vector<Obstacle>& course = courses.emplace_back();
    for (const auto& [oid, relation] : relations) {
      const std::string sql = lock_statement(relation, mode);
      if (!sql.empty()) course.push_back({oid, "BEGIN; " + sql});
    }
  }
  std::vector<Obstacle>& catalogs = courses.emplace_back();
  for (const char* name : {"pg_class", "pg_index", "pg_statistic", "pg_depend", "pg_inherits"}) {
    catalogs.push_back({connection.value(std::string("SELECT 'pg_catalog.") + name + "'::regclass::oid"),
                        std::string("BEGIN; LOCK TABLE pg_catalog.") + name + " IN SHARE MODE", true});
  }
  return courses;
}

std::optional<SqlError> watch(Connection& worker, const std::string& statement, const std::vector<Obstacle>& obstacles,
                              const Database& database, const Relations& relations, Facts& facts) {
  const std::string locks =
      "SELECT relation, mode, granted FROM pg_locks WHERE locktype IN ('relation', 'virtualxid')"
      " AND pid = " +
      std::to_string(worker.backend_pid());
  Connection monitor = database.connect();
  std::vector<Standing> standing;
  standing.reserve(obstacles.size());
  for (const Obstacle& obstacle : obstacles) standing.emplace_back(obstacle, database);

  worker.send(statement);
  const auto deadline = steady_clock::now() + std::chrono::seconds(60);
  while (!worker.wait_for(Standing::kMoment)) {
    std::optional<Row> waiting;
    for (const Row& row : monitor.query(locks)) {
      if (row[2] == "f") waiting = row;
      const auto relation = relations.find(row[0].value_or(""));
      if (relation != relations.end()) facts.lock(relation->second.name, row[1].value());
    }
    if (waiting) {
      for (Standing& obstacle : standing) {
        if (!obstacle.blocks((*waiting)[0])) continue;
        obstacle.lift();
        break;
      }
    }
    if (steady_clock::now() > deadline) {
      worker.cancel();
      worker.finish();
      throw std::runtime_error("it still runs after a minute");
    }
  }
  const std::optional<SqlError> error = worker.finish();
  for (Standing& obstacle : standing) obstacle.clear_away();
  return error;
}

}  // namespace pglatch::testing
