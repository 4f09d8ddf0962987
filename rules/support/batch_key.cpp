#include "rules/support/batch_key.h"

#include "analyzer/parse/identifier.h"

namespace pglatch {

std::string batch_key(const Relation& table) {
  const TableConstraint* key = table.primary_key();
  if (key == nullptr || key->columns.empty()) return table.column("id") != nullptr ? "id" : "…";
  std::string text;
  for (const std::string& column : key->columns) text += (text.empty() ? "" : ", ") + quote_identifier_sql(column);
  return key->columns.size() == 1 ? text : '(' + text + ')';
}

}  // namespace pglatch
