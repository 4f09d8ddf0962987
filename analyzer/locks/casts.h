// Which casts there are: whether a value of one type can become one of another (find_coercion_pathway()
// in parse_coerce.c).
#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/catalog/catalog.h"
#include "analyzer/parse/type_name.h"

namespace pglatch::locks {

/// CoercionContext of PostgreSQL, and pg_cast.castcontext: a cast for one context serves those after it.
enum class CastContext : std::uint8_t { implicit, assignment, explicit_ };

enum class CastExists : std::uint8_t { no, yes, unknown };

/// A row of pg_cast between two types that PostgreSQL brings along (or citext).
struct BuiltinCast {
  CastContext context;
  bool binary;  ///< castmethod 'b': the value stays as it is stored
};

/// The row for two names of pg_type; null where there is none.
[[nodiscard]] const BuiltinCast* builtin_cast(std::string_view from, std::string_view to, int pg_version);

/// Whether the cast exists. Unknown where a type is, or where CREATE CAST made one between the two.
[[nodiscard]] CastExists cast_exists(const TypeRef& from, const TypeRef& to, CastContext context,
                                     const Catalog& catalog, const SearchPath& path, int pg_version);

}  // namespace pglatch::locks
