// Foreign keys that go with a table or a column. Each locks the table on its other side against everybody, so each is
// dropped alone, before the drop that would take all of those locks at once.
//
// ATExecDropConstraint() and RemoveTriggerById(): AccessExclusiveLock on both tables.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

/// Steps that drop the keys between one of the tables (with what is below them) and any other, as far as `which` takes
/// them: a key of `owner`.
[[nodiscard]] std::vector<Step> drop_foreign_keys(
    const Catalog& catalog, const std::vector<const Relation*>& tables,
    const std::function<bool(const Relation& owner, const TableConstraint& key)>& which);

/// That a table which the catalog does not know has no foreign keys. `column`: one of its columns, unquoted; empty:
/// any.
[[nodiscard]] Assumption has_no_foreign_keys(const Relation& table, std::string_view column);

}  // namespace pglatch
