// The adapters, one function each; the list that is searched is in framework.cpp.
#pragma once

#include "analyzer/source/framework.h"

namespace pglatch {

/// A file of SQL that nobody claims: how it is sent is unknown.
[[nodiscard]] const Framework& plain_framework() noexcept;

/// A script for psql -f.
[[nodiscard]] const Framework& psql_framework() noexcept;

}  // namespace pglatch
