// From a statement to the schema after it. One file a family of statements, all behind apply().
#pragma once

#include <string_view>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/session.h"
#include "analyzer/parse/parser.h"

namespace pglatch {

/// Changes the catalog as the server would if the statement succeeded. Statements without a schema
/// effect do nothing, and so does what contradicts the catalog (dropping what is not there …):
/// saying so is the lock model's `fails`. `sql` is the script's text. Transaction control and SET
/// are the session's business.
void apply(const Statement& statement, std::string_view sql, Catalog& catalog, const Session& session);

}  // namespace pglatch
