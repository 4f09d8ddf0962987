// What an extension leaves behind that no statement names.
#pragma once

#include <string_view>

namespace pglatch {

/// Its script may create tables, views or sequences under names that are not pg_…: true of all that are not
/// known to bring types, functions and the like alone (PostgreSQL's contrib/*/*.sql, and pgvector).
[[nodiscard]] bool may_bring_relations(std::string_view extension) noexcept;

}  // namespace pglatch
