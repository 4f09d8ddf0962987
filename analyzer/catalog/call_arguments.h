// What a call gives the parameters of a function, as far as it is text that is known before anything runs: what EXECUTE
// puts into the statements that it makes.
#pragma once

#include "analyzer/catalog/catalog.h"
#include "analyzer/parse/constant_text.h"

namespace pglatch {

/// The parameters of a function in PL/pgSQL that have the value of a constant in this call: those of text types,
/// integers and regclass that are not NULL.
[[nodiscard]] TextValues text_arguments(const FunctionObject& function, const FuncCall& call);

/// Which of the functions that share its name the call means, from the number of its arguments; `last` is the one that
/// was created last.
[[nodiscard]] const FunctionObject* called_function(const FunctionObject& last, const FuncCall& call);

}  // namespace pglatch
