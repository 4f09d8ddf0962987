#include "analyzer/catalog/table_sizes.h"

#include <fmt/core.h>

#include <array>
#include <unordered_set>
#include <utility>

namespace pglatch {
namespace {

std::string with_separators(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string pretty_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  return fmt::format("{:.4g} {}", amount, kUnits[unit]);
}

void add(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& more) {
  sum = sum && more ? std::optional(*sum + *more) : std::nullopt;
}

}  // namespace

std::string to_string(const TableSize& size) {
  std::string text;
  if (size.rows) text = fmt::format("{} row{}", with_separators(*size.rows), *size.rows == 1 ? "" : "s");
  if (size.bytes) text += fmt::format("{}{}", text.empty() ? "" : ", ", pretty_bytes(*size.bytes));
  if (const auto written = size.written_an_hour.value_or(0); written > 0 && !text.empty()) {
    text += fmt::format(", {} row{} written an hour", with_separators(written), written == 1 ? "" : "s");
  }
  return text;
}

void TableSizes::set(const std::string& schema, const std::string& name, TableSize size) {
  sizes_[schema].insert_or_assign(name, std::move(size));
}

const TableSize* TableSizes::find(const Relation& relation) const {
  const auto schema = sizes_.find(relation.schema);
  if (schema == sizes_.end()) return nullptr;
  const auto table = schema->second.find(relation.name);
  return table == schema->second.end() ? nullptr : &table->second;
}

TableSize TableSizes::of(RelationId relation, const Catalog& catalog) const {
  if (sizes_.empty()) return {};
  const Relation* known = catalog.find(relation);
  if (known != nullptr && known->is_index()) known = catalog.find(known->index->table);
  if (known == nullptr) return {};
  for (const Relation* each = known; each != nullptr; each = catalog.find(each->partition_of)) {
    if (const TableSize* size = find(*each)) return *size;
  }
  return sum_of_partitions(*known, catalog).value_or(TableSize{});
}

std::optional<TableSize> TableSizes::sum_of_partitions(const Relation& relation, const Catalog& catalog) const {
  if (relation.kind != RelationKind::partitioned_table) return std::nullopt;
  TableSize sum{0, 0, {}, 0};
  std::unordered_set<RelationId> counted;  // with all that is below
  for (const RelationId id : catalog.with_descendants(relation.id)) {
    const Relation& below = *catalog.find(id);
    if (counted.contains(below.partition_of)) {
      counted.insert(id);
    } else if (const TableSize* size = find(below)) {
      add(sum.rows, size->rows);
      add(sum.bytes, size->bytes);
      add(sum.written_an_hour, size->written_an_hour);
      sum.source = size->source;
      counted.insert(id);
    } else if (below.kind != RelationKind::partitioned_table) {
      return std::nullopt;
    }
  }
  return counted.empty() || !sum.is_known() ? std::nullopt : std::optional(std::move(sum));
}

}  // namespace pglatch
