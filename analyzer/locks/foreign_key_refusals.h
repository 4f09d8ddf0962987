// Inside the lock model: foreign keys that PostgreSQL refuses.
#pragma once

#include "analyzer/locks/model.h"

namespace pglatch::locks {

/// The foreign key that a clause describes, as the catalog would keep it, without a name.
[[nodiscard]] TableConstraint described_foreign_key(const Model& model, RelationId referenced,
                                                    const Constraint& constraint);

/// Refuses a foreign key for what its tables and columns are (ATAddForeignKeyConstraint() in tablecmds.c), but
/// for referencing columns that do not exist. A table that is being made is kNoRelation. Returns true where it
/// does.
bool refuse_foreign_key(const Model& model, RelationId table, RelationId referenced, const Constraint& constraint);

}  // namespace pglatch::locks
