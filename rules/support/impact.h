// What a statement does to relations that others use, put into words: the lock comes from the
// statement's effects, so that a message never says more than the lock model knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// The live relations on which one subcommand does work of this kind while it keeps writers out.
/// Statements without subcommands do theirs for subcommand 0.
[[nodiscard]] std::vector<RelationId> blocked_during(const StatementContext& context, WorkKind kind,
                                                     std::uint32_t subcommand = 0);

/// The strongest lock that the statement takes on `target`, where that is live, or a relation of `hit`.
[[nodiscard]] TakenLock strongest_lock(const StatementContext& context, RelationId target,
                                       const std::vector<RelationId>& hit);

/// "public.a", "public.a and public.b", "public.a, public.b and 3 other tables".
[[nodiscard]] std::string name_list(const StatementContext& context, const std::vector<RelationId>& relations);

/// "public.orders", "public.orders and its 3 partitions": `target` with what is locked below it.
/// Where the target itself is not live, the relations of `hit` instead.
[[nodiscard]] std::string affected(const StatementContext& context, RelationId target,
                                   const std::vector<RelationId>& hit);

/// "blocks writes on public.orders and its 3 partitions".
[[nodiscard]] std::string blocking(const StatementContext& context, RelationId target,
                                   const std::vector<RelationId>& hit);

/// "The SHARE lock is held until the transaction ends."
[[nodiscard]] std::string lock_sentence(const TakenLock& lock);

/// The relation that a statement names, or null where the catalog has none of that name.
[[nodiscard]] const Relation* find_relation(const StatementContext& context, const RangeVar* name);

/// A finding of the rule with its place and relations (`target` first, none twice); message and help
/// are the caller's. `hit` is what work is done on: whether it is known to be small decides about the severity.
[[nodiscard]] Finding make_finding(const StatementContext& context, const Rule& rule, ByteRange range,
                                   RelationId target, const std::vector<RelationId>& hit = {});

/// Statements of this session are known to run outside of transaction blocks, and without timeouts
/// that could cancel a long CONCURRENTLY and leave an invalid index.
[[nodiscard]] bool concurrently_is_sure(const StatementContext& context);

}  // namespace pglatch
