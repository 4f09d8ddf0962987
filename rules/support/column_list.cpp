#include "rules/support/column_list.h"

#include "analyzer/parse/identifier.h"

namespace pglatch {

std::string column_list(const std::vector<std::string>& columns) {
  std::string list;
  for (const std::string& column : columns) {
    if (!list.empty()) list += ", ";
    list += quote_identifier_sql(column);
  }
  return list;
}

}  // namespace pglatch
