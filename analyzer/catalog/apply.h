// From a statement to the schema after it. One file a family of statements, all behind apply().
#pragma once

#include <optional>
#include <string_view>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/embedded_code.h"
#include "analyzer/catalog/session.h"
#include "analyzer/parse/parser.h"

namespace pglatch {

/// Changes the catalog as the server would if the statement succeeded, with the code that it runs: in
/// a DO block every branch, since the usual one is there to create what is not there yet. Statements
/// without a schema effect do nothing, and so does what contradicts the catalog (dropping what is not
/// there …): saying so is the lock model's `fails`. `sql` is the script's text. Transaction control
/// and SET are the session's business. For a statement in code, `origin` is that of `sql`, and `code` the
/// code.
void apply(const Statement& statement, std::string_view sql, Catalog& catalog, const Session& session,
           const TextOrigin& origin = {}, const CodeFrame* code = nullptr);

/// The same without the code that the statement runs, with names looked up along a path of the caller's. `code` is
/// what it stands in itself, or null.
void apply(const Statement& statement, std::string_view sql, Catalog& catalog, const SearchPath& path,
           const CodeFrame* code = nullptr);

/// The search path that a called function sets, as long as this lives.
class FunctionPath {
 public:
  FunctionPath(Session& session, const CodeUnit& unit);
  FunctionPath(const FunctionPath&) = delete;
  FunctionPath& operator=(const FunctionPath&) = delete;
  ~FunctionPath();

 private:
  Session& session_;
  std::optional<SearchPath> before_;
};

}  // namespace pglatch
