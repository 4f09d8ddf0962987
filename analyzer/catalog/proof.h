// What a CHECK constraint proves, kept after its parse tree is gone: the conditions that its
// top-level AND joins. PostgreSQL skips scans by such proofs; this accepts only what its own prover
// accepts (predtest.c, ConstraintImpliedByRelConstraint in tablecmds.c, NotNullImpliedByRelConstraints).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/parse/access.h"
#include "analyzer/parse/type_name.h"

namespace pglatch {

struct Relation;
struct PartitionKey;
struct PartitionBound;

class Catalog;

/// A literal: its text without quotes, and the type it was cast to or made as ("" for a bare string
/// literal, which takes the type of what it is compared with).
struct Constant {
  std::string text;
  std::string type;
  bool null = false;

  friend bool operator==(const Constant&, const Constant&) = default;
};

/// One condition of a top-level AND.
struct Conjunct {
  enum class Kind : std::uint8_t { is_null, is_not_null, compare, in_list, any_of, other };
  Kind kind = Kind::other;
  std::string column;
  std::string op;                      ///< of compare: "<", "<=", "=", ">=", ">", "<>"
  std::vector<Constant> constants;     ///< one for compare, all for in_list
  std::vector<Conjunct> alternatives;  ///< of any_of, which is an OR: no any_of among them

  friend bool operator==(const Conjunct&, const Conjunct&) = default;
};

/// The conjuncts of a condition: NOT moved inwards, BETWEEN and NOT IN taken apart, constants moved
/// to the right side. What has no such form is of kind `other`, which proves nothing.
[[nodiscard]] std::vector<Conjunct> conjuncts_of(const Node* condition);

/// A constant, or false where the node is no literal (a cast of a literal is one).
[[nodiscard]] bool constant_of(const Node* node, Constant& constant);

/// The columns that an expression mentions, each once, in order of appearance. Qualifiers are left
/// out: the expression is one of a single table.
[[nodiscard]] std::vector<std::string> columns_of(const Node* expression);

/// Some validated CHECK of the relation (not one named `except`) implies that the column is not null.
[[nodiscard]] bool proves_not_null(const Relation& relation, std::string_view column, std::string_view except = {});

/// The validated constraints of `partition` imply its bound, so that ATTACH PARTITION does not scan
/// it: for RANGE and LIST of one column by its CHECKs and NOT NULLs; never for HASH. Only this bound:
/// where the parent is a partition itself, its own bound counts as well, see proves_partition().
[[nodiscard]] bool proves_bound(const Relation& partition, const PartitionKey& key, const PartitionBound& bound);

/// ATTACH PARTITION of `partition` to `parent` needs no scan of it: its constraints imply the new
/// bound and the bounds of all partitions that `parent` is inside of (tablecmds.c,
/// ATExecAttachPartition: the parent's own partition constraint is added to the new one).
[[nodiscard]] bool proves_partition(const Catalog& catalog, const Relation& partition, const Relation& parent,
                                    const PartitionBound& bound);

/// The validated CHECKs of the default partition rule out all values of a new bound, so that it is
/// not scanned when that partition is added.
[[nodiscard]] bool proves_outside(const Relation& default_partition, const PartitionKey& key,
                                  const PartitionBound& bound);

}  // namespace pglatch
