// Options in parentheses: "VACUUM (FULL off)".
#pragma once

#include <string_view>

#include "analyzer/parse/access.h"

namespace pglatch::locks {

/// What defGetBoolean() in define.c makes of an option: on where no value is given.
[[nodiscard]] bool is_on(const DefElem* option) noexcept;

/// The option of that name is given, and on; the last one counts.
[[nodiscard]] bool has_option(const List* options, std::string_view name) noexcept;

}  // namespace pglatch::locks
