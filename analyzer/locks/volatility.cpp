#include "analyzer/locks/volatility.h"

#include <algorithm>
#include <array>

#include "analyzer/locks/builtin_functions.h"
#include "analyzer/parse/walk.h"

namespace pglatch::locks {

bool is_volatile(const Node* expression, const Catalog& catalog, const SearchPath& path) {
  bool found = false;
  walk(expression, [&](const Node* node) {
    const auto* call = as<FuncCall>(node);
    if (call == nullptr) return Walk::into;
    const NameView name = name_of(call->funcname);
    const bool qualified = !name.schema.empty() && name.schema != "pg_catalog";
    const auto builtin = qualified ? BuiltinVolatility::unknown : builtin_volatility(name.name);
    if (builtin == BuiltinVolatility::volatile_) {
      found = true;
    } else if (builtin == BuiltinVolatility::unknown) {
      const FunctionObject* function = catalog.find_function(name, path);
      found = function == nullptr || function->volatility == Volatility::volatile_;
    }
    return found ? Walk::stop : Walk::into;
  });
  return found;
}

}  // namespace pglatch::locks
