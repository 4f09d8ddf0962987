#include "rules/support/foreign_key.h"

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// Looking up one value in them reads what is there of it; BRIN reads much more, GIN does not know scalars.
bool finds_rows(const std::string& method) { return method != "brin" && method != "gin"; }

bool begins_with(const IndexDetails& index, const std::vector<std::string>& columns) {
  if (index.columns.size() < columns.size()) return false;
  const auto end = index.columns.begin() + static_cast<std::ptrdiff_t>(columns.size());
  return std::is_permutation(index.columns.begin(), end, columns.begin());
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

std::string column_list(const std::vector<std::string>& columns) {
  std::string list;
  for (const std::string& column : columns) {
    if (!list.empty()) list += ", ";
    list += quote_identifier_sql(column);
  }
  return list;
}

bool has_index_on(const Catalog& catalog, const Relation& table, const std::vector<std::string>& columns) {
  const bool own = std::any_of(table.indexes.begin(), table.indexes.end(), [&](RelationId id) {
    const IndexDetails& index = catalog.find(id)->index;
    return index.valid && !index.partial && finds_rows(index.method) && begins_with(index, columns);
  });
  if (own || table.kind == RelationKind::foreign_table) return true;
  // What is below has the columns under the same names.
  return !table.partitions.empty() && std::all_of(table.partitions.begin(), table.partitions.end(), [&](RelationId id) {
    const Relation& partition = *catalog.find(id);
    return !partition.columns_known || has_index_on(catalog, partition, columns);
  });
}

}  // namespace pglatch
