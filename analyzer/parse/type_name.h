// Type names as PostgreSQL resolves them, in one spelling.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/parse/access.h"

namespace pglatch {

/// INTERVAL_FULL_RANGE of datetime/timestamp.h.
inline constexpr int kAllIntervalFields = 0x7FFF;

/// A type as a column declares it. Built-in types have the name of pg_type without a schema
/// ("int4", "varchar", "timestamptz"), whatever way they were written; others keep theirs.
struct TypeRef {
  std::string schema;  ///< empty for built-in types and unqualified names
  std::string name;
  /// As written: {10} for varchar(10), {8,2} for numeric(8,2). Those of interval begin with the mask of
  /// its fields, kAllIntervalFields where none is named.
  std::vector<int> modifiers;
  bool array = false;
  bool serial = false;  ///< written as smallserial, serial or bigserial: `name` is the integer type

  friend bool operator==(const TypeRef&, const TypeRef&) = default;
};

/// The type of a column definition; an unknown node gives an empty name.
[[nodiscard]] TypeRef type_ref(const TypeName* type);

/// As SQL would write it: "character varying(10)", "integer", "app.mood[]".
[[nodiscard]] std::string format_type(const TypeRef& type);

}  // namespace pglatch
