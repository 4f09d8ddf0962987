// The objects that a statement drops by name, as the catalog knows them.
#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/catalog/object_address.h"
#include "rules/support/impact.h"
#include "rules/support/script_names.h"

namespace pglatch {

/// An object that DROP names.
struct DroppedObject {
  ObjectAddress address;
  /// It is somebody else's too: not made by this script, not temporary.
  bool live = true;
  /// The migrations or the schema show it: what they show of what depends on it can be trusted.
  bool known = false;
};

/// The relations, types, functions, schemas and other objects that the statement names, without those that are not
/// there for certain, or for all that is shown: IF EXISTS asks for them, and the script makes them further down. One
/// that is not known to exist counts as live.
[[nodiscard]] std::vector<DroppedObject> dropped_objects(const StatementContext& context, const DropStmt& statement);

/// IF EXISTS asks for an object that nothing shows, which the script makes further down, or whose schema it has made:
/// scripts that can be run again clear the way for what they make.
[[nodiscard]] bool clears_the_way(const StatementContext& context, const DropStmt& statement, const ObjectName& name);

/// The migrations or the schema show tables, so that an object which they do not show is hardly there.
[[nodiscard]] bool shows_tables(const Catalog& catalog);

}  // namespace pglatch
