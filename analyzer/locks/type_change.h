// What ALTER COLUMN … TYPE does to the stored rows and to a plain index on the column.
#pragma once

#include <cstdint>

#include "analyzer/catalog/catalog.h"
#include "analyzer/parse/type_name.h"

namespace pglatch::locks {

/// Cheapest first.
enum class TypeChange : std::uint8_t {
  metadata,       ///< rows and indexes stay as they are
  index_rebuild,  ///< rows stay, an index on the column is built again
  rewrite,        ///< every row is converted
};

/// Compares the old type with the new one as ATColumnChangeRequiresRewrite() in tablecmds.c does,
/// with the types' own support functions (varchar_support, numeric_support, TemporalSimplify …).
/// `utc`: the session's TimeZone is known to be UTC. The cast, if USING says one, must be to `to`.
[[nodiscard]] TypeChange compare_types(const TypeRef& from, const TypeRef& to, const Catalog& catalog,
                                       const SearchPath& path, int pg_version, bool utc);

/// The type is a domain with a CHECK or NOT NULL of its own or of a domain below it: values have to
/// be checked row by row.
[[nodiscard]] bool is_constrained_domain(const TypeRef& type, const Catalog& catalog, const SearchPath& path);

}  // namespace pglatch::locks
