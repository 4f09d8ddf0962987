// Values for rows that nobody wrote: an SQL expression per column, of the number of the row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pglatch {

/// What a value must be, as pg_type and pg_attribute say it; a domain's base type.
struct ValueType {
  std::string name;     ///< format_type() without a modifier: "character varying", "integer"
  std::string full;     ///< with it, as a cast may name it: "character varying(20)", or the domain
  int modifier = -1;    ///< pg_attribute.atttypmod, or the domain's
  char kind = 'b';      ///< pg_type.typtype: 'b', 'e', 'r', 'c' …
  std::string element;  ///< of an array: the element's name; else empty
};

/// Expressions of type `type` in `n`, an SQL expression of a bigint from 1 on; the likeliest first. Those of types with
/// room for it differ from row to row. Empty where nothing is known for the type.
[[nodiscard]] std::vector<std::string> value_expressions(const ValueType& type, std::string_view n);

/// The constants that stand in an expression as pg_get_expr() prints it: 'open'::text gives 'open', numbers come with
/// their neighbours, since they are mostly bounds.
[[nodiscard]] std::vector<std::string> constants_in(std::string_view expression);

/// A partition's bound as pg_get_expr(relpartbound) prints it, taken apart into SQL.
struct BoundText {
  bool is_default = false;
  bool is_hash = false;
  std::vector<std::string> list;  ///< IN
  std::vector<std::string> from;  ///< MINVALUE and MAXVALUE as they are
  std::vector<std::string> to;
};

/// Nothing where the text is no bound.
[[nodiscard]] std::optional<BoundText> read_bound(std::string_view text);

/// An expression in `n` for the key column of that number (of `columns` in all) that the bound lets in; nothing where
/// any value will do or none is known.
[[nodiscard]] std::optional<std::string> bounded_expression(const BoundText& bound, std::size_t column,
                                                            std::size_t columns, const ValueType& type,
                                                            std::string_view n);

}  // namespace pglatch
