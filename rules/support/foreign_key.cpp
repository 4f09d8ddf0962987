#include "rules/support/foreign_key.h"

#include <algorithm>

#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// Looking up one value in them reads what is there of it; BRIN reads much more, GIN does not know scalars.
bool looks_up_values(const std::string& method) { return method != "brin" && method != "gin"; }

// How many of these, from the first one on, are among the columns.
std::size_t leading_among(const std::vector<std::string>& some, const std::vector<std::string>& columns) {
  const auto other = std::find_if_not(some.begin(), some.end(), [&](const std::string& one) {
    return std::find(columns.begin(), columns.end(), one) != columns.end();
  });
  return static_cast<std::size_t>(other - some.begin());
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

// Who made an index of some of the columns knows that they tell enough. One that goes on with others may have been made
// for these: (tenant, name) leaves all of a tenant's rows to a key of tenant and order.
bool finds_rows(const IndexDetails& index, const std::vector<std::string>& columns) {
  if (!index.valid || !looks_up_values(index.method) || index.columns.empty()) return false;
  // Values are looked for, which "=" never finds among nulls (predicate_implied_by() in predtest.c).
  if (index.partial && !(index.skips_nulls_only && leading_among(index.mentioned, columns) == index.mentioned.size())) {
    return false;
  }
  const std::size_t leading = leading_among(index.columns, columns);
  return leading == index.columns.size() || 2 * leading > columns.size();
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
