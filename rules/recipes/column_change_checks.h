// The CHECKs on a column that gets another type. What PostgreSQL makes of their conditions under the new type is for it
// to say: it says so on an empty draft of the table, whose column is changed and then renamed like the new one.
//
// RebuildConstraintComment(), ATPostAlterTypeParse() in tablecmds.c; CREATE TABLE, LIKE … INCLUDING CONSTRAINTS.
#pragma once

#include "rules/recipes/column_change_keys.h"

namespace pglatch {

/// Adds the steps that make and check the stand-ins.
void make_checks(const ColumnChange& change, const StandIns& all, Rewrite& rewrite);

}  // namespace pglatch
