// The catalog keeps each relationship on both sides: whatever is done and undone, they agree.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/catalog/replay.h"

namespace pglatch {
namespace {

using testing::describe;
using ::testing::IsEmpty;
using testing::Replay;

struct Case {
  const char* name;
  const char* sql;
  int from_major = 0;
};

const Case kCases[] = {
#include "tests/unit/catalog/server_cases.inc"
};

using Ids = std::vector<RelationId>;

std::size_t count(const Ids& ids, RelationId id) {
  return static_cast<std::size_t>(std::count(ids.begin(), ids.end(), id));
}

std::vector<std::string> broken_links(const Catalog& catalog) {
  std::vector<std::string> broken;
  for (const Relation* relation : catalog.relations()) {
    const RelationId id = relation->id;
    // `other` must exist, and `back(other)` be true.
    const auto expect = [&](const char* what, RelationId other, const auto& back) {
      const Relation* found = catalog.find(other);
      if (found == nullptr || !back(*found)) broken.push_back(fmt::format("{} of {}", what, display_name(*relation)));
    };
    const auto expect_all = [&](const char* what, const Ids& others, const auto& back) {
      for (const RelationId other : others) expect(what, other, back);
    };
    const auto expect_if = [&](const char* what, RelationId other, const auto& back) {
      if (other != kNoRelation) expect(what, other, back);
    };
    expect("name", id, [&](const Relation& self) {
      return catalog.find({self.schema, self.name}, SearchPath{}) == &self;
    });
    expect_if("parent", relation->partition_of, [&](const Relation& r) { return count(r.partitions, id) == 1; });
    expect_all("partition", relation->partitions, [&](const Relation& r) { return r.partition_of == id; });
    expect_all("ancestor", relation->inherits, [&](const Relation& r) { return count(r.inherited_by, id) == 1; });
    expect_all("child", relation->inherited_by, [&](const Relation& r) { return count(r.inherits, id) == 1; });
    expect_all("index", relation->indexes, [&](const Relation& r) { return r.is_index() && r.index->table == id; });
    expect_if("table", relation->index->table, [&](const Relation& r) { return count(r.indexes, id) == 1; });
    expect_if("parent index", relation->index->parent,
              [&](const Relation& r) { return count(r.index->children, id) == 1; });
    expect_all("attached index", relation->index->children, [&](const Relation& r) { return r.index->parent == id; });
    expect_if("owner", relation->owned_by, [&](const Relation& r) { return count(r.owned_sequences, id) == 1; });
    expect_all("sequence", relation->owned_sequences, [&](const Relation& r) { return r.owned_by == id; });
    for (const ColumnUse& use : relation->uses) {
      expect("use", use.relation, [&](const Relation& r) { return count(r.used_by, id) == 1; });
    }
    expect_all("view", relation->used_by, [&](const Relation& r) {
      return std::any_of(r.uses.begin(), r.uses.end(), [&](const ColumnUse& use) { return use.relation == id; });
    });
    const auto keys_to = [](const Relation& from, RelationId to) {
      return static_cast<std::size_t>(
          std::count_if(from.constraints.begin(), from.constraints.end(),
                        [&](const TableConstraint& constraint) { return constraint.referenced == to; }));
    };
    for (const TableConstraint& constraint : relation->constraints) {
      expect_if("constraint's index", constraint.index, [&](const Relation& r) { return r.index->table == id; });
      const RelationId to = constraint.referenced;
      expect_if("foreign key", to,
                [&](const Relation& r) { return count(r.referenced_by, id) == keys_to(*relation, to); });
    }
    expect_all("reference", relation->referenced_by,
               [&](const Relation& r) { return count(relation->referenced_by, r.id) == keys_to(r, id); });
  }
  return broken;
}

TEST(Links, AgreeAfterEveryStatement) {
  for (const Case& one : kCases) {
    const std::string sql = one.sql;
    const ParsedScript script = parse(sql);
    Replay replay;
    replay.session.begin_script(ExecutionMode::autocommit, script.statements.size());
    for (const Statement& statement : script.statements) {
      apply(statement, sql, replay.catalog, replay.session);
      replay.session.apply(statement.node);
      ASSERT_THAT(broken_links(replay.catalog), IsEmpty()) << one.name << ": " << statement.range.of(sql);
    }
  }
}

TEST(Links, NothingIsLeftOfWhatIsRolledBack) {
  for (const Case& one : kCases) {
    if (std::string_view(one.sql).find("ROLLBACK") != std::string_view::npos) continue;
    Replay replay(one.sql, ExecutionMode::autocommit);
    const std::vector<std::string> before = describe(replay.catalog);
    // The same again, where every statement contradicts what is there or builds on it, and from scratch.
    for (const char* first : {"", "DROP SCHEMA public CASCADE;"}) {
      replay.run(fmt::format("BEGIN; {} {}; SAVEPOINT s; {}; ROLLBACK TO s; ROLLBACK", first, one.sql, one.sql),
                 ExecutionMode::autocommit);
      EXPECT_EQ(describe(replay.catalog), before) << one.name;
      EXPECT_THAT(broken_links(replay.catalog), IsEmpty()) << one.name;
    }
  }
}

}  // namespace
}  // namespace pglatch
