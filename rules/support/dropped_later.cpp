#include "rules/support/dropped_later.h"

#include <algorithm>

#include "analyzer/parse/access.h"

namespace pglatch {

bool is_dropped_later(const StatementContext& context, RelationId table) {
  return std::any_of(context.following.begin(), context.following.end(), [&](const Statement& statement) {
    const auto* drop = as<DropStmt>(statement.node);
    if (drop == nullptr || drop->removeType != OBJECT_TABLE) return false;
    for (const Node* object : each(drop->objects)) {
      const NameView name = name_of(reinterpret_cast<const List*>(object));
      const Relation* dropped = context.catalog.find(name, context.session.search_path());
      if (dropped == nullptr) continue;
      if (dropped->id == table || dropped->id == context.catalog.find(table)->partition_of) return true;
    }
    return false;
  });
}

}  // namespace pglatch
