// What depends on an object, and so goes with it or stands in its way: PostgreSQL's pg_depend, as far as
// the catalog tells.
#pragma once

#include <vector>

#include "analyzer/catalog/object_address.h"

namespace pglatch {

/// An object that a deletion comes to.
struct Dependent {
  ObjectAddress object;
  /// It goes with another object without CASCADE: an index with its table, a default with its column
  /// (DEPENDENCY_AUTO, _INTERNAL, _PARTITION). Any other stands in the way of RESTRICT.
  bool automatic = false;
};

/// Everything that goes with `targets` under CASCADE, they themselves first; the addresses of objects that
/// do not exist are allowed (findDependentObjects() in dependency.c). What an extension made is not known,
/// nor is who uses the row type of a table. `generated_follow`: a generated column goes without CASCADE with what
/// its expression mentions.
[[nodiscard]] std::vector<Dependent> find_dependents(const Catalog& catalog, std::vector<ObjectAddress> targets,
                                                     bool generated_follow = false);

/// The object that `target` is a part of, so that it cannot be dropped alone: the constraint of an index, the
/// partitioned index above one, the column of an identity's sequence, the trigger that a partition's was made
/// for. False where there is none.
[[nodiscard]] bool find_owner(const Catalog& catalog, const ObjectAddress& target, ObjectAddress& owner);

/// The index that a foreign key relies on (transformFkeyCheckAttrs() in tablecmds.c), or kNoRelation.
[[nodiscard]] RelationId index_of_foreign_key(const Catalog& catalog, const TableConstraint& constraint);

}  // namespace pglatch
