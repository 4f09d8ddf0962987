// Whether partition bounds overlap, as far as the order of their literals can be told.
#include <algorithm>

#include "analyzer/catalog/literal_order.h"
#include "analyzer/catalog/partition.h"

namespace pglatch {
namespace {

bool is_infinite(const Constant& value, std::string_view word) { return value.type.empty() && value.text == word; }

LiteralOrder compare_values(const Constant& a, const Constant& b, const TypeRef& type) {
  const auto rank = [](const Constant& value) {
    if (is_infinite(value, "MINVALUE")) return -1;
    return is_infinite(value, "MAXVALUE") ? 1 : 0;
  };
  const int a_rank = rank(a);
  const int b_rank = rank(b);
  if (a_rank == 0 && b_rank == 0) return compare_literals(a, b, type);
  if (a_rank == b_rank) return LiteralOrder::equal;
  return a_rank < b_rank ? LiteralOrder::less : LiteralOrder::greater;
}

// partition_rbound_cmp(): column by column; after the same infinity nothing more is looked at.
LiteralOrder compare_bounds(const Relation& parent, const std::vector<Constant>& a, const std::vector<Constant>& b) {
  const auto& columns = parent.partition_key.columns;
  if (a.size() != columns.size() || b.size() != columns.size()) return LiteralOrder::unknown;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column* column = parent.column(columns[i]);
    if (column == nullptr) return LiteralOrder::unknown;
    const LiteralOrder order = compare_values(a[i], b[i], column->type);
    if (order != LiteralOrder::equal) return order;
    if (is_infinite(a[i], "MINVALUE") || is_infinite(a[i], "MAXVALUE")) return LiteralOrder::equal;
  }
  return LiteralOrder::equal;
}

bool ranges_overlap(const Relation& parent, const PartitionBound& a, const PartitionBound& b) {
  return compare_bounds(parent, a.from, b.to) == LiteralOrder::less &&
         compare_bounds(parent, b.from, a.to) == LiteralOrder::less;
}

bool lists_overlap(const Relation& parent, const PartitionBound& a, const PartitionBound& b) {
  const Column* column =
      parent.partition_key.columns.empty() ? nullptr : parent.column(parent.partition_key.columns.front());
  if (column == nullptr) return false;
  return std::any_of(a.list.begin(), a.list.end(), [&](const Constant& value) {
    return std::any_of(b.list.begin(), b.list.end(), [&](const Constant& other) {
      if (value.null || other.null) return value.null && other.null;
      return compare_literals(value, other, column->type) == LiteralOrder::equal;
    });
  });
}

// A row goes where its hash modulo the modulus is the remainder; of two moduli one divides the other.
bool hashes_overlap(const PartitionBound& a, const PartitionBound& b) {
  const int smaller = std::min(a.modulus, b.modulus);
  return smaller > 0 && a.remainder % smaller == b.remainder % smaller;
}

bool overlap(const Relation& parent, const PartitionBound& a, const PartitionBound& b) {
  if (a.is_default || b.is_default) return a.is_default && b.is_default;
  switch (parent.partition_key.strategy) {
    case PartitionStrategy::range:
      return ranges_overlap(parent, a, b);
    case PartitionStrategy::list:
      return lists_overlap(parent, a, b);
    case PartitionStrategy::hash:
      return hashes_overlap(a, b);
    case PartitionStrategy::none:
      return false;
  }
  return false;
}

}  // namespace

bool is_empty_range(const Relation& parent, const PartitionBound& bound) {
  if (bound.is_default || parent.partition_key.strategy != PartitionStrategy::range) return false;
  const LiteralOrder order = compare_bounds(parent, bound.from, bound.to);
  return order == LiteralOrder::equal || order == LiteralOrder::greater;
}

RelationId overlapping_partition(const Catalog& catalog, const Relation& parent, const PartitionBound& bound) {
  const Relation* found = nullptr;
  for (const RelationId id : parent.partitions) {
    const Relation* partition = catalog.find(id);
    if (partition == nullptr || !overlap(parent, bound, *partition->bound)) continue;
    // Of several ranges the lowest is named.
    if (found == nullptr || compare_bounds(parent, partition->bound->from, found->bound->from) == LiteralOrder::less) {
      found = partition;
    }
  }
  return found == nullptr ? kNoRelation : found->id;
}

}  // namespace pglatch
