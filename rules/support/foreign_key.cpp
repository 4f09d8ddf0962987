#include "rules/support/foreign_key.h"

#include <algorithm>

#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// Looking up one value in them reads what is there of it; BRIN reads much more, GIN does not know scalars.
bool looks_up_values(const std::string& method) { return method != "brin" && method != "gin"; }

bool begins_with(const IndexDetails& index, const std::vector<std::string>& columns) {
  if (index.columns.size() < columns.size()) return false;
  const auto end = index.columns.begin() + static_cast<std::ptrdiff_t>(columns.size());
  return std::is_permutation(index.columns.begin(), end, columns.begin());
}

bool are_all_among(const std::vector<std::string>& some, const std::vector<std::string>& columns) {
  return std::all_of(some.begin(), some.end(), [&](const std::string& one) {
    return std::find(columns.begin(), columns.end(), one) != columns.end();
  });
}

}  // namespace

ByteRange NewForeignKey::range() const {
  ByteRange range{context.statement.offset(constraint.location), context.statement.range.end};
  if (constraint.pktable->location < 0) return range;
  Lexer lexer(context.sql, context.statement.offset(constraint.pktable->location));
  const int parts = constraint.pktable->schemaname == nullptr ? 1 : 3;  // name, or schema, dot and name
  for (int i = 0; i < parts; ++i) range.end = lexer.next_code().range.end;
  return range;
}

// Who made an index of some of the columns knows that they tell enough.
bool finds_rows(const IndexDetails& index, const std::vector<std::string>& columns) {
  if (!index.valid || !looks_up_values(index.method) || index.columns.empty()) return false;
  // Values are looked for, which "=" never finds among nulls (predicate_implied_by() in predtest.c).
  if (index.partial && !(index.skips_nulls_only && are_all_among(index.mentioned, columns))) return false;
  return begins_with(index, columns) || are_all_among(index.columns, columns);
}

bool has_index_on(const Catalog& catalog, const Relation& table, const std::vector<std::string>& columns) {
  const bool own = std::any_of(table.indexes.begin(), table.indexes.end(),
                               [&](RelationId id) { return finds_rows(*catalog.find(id)->index, columns); });
  if (own || table.kind == RelationKind::foreign_table) return true;
  // What is below has the columns under the same names.
  return !table.partitions.empty() && std::all_of(table.partitions.begin(), table.partitions.end(), [&](RelationId id) {
    const Relation& partition = *catalog.find(id);
    return !partition.columns_known || has_index_on(catalog, partition, columns);
  });
}

}  // namespace pglatch
