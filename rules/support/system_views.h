// What PostgreSQL's catalogs and statistics views have, of those that runbooks ask: so that a query that cannot work is
// found before somebody needs its answer.
#pragma once

#include <string_view>

namespace pglatch {

/// The columns of a catalog or view of pg_catalog, with blanks between: those that it has in any of PostgreSQL 14
/// to 18. Empty for one that is not known here. The pg_stat_all_… and pg_stat_sys_… views are as the pg_stat_user_…
/// are.
[[nodiscard]] std::string_view columns_of_system_view(std::string_view view) noexcept;

/// The name by which such a view has what others, or older versions, call `column`: "relname" for "tablename". Empty
/// where nothing is known.
[[nodiscard]] std::string_view usual_mistake(std::string_view column) noexcept;

/// How many arguments a function of PostgreSQL needs at least, where it is one that runbooks call without; else 0.
[[nodiscard]] int arguments_needed(std::string_view function) noexcept;

}  // namespace pglatch
