#include "rules/recipes/insist.h"

#include <fmt/format.h>

#include "analyzer/parse/identifier.h"

namespace pglatch {

std::string insist(std::string_view query, std::string_view message) {
  return fmt::format("DO {}", quote_literal_sql(fmt::format(
                                  "BEGIN IF ({}) IS NOT TRUE THEN RAISE EXCEPTION USING MESSAGE = {}; END IF; END",
                                  query, quote_literal_sql(message))));
}

}  // namespace pglatch
