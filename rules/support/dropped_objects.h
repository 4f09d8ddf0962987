// The objects that a statement drops by name, as the catalog knows them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/catalog/object_address.h"
#include "rules/support/impact.h"

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

/// An earlier statement of the script has made the schema, so that all that is in it is known.
[[nodiscard]] bool is_in_new_schema(const StatementContext& context, std::string_view schema);

/// The migrations or the schema show tables, so that an object which they do not show is hardly there.
[[nodiscard]] bool shows_tables(const Catalog& catalog);

}  // namespace pglatch
