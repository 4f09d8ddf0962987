// Expressions whose text value is known before anything runs: what EXECUTE is given in PL/pgSQL.
#pragma once

#include <optional>
#include <string>

#include "analyzer/parse/access.h"

namespace pglatch {

/// The value of an expression made of constants, ||, casts to text types, format(), concat(), quote_ident() and
/// quote_literal(); nothing for any other, and where evaluating it would raise an error.
[[nodiscard]] std::optional<std::string> constant_text(const Node* expression);

}  // namespace pglatch
