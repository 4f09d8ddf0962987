// A snapshot into the catalog: its statements are applied, then what no statement tells is set.
#include <algorithm>
#include <utility>

#include "analyzer/catalog/apply.h"
#include "analyzer/catalog/snapshot.h"
#include "analyzer/parse/parser.h"

namespace pglatch {
namespace {

// pg_attribute.attidentity.
char identity_letter(const SnapshotColumn& column) {
  if (column.identity.empty()) return 0;
  return column.identity == "ALWAYS" ? 'a' : 'd';
}

void set_columns(const SnapshotTable& table, Relation& relation) {
  for (const SnapshotColumn& fact : table.columns) {
    Column* column = relation.column(fact.name);
    if (column == nullptr) continue;
    column->not_null = fact.not_null;
    column->identity = identity_letter(fact);
    column->local = fact.local;
    column->inherited = fact.inherited;
  }
}

void set_constraints(const SnapshotTable& table, Relation& relation) {
  for (const SnapshotConstraint& fact : table.constraints) {
    TableConstraint* constraint = relation.constraint(fact.name);
    if (constraint == nullptr) continue;
    constraint->validated = fact.valid;
    constraint->local = fact.local;
    constraint->inherited = fact.inherited;
  }
}

// Sets of an object what its statements could not, if they were read.
template <class Fact, class Change>
void change(Catalog& catalog, const Fact& fact, const Change& to) {
  const Relation* found = catalog.find({fact.schema, fact.name}, {});
  if (found != nullptr && found->origin != Origin::unknown) to(catalog.change(found->id));
}

void set_what_no_statement_tells(const Snapshot& snapshot, Catalog& catalog) {
  for (const SnapshotTable& table : snapshot.tables) {
    change(catalog, table, [&](Relation& relation) {
      relation.owner = table.owner;
      relation.access_method = table.access_method;
      relation.tablespace = table.tablespace;
      set_columns(table, relation);
      set_constraints(table, relation);
    });
  }
  for (const SnapshotView& view : snapshot.views) {
    change(catalog, view, [&](Relation& relation) { relation.owner = view.owner; });
  }
  for (const SnapshotIndex& index : snapshot.indexes) {
    change(catalog, index, [&](Relation& relation) {
      relation.tablespace = index.tablespace;
      relation.index.change().valid = index.valid;
      relation.index.change().clustered = index.clustered;
    });
  }
}

}  // namespace

std::vector<SnapshotError> load_snapshot(const Snapshot& snapshot, Catalog& catalog) {
  std::vector<SnapshotError> unread;
  const Origin before = std::exchange(catalog.origin, Origin::schema);
  const SearchPath path;
  for (const SnapshotStatement& statement : snapshot_statements(snapshot)) {
    const ParsedScript parsed = parse(statement.sql);
    for (const SyntaxError& error : parsed.errors) unread.push_back({statement.offset, error.message});
    for (const Statement& each : parsed.statements) apply(each, statement.sql, catalog, path);
  }
  set_what_no_statement_tells(snapshot, catalog);
  catalog.origin = before;
  catalog.complete = unread.empty();
  return unread;
}

namespace {

std::optional<std::uint64_t> rows_an_hour(const SnapshotNumbers& numbers, std::optional<std::uint64_t> seconds) {
  if (!numbers.rows_written || seconds.value_or(0) == 0) return std::nullopt;
  constexpr double kHour = 3600;
  return static_cast<std::uint64_t>(static_cast<double>(*numbers.rows_written) * kHour / static_cast<double>(*seconds));
}

}  // namespace

TableSizes sizes_of(const Snapshot& snapshot, std::string_view source) {
  TableSizes sizes;
  const auto add = [&](const auto& fact) {
    const SnapshotNumbers& numbers = fact.numbers;
    if (!numbers.rows && !numbers.bytes) return;
    sizes.set(fact.schema, fact.name,
              {numbers.rows, numbers.bytes, std::string(source), rows_an_hour(numbers, snapshot.stats_seconds)});
  };
  for (const SnapshotTable& table : snapshot.tables) add(table);
  for (const SnapshotView& view : snapshot.views) {
    if (view.materialized) add(view);
  }
  return sizes;
}

std::set<std::pair<std::string, std::string>> relations_of_extensions(const Snapshot& snapshot) {
  std::set<std::pair<std::string, std::string>> names;
  const auto add = [&](const auto& facts) {
    for (const auto& fact : facts) {
      if (!fact.extension.empty()) names.emplace(fact.schema, fact.name);
    }
  };
  add(snapshot.tables);
  add(snapshot.views);
  add(snapshot.sequences);
  return names;
}

Settings session_settings(const Snapshot& snapshot) {
  Settings settings;
  for (const auto& [name, value] : snapshot.settings) set_from_text(settings, name, value);
  return settings;
}

}  // namespace pglatch
