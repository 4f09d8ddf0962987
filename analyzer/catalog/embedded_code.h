// Statements inside of statements: DO blocks, the bodies of functions and procedures that a statement calls, constant
// text that they EXECUTE, prepared statements, what EXPLAIN ANALYZE runs. From a statement to what it makes the server
// run, each piece with its place in the script.
//
// Which branch a block takes is known when it runs: pieces that it may not come to are conditional.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/catalog/catalog.h"
#include "analyzer/parse/parser.h"

namespace pglatch {

/// From a text that statements were parsed from to the script that it is a part of.
struct TextOrigin {
  bool verbatim = true;    ///< byte by byte a piece of the script
  std::int64_t shift = 0;  ///< then: what to add to an offset
  ByteRange whole;         ///< else: where the script has the statement that runs it

  [[nodiscard]] ByteRange in_script(ByteRange range) const noexcept;
};

/// The code that a statement stands in.
struct CodeFrame {
  const CodeFrame* caller = nullptr;  ///< the code that runs this one; null where a statement of the script does
  std::string function;               ///< "schema.name" of a function or procedure; empty for a block
  bool in_function = true;            ///< runs inside of a block or function, not as a statement of the session's own
  bool may_commit = false;            ///< a block or procedure called by nothing else, outside of a transaction block
  ByteRange statement;                ///< of the script: the statement that runs it all
  std::uint32_t depth = 1;
  std::shared_ptr<std::uint32_t> statements_left;  ///< how many may still be expanded, over all frames
};

/// What code does at one point.
enum class CodeAction : std::uint8_t {
  statement,  ///< runs a statement or evaluates an expression, which is a SELECT then
  dynamic,    ///< runs text that only the server will see; what is known of it may be a statement with gaps
  commit,     ///< COMMIT of a procedure or block: the transaction goes on in a new one
  rollback,
};

struct EmbeddedStatement {
  CodeAction action = CodeAction::statement;
  Statement statement;   ///< of `statement`; of `dynamic`, null where it is not known; of the others for its range
  std::string_view sql;  ///< the text that it was parsed from
  TextOrigin origin;     ///< of that text
  bool conditional = false;
  /// The innermost block with an EXCEPTION section that it stands in: index into CodeUnit::guards, plus one; 0: none.
  std::uint32_t guard = 0;
};

/// A block or a called function. Owns what its statements are made of; to be destroyed by the thread that made it.
struct CodeUnit {
  CodeFrame frame;
  bool conditional = false;               ///< the call itself is
  std::optional<SearchPath> search_path;  ///< that the function sets
  std::vector<EmbeddedStatement> statements;
  std::vector<std::uint32_t> guards;  ///< of each the one around it, as EmbeddedStatement::guard
  std::vector<SyntaxError> errors;    ///< ranges of the script
  bool broken = false;                ///< refused as a whole for its errors: there are no statements

  std::vector<std::unique_ptr<const std::string>> texts;  // at addresses that stay
  std::vector<ParsedScript> trees;
};

/// Some statements of this kind run code. For all others code_of() need not be called.
[[nodiscard]] inline bool may_run_code(NodeTag tag, const Catalog& catalog) noexcept {
  switch (tag) {
    case T_DoStmt:
    case T_CallStmt:
    case T_ExecuteStmt:
    case T_ExplainStmt:
    case T_CreateTableAsStmt:
      return true;
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
    case T_CopyStmt:
      return catalog.has_functions();
    default:
      return false;
  }
}

/// EXPLAIN ANALYZE.
[[nodiscard]] bool runs_query(const ExplainStmt& statement);

/// The code that the statement runs, in order; empty for most statements. Trigger functions are not looked at.
/// `origin` is that of `sql`, `frame` the code that the statement stands in itself, null for none. Calls that nest too
/// deeply, recursive ones among them, end in CodeAction::dynamic.
[[nodiscard]] std::vector<CodeUnit> code_of(const Statement& statement, std::string_view sql, const TextOrigin& origin,
                                            const Catalog& catalog, const SearchPath& path, const CodeFrame* frame);

/// A syntax error of a DO block's PL/pgSQL that code_of() lets pass, since it reads only what it needs: libpg_query's
/// parser finds it. Range of the script. Nothing for other statements.
[[nodiscard]] std::optional<SyntaxError> check_block(const Statement& statement, std::string_view sql,
                                                     const TextOrigin& origin);

}  // namespace pglatch
