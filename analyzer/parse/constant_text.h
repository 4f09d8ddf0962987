// Expressions whose text value is known before anything runs: what EXECUTE is given in PL/pgSQL.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "analyzer/parse/access.h"

namespace pglatch {

/// Variables whose text is known, by name; parameters of a function also as "$1".
using TextValues = std::map<std::string, std::string, std::less<>>;

/// The value of an expression made of constants, known variables, ||, casts to text types, format(), concat(),
/// quote_ident() and quote_literal(); nothing for any other, and where evaluating it would raise an error.
[[nodiscard]] std::optional<std::string> constant_text(const Node* expression, const TextValues& variables = {});

/// The same for SQL that is put together: a value that is not known, but is made a literal by %L or quote_literal(), is
/// "$1" in it.
[[nodiscard]] std::optional<std::string> constant_statement(const Node* expression, const TextValues& variables = {});

}  // namespace pglatch
