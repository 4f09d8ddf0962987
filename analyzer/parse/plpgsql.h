// The SQL in PL/pgSQL code: which pieces of a body are statements and expressions, in what order, and which of them
// it may not come to.
//
// A reader of our own, by PL/pgSQL's grammar (pl_gram.y): libpg_query's parser of it gives no byte positions and
// rejects what it cannot look up in a database (fields of variables with a table's row type, types outside of
// pg_catalog and public …). The one thing that it is asked is whether a block has a syntax error, see check_plpgsql().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"

namespace pglatch {

enum class PlpgsqlKind : std::uint8_t {
  statement,   ///< an SQL statement
  expression,  ///< of an assignment, a condition, an argument: SELECT in effect
  execute,     ///< the expression after EXECUTE: text that is run
  commit,
  rollback,
};

struct PlpgsqlPiece {
  PlpgsqlKind kind = PlpgsqlKind::statement;
  ByteRange range;           ///< of PlpgsqlCode::text
  bool conditional = false;  ///< in a branch, a loop that may not run, a handler, or after a RETURN that may be taken
  /// The innermost BEGIN … EXCEPTION … END whose errors are caught that it stands in: index into
  /// PlpgsqlCode::guards, plus one; 0: none.
  std::uint32_t guard = 0;
};

enum class PlpgsqlFlowKind : std::uint8_t {
  assign,   ///< a variable gets a value
  fork,     ///< one of several ways, or none of them, is taken from here
  loop,     ///< the same, perhaps many times over
  way,      ///< the end of one way, the begin of the next
  handler,  ///< the same, to come to from anywhere on the way before
  join,     ///< the end of the last way
};

/// How values come to where they are used.
struct PlpgsqlFlow {
  PlpgsqlFlowKind kind = PlpgsqlFlowKind::assign;
  std::size_t pieces = 0;   ///< that come before it in PlpgsqlCode::pieces
  std::string variable;     ///< of `assign`, as PostgreSQL folds it
  ByteRange value;          ///< of `assign`, the expression in PlpgsqlCode::text; empty where it is not known
  bool exhaustive = false;  ///< of `join`: one of the ways is taken
};

struct PlpgsqlError {
  ByteRange where;
  std::string message;  ///< as PostgreSQL would put it
};

struct PlpgsqlCode {
  /// The body with blanks in place of what is not SQL within a statement (INTO and its variables), byte by byte as
  /// long as the body.
  std::string text;
  std::vector<PlpgsqlPiece> pieces;   ///< in the order in which they run
  std::vector<PlpgsqlFlow> flow;      ///< in the order of the text; only variables declared as text get values
  std::vector<std::uint32_t> guards;  ///< of each block with an EXCEPTION section the one around it
  std::optional<PlpgsqlError> error;  ///< then `pieces` are those before it
};

/// Blocks and statements nested deeper than this are an error.
inline constexpr int kMaxPlpgsqlDepth = 500;

/// Reads the body of a block or function. The pieces' own SQL is not checked, and expressions that have neither a
/// call nor a query in them are left out.
[[nodiscard]] PlpgsqlCode read_plpgsql(std::string_view body);

/// The syntax error that libpg_query's PL/pgSQL parser finds in a DO statement (`sql` is its text, NUL-terminated);
/// nothing where it finds none, or something that only a database could tell. It gives no place.
[[nodiscard]] std::optional<std::string> check_plpgsql(std::string_view sql);

}  // namespace pglatch
