// Proofs by CHECK constraints: what is claimed here, a real server accepts (it says so at DEBUG1).
#include "analyzer/catalog/proof.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/server.h"
#include "tests/unit/catalog/replay.h"

namespace pglatch {
namespace {

using testing::Connection;
using testing::Replay;
using testing::Server;

struct Case {
  const char* type;
  const char* strategy;
  const char* check;  // empty: none
  const char* bound;
  bool proved;
  const char* not_null = "";
};

constexpr const char* kNotNull = " NOT NULL";

// ATTACH PARTITION of a table with this CHECK.
const Case kInside[] = {
    {"int", "range", "k >= 10 AND k < 20", "FROM (10) TO (20)", true, kNotNull},
    {"int", "range", "k >= 10 AND k < 20", "FROM (10) TO (20)", false},
    {"int", "range", "k IS NOT NULL AND k >= 10 AND k < 20", "FROM (10) TO (20)", true},
    {"int", "range", "k IS NOT NULL AND (k >= 12 AND k < 15)", "FROM (10) TO (20)", true},
    {"int", "range", "10 <= k AND 20 > k", "FROM (10) TO (20)", true, kNotNull},
    {"int", "range", "k > 9 AND k < 20", "FROM (10) TO (20)", false, kNotNull},
    {"int", "range", "k > 10 AND k <= 19", "FROM (10) TO (20)", true, kNotNull},
    {"int", "range", "k <= 20 AND k >= 10", "FROM (10) TO (20)", false, kNotNull},
    {"int", "range", "k BETWEEN 10 AND 19", "FROM (10) TO (20)", true, kNotNull},
    {"int", "range", "k BETWEEN 10 AND 20", "FROM (10) TO (20)", false, kNotNull},
    {"int", "range", "NOT (k < 10 OR k >= 20)", "FROM (10) TO (20)", true, kNotNull},
    {"int", "range", "k = 15", "FROM (10) TO (20)", true, kNotNull},
    {"int", "range", "k IN (10, 19)", "FROM (10) TO (20)", true, kNotNull},
    {"int", "range", "k IN (10, 20)", "FROM (10) TO (20)", false, kNotNull},
    {"int", "range", "k = ANY (ARRAY[10, 11])", "FROM (10) TO (20)", true, kNotNull},
    {"int", "range", "k >= 10 OR k < 20", "FROM (10) TO (20)", false, kNotNull},
    {"int", "range", "k >= 10", "FROM (10) TO (MAXVALUE)", true, kNotNull},
    {"int", "range", "k < 20", "FROM (MINVALUE) TO (20)", true, kNotNull},
    {"int", "range", "", "FROM (MINVALUE) TO (MAXVALUE)", true, kNotNull},
    {"int", "range", "", "FROM (MINVALUE) TO (MAXVALUE)", false},
    {"int", "range", "k >= -20 AND k < -10", "FROM (-20) TO (-10)", true, kNotNull},
    {"int", "range", "k >= '10' AND k < '20'", "FROM ('10') TO (20)", true, kNotNull},
    {"int", "range", "k >= 10.0 AND k < 20.0", "FROM (10) TO (20)", false, kNotNull},
    {"int", "range", "k >= 10::bigint AND k < 5000000000", "FROM (10) TO (MAXVALUE)", true, kNotNull},
    {"int", "range", "abs(k) >= 10 AND abs(k) < 20", "FROM (10) TO (20)", false, kNotNull},
    {"bigint", "range", "k >= 9 AND k < 10", "FROM (9) TO (10)", true, kNotNull},
    {"bigint", "range", "k >= 5000000000 AND k < 6000000000", "FROM (5000000000) TO (6000000000)", true, kNotNull},
    {"numeric", "range", "k >= 1.5 AND k < 10", "FROM (1.50) TO (10.0)", true, kNotNull},
    {"numeric(10,2)", "range", "k >= 1.5 AND k < 2", "FROM (1.5) TO (2)", true, kNotNull},
    {"numeric(10,1)", "range", "k >= 1.44 AND k < 2", "FROM (1.44) TO (2)", false, kNotNull},
    {"double precision", "range", "k >= 1 AND k < 2.5", "FROM (1) TO (2.5)", true, kNotNull},
    {"date", "range", "k >= '2024-01-01' AND k < '2024-02-01'", "FROM ('2024-01-01') TO ('2024-02-01')", true,
     kNotNull},
    {"date", "range", "k >= '2024-01-05' AND k < '2024-01-31'", "FROM ('2024-01-01') TO ('2024-02-01')", true,
     kNotNull},
    {"date", "range", "k >= '2024-01-01' AND k < '2024-02-02'", "FROM ('2024-01-01') TO ('2024-02-01')", false,
     kNotNull},
    {"date", "range", "k >= DATE '2024-01-01' AND k < '2024-02-01'::date", "FROM ('2024-01-01') TO ('2024-02-01')",
     true, kNotNull},
    {"date", "range", "k >= '1/2/2024' AND k < '10/2/2024'", "FROM ('1/1/2024') TO ('2/2/2025')", false, kNotNull},
    {"timestamp", "range", "k >= '2024-01-01 00:00:00' AND k < '2024-01-01 12:00:00'",
     "FROM ('2024-01-01 00:00:00') TO ('2024-01-02 00:00:00')", true, kNotNull},
    {"timestamptz", "range", "k >= '2024-01-01 00:00:00+00' AND k < '2024-02-01 00:00:00+00'",
     "FROM ('2024-01-01 00:00:00+00') TO ('2024-02-01 00:00:00+00')", true, kNotNull},
    {"timestamptz", "range", "k >= '2024-01-01 00:00:00+05' AND k < '2024-01-15 00:00:00+05'",
     "FROM ('2024-01-01 00:00:00+00') TO ('2024-02-01 00:00:00+00')", false, kNotNull},
    {"timestamptz", "range", "k >= '2024-01-01'::date AND k < '2024-02-01'::date",
     "FROM ('2024-01-01') TO ('2024-02-01')", false, kNotNull},
    {"text", "range", "k >= 'a' AND k < 'b'", "FROM ('a') TO ('b')", true, kNotNull},
    {"text", "range", "k >= 'b' AND k < 'c'", "FROM ('a') TO ('d')", false, kNotNull},
    {"varchar(10)", "range", "k >= 'a' AND k < 'b'", "FROM ('a') TO ('b')", true, kNotNull},
    {"int", "list", "k = 5", "IN (5)", true, kNotNull},
    {"int", "list", "k = 5", "IN (5)", false},
    {"int", "list", "k = 5", "IN (5, NULL)", true},
    {"int", "list", "k IS NULL OR k = 5", "IN (5, NULL)", true},
    {"int", "list", "k IS NULL OR k = 5", "IN (5)", false},
    {"int", "list", "k IS NOT NULL AND k IN (5, 6)", "IN (5, 6, 7)", true},
    {"int", "list", "k IN (5, 8)", "IN (5, 6, 7)", false, kNotNull},
    {"int", "list", "k = 5 OR k = 6", "IN (5, 6)", true, kNotNull},
    {"int", "list", "k >= 5 AND k <= 5", "IN (5)", false, kNotNull},
    {"text", "list", "k = 'a'", "IN ('a', 'b')", true, kNotNull},
    {"varchar(5)", "list", "k IN ('a', 'b')", "IN ('a', 'b')", true, kNotNull},
    {"uuid", "list", "k = '00000000-0000-0000-0000-00000000000a'", "IN ('00000000-0000-0000-0000-00000000000a')", true,
     kNotNull},
};

// CREATE TABLE … PARTITION OF beside a default partition with this CHECK.
const Case kOutside[] = {
    {"int", "range", "k IS NOT NULL AND NOT (k >= 10 AND k < 20)", "FROM (10) TO (20)", true},
    {"int", "range", "NOT (k >= 5 AND k < 25)", "FROM (10) TO (20)", true},
    {"int", "range", "NOT (k >= 11 AND k < 20)", "FROM (10) TO (20)", false},
    {"int", "range", "k < 10 OR k >= 20", "FROM (10) TO (20)", true},
    {"int", "range", "k IS NULL OR k < 10 OR k >= 20", "FROM (10) TO (20)", true},
    {"int", "range", "k < 10", "FROM (10) TO (20)", true},
    {"int", "range", "k <= 9", "FROM (10) TO (20)", true},
    {"int", "range", "k <= 10", "FROM (10) TO (20)", false},
    {"int", "range", "k >= 20", "FROM (10) TO (20)", true},
    {"int", "range", "k IN (1, 30)", "FROM (10) TO (20)", true},
    {"int", "range", "k IN (1, 15)", "FROM (10) TO (20)", false},
    {"int", "range", "k NOT BETWEEN 10 AND 20", "FROM (10) TO (20)", true},
    {"int", "range", "(k < 10 AND k <> 3) OR k >= 20", "FROM (10) TO (20)", true},
    {"int", "range", "k IS NULL", "FROM (10) TO (20)", true},
    {"int", "range", "k < 10", "FROM (10) TO (MAXVALUE)", true},
    {"int", "range", "k < 10", "FROM (MINVALUE) TO (20)", false},
    {"date", "range", "NOT (k >= '2024-01-01' AND k < '2024-02-01')", "FROM ('2024-01-01') TO ('2024-02-01')", true},
    {"int", "list", "k <> 5", "IN (5)", true},
    {"int", "list", "k <> 5", "IN (5, 6)", false},
    {"int", "list", "k <> 5 AND k <> 6", "IN (5, 6)", true},
    {"int", "list", "k NOT IN (5, 6, 7)", "IN (5, 6)", true},
    {"int", "list", "NOT (k IN (5, 6))", "IN (5, 6)", true},
    {"int", "list", "k <> ALL (ARRAY[5, 6])", "IN (5, 6)", true},
    {"int", "list", "k IN (1, 2)", "IN (5, 6)", true},
    {"int", "list", "k > 6", "IN (5, 6)", true},
    {"int", "list", "k NOT IN (5)", "IN (5, NULL)", false},
    {"int", "list", "k IS NOT NULL AND k NOT IN (5)", "IN (5, NULL)", true},
    {"int", "list", "k IS NULL OR k NOT IN (5)", "IN (5)", true},
    {"int", "list", "k IS NOT NULL", "IN (NULL)", true},
    {"text", "list", "k NOT IN ('a', 'b')", "IN ('a', 'b')", true},
    {"text", "list", "k = 'x'", "IN ('a', 'b')", true},
    {"varchar(10)", "list", "k <> 'a'", "IN ('a')", true},
};

std::string check_clause(const Case& one) {
  return *one.check == '\0' ? std::string() : fmt::format(", CONSTRAINT c CHECK ({})", one.check);
}

std::string inside_setup(const Case& one) {
  return fmt::format("CREATE TABLE p (k {0}) PARTITION BY {1} (k); CREATE TABLE x (k {0}{2}{3})", one.type,
                     one.strategy, one.not_null, check_clause(one));
}

std::string outside_setup(const Case& one) {
  return fmt::format(
      "CREATE TABLE p (k {0}) PARTITION BY {1} (k); CREATE TABLE d (k {0}{2}); ALTER TABLE p ATTACH PARTITION d "
      "DEFAULT",
      one.type, one.strategy, check_clause(one));
}

bool server_proves(Connection& connection, const std::string& setup, const std::string& statement,
                   std::string_view words) {
  connection.exec("DROP TABLE IF EXISTS p, x, d");
  connection.exec(setup);
  connection.exec("SET client_min_messages = debug1");
  (void)connection.take_notices();
  connection.exec(statement);
  connection.exec("RESET client_min_messages");
  for (const std::string& notice : connection.take_notices()) {
    if (notice.find(words) != std::string::npos) return true;
  }
  return false;
}

TEST(Proof, OfABound) {
  for (const Case& one : kInside) {
    Replay replay(inside_setup(one));
    replay.run(fmt::format("CREATE TABLE copy PARTITION OF p FOR VALUES {}", one.bound));
    EXPECT_EQ(proves_bound(replay.at("x"), replay.at("p").partition_key, *replay.at("copy").bound), one.proved)
        << one.type << " CHECK (" << one.check << ") " << one.bound << one.not_null;
  }
}

TEST(Proof, OfTheRestForTheDefaultPartition) {
  for (const Case& one : kOutside) {
    Replay replay(outside_setup(one));
    replay.run(fmt::format("CREATE TABLE x PARTITION OF p FOR VALUES {}", one.bound));
    EXPECT_EQ(proves_outside(replay.at("d"), replay.at("p").partition_key, *replay.at("x").bound), one.proved)
        << one.type << " CHECK (" << one.check << ") " << one.bound;
  }
}

TEST(Proof, NothingIsClaimedThatTheServerDoesNotAccept) {
  for (const int major : Server::available_majors()) {
    auto database = Server::shared(major).scratch();
    Connection connection = database.connect();
    for (const Case& one : kInside) {
      if (!one.proved) continue;
      const std::string attach = fmt::format("ALTER TABLE p ATTACH PARTITION x FOR VALUES {}", one.bound);
      EXPECT_TRUE(server_proves(connection, inside_setup(one), attach, "\"x\" is implied by existing constraints"))
          << "PostgreSQL " << major << ": " << one.type << " CHECK (" << one.check << ") " << one.bound;
    }
    for (const Case& one : kOutside) {
      if (!one.proved) continue;
      const std::string create = fmt::format("CREATE TABLE x PARTITION OF p FOR VALUES {}", one.bound);
      EXPECT_TRUE(server_proves(connection, outside_setup(one), create, "partition \"d\" is implied by existing"))
          << "PostgreSQL " << major << ": " << one.type << " CHECK (" << one.check << ") " << one.bound;
    }
  }
}

TEST(Proof, OfNotNull) {
  struct NotNullCase {
    const char* constraint;
    bool proved;
  };
  const NotNullCase cases[] = {
      {"CHECK (a IS NOT NULL)", true},
      {"CHECK (a IS NOT NULL AND a > 0)", true},
      {"CHECK (NOT (a IS NULL))", true},
      {"CHECK (NOT (a IS NULL OR b IS NULL))", true},
      {"CHECK (a IS NOT NULL OR b IS NOT NULL)", false},
      {"CHECK (a > 0)", false},
      {"CHECK (length(a::text) > 0)", false},
      {"CHECK (b IS NOT NULL)", false},
      {"CHECK (a IS NOT NULL) NOT VALID", false},
      {"CHECK (a IS NOT NULL) NOT ENFORCED", false},
      {"CHECK ((a IS NOT NULL) = true)", false},
  };
  for (const NotNullCase& one : cases) {
    const Replay replay(
        fmt::format("CREATE TABLE t (a int, b int); ALTER TABLE t ADD CONSTRAINT c {}", one.constraint));
    EXPECT_EQ(proves_not_null(replay.at("t"), "a"), one.proved) << one.constraint;
    EXPECT_FALSE(proves_not_null(replay.at("t"), "a", "c"));
  }
}

TEST(Proof, ValidatingIsWhatCounts) {
  Replay replay("CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID");
  EXPECT_FALSE(proves_not_null(replay.at("t"), "a"));
  replay.run("ALTER TABLE t VALIDATE CONSTRAINT c");
  EXPECT_TRUE(proves_not_null(replay.at("t"), "a"));
  replay.run("ALTER TABLE t RENAME a TO z");
  EXPECT_TRUE(proves_not_null(replay.at("t"), "z"));
}

TEST(Proof, HashDefaultExpressionsAndSeveralColumnsAreNotProved) {
  Replay replay(
      "CREATE TABLE h (k int NOT NULL) PARTITION BY HASH (k);"
      "CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
      "CREATE TABLE e (k int NOT NULL) PARTITION BY RANGE ((k + 1)); CREATE TABLE e1 PARTITION OF e FOR VALUES FROM "
      "(1) TO (2);"
      "CREATE TABLE m (k int NOT NULL, l int NOT NULL) PARTITION BY RANGE (k, l);"
      "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (1, 1) TO (2, 2);"
      "CREATE TABLE x (k int NOT NULL, l int NOT NULL, CHECK (k = 1), CHECK (l = 1));");
  for (const char* parent : {"h", "e", "m"}) {
    const Relation& partition = replay.at(std::string(parent) + "1");
    EXPECT_FALSE(proves_bound(replay.at("x"), replay.at(parent).partition_key, *partition.bound)) << parent;
    EXPECT_FALSE(proves_outside(replay.at("x"), replay.at(parent).partition_key, *partition.bound)) << parent;
  }
}

TEST(Proof, TheBoundsAboveCountToo) {
  Replay replay(
      "CREATE TABLE p (k int NOT NULL, day int NOT NULL) PARTITION BY LIST (k);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY RANGE (day);"
      "CREATE TABLE x (k int NOT NULL, day int NOT NULL, CHECK (day >= 10 AND day < 20));"
      "CREATE TABLE y (k int NOT NULL, day int NOT NULL, CHECK (day >= 10 AND day < 20), CHECK (k = 1));"
      "CREATE TABLE bound PARTITION OF p1 FOR VALUES FROM (10) TO (20);");
  const PartitionBound bound = *replay.at("bound").bound;
  EXPECT_TRUE(proves_bound(replay.at("x"), replay.at("p1").partition_key, bound));
  EXPECT_FALSE(proves_partition(replay.catalog, replay.at("x"), replay.at("p1"), bound));
  EXPECT_TRUE(proves_partition(replay.catalog, replay.at("y"), replay.at("p1"), bound));
}

TEST(Proof, DeepConditionsAreCutNotFollowed) {
  std::string condition = "k > 0";
  for (int i = 0; i < 3000; ++i) condition = "NOT (" + condition + ")";
  const Replay replay("CREATE TABLE t (k int, CONSTRAINT c CHECK (" + condition + "))");
  ASSERT_EQ(replay.at("t").constraint("c")->proof.size(), 1U);
  EXPECT_EQ(replay.at("t").constraint("c")->proof.front().kind, Conjunct::Kind::other);
}

}  // namespace
}  // namespace pglatch
