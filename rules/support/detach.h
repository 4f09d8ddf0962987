// Taking a partition out of a table that others use: how, and that a script has done it.
#pragma once

#include <string>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// DETACH PARTITION … CONCURRENTLY, with `then` behind it; or, where PostgreSQL has it not or refuses it, why, and what
/// to do instead: try again until the lock is had. `partition` as SQL writes it.
[[nodiscard]] std::string detach_help(const StatementContext& context, const Relation& parent,
                                      const std::string& partition, const std::string& then = {});

/// One of the statements before this one in the script detaches `relation` from the table that it was a partition of.
[[nodiscard]] bool was_detached(const StatementContext& context, const Relation& relation);

}  // namespace pglatch
