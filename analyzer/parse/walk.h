// Walking expressions and queries of the raw parse tree, with a bound on depth: a sum of 200,000
// terms is a tree of that depth, and the stack is not.
#pragma once

#include "analyzer/parse/access.h"

namespace pglatch {

/// Nodes nested deeper than this are not visited.
inline constexpr int kMaxWalkDepth = 2000;

/// What a visitor wants after a node.
enum class Walk : std::uint8_t { into, over, stop };

using WalkVisitor = Walk (*)(const Node* node, void* state);

/// Visits `node` and everything below it that belongs to expressions and queries, parents first.
/// A null node is no node. Returns false where the visitor said stop.
bool walk_expression(const void* node, WalkVisitor visit, void* state);

/// The same with any callable `Walk(const Node*)`.
template <class Visitor>
bool walk(const void* node, Visitor&& visitor) {
  return walk_expression(
      node, [](const Node* child, void* state) { return (*static_cast<Visitor*>(state))(child); }, &visitor);
}

}  // namespace pglatch
