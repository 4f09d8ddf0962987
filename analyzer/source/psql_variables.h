// References to psql variables in SQL. PostgreSQL documentation, psql, "SQL Interpolation".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pglatch {

/// The reference that a colon begins.
struct PsqlVariable {
  enum class Form : std::uint8_t {
    none,        ///< the colon is something else
    plain,       ///< :name
    string,      ///< :'name'
    identifier,  ///< :"name"
    test,        ///< :{?name}
  };
  Form form = Form::none;
  std::size_t end = 0;  ///< behind its last byte
};

/// Reads the reference at the colon at `colon`. psql itself takes :1 for one too; here it is none, since
/// in files it is the bound of a slice, a time of day or a placeholder of something else.
[[nodiscard]] PsqlVariable psql_variable_at(std::string_view text, std::size_t colon) noexcept;

/// False only where the text has no reference; true may be wrong, since quotes are not looked at. Fast.
[[nodiscard]] bool may_have_psql_variables(std::string_view text) noexcept;

}  // namespace pglatch
