// Which types there are: PostgreSQL's own, and those that the catalog has seen.
#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/locks/model.h"
#include "analyzer/parse/type_name.h"

namespace pglatch::locks {

enum class KnownType : std::uint8_t {
  unknown,  ///< perhaps of an extension, perhaps not there at all
  builtin,  ///< pg_catalog's, and citext, which migrations use like one
  domain,
  enumeration,
  range,
  composite,  ///< or the row type of a table
};

/// The kind of a type, not looking at whether it is an array.
[[nodiscard]] KnownType known_type(const TypeRef& type, const Catalog& catalog, const SearchPath& path);

/// TypeCategory() 'S': what ends up in text by assignment, and is read from text by a cast. Of built-in types.
[[nodiscard]] bool is_string_type(std::string_view builtin, int pg_version) noexcept;

/// Refuses an identity column of a type that no sequence has. Returns true where it does.
bool refuse_identity_type(const Model& model, const TypeRef& type);

/// Refuses the statement where the type does not exist for certain: the catalog is complete, and no extension
/// can have made it. Returns true where it does.
bool refuse_missing_type(const Model& model, NameView name, bool array = false);
bool refuse_missing_type(const Model& model, const TypeName* type);

}  // namespace pglatch::locks
