// How big tables are, and how busy, where somebody said so: the configuration, or a snapshot of the live database.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/catalog/catalog.h"

namespace pglatch {

/// What a table holds, as far as it is known: of a partitioned table all its partitions, without indexes.
struct TableSize {
  std::optional<std::uint64_t> rows;
  std::optional<std::uint64_t> bytes;
  std::string source;                            ///< who says so, for messages: "pglatch.toml:12"
  std::optional<std::uint64_t> written_an_hour;  ///< rows inserted, updated and deleted

  /// Up to these a table counts as small: it is read, rewritten or indexed within about a tenth of a second.
  static constexpr std::uint64_t kSmallBytes = std::uint64_t{10} << 20;
  static constexpr std::uint64_t kSmallRows = 10'000;

  [[nodiscard]] bool is_known() const noexcept { return rows.has_value() || bytes.has_value(); }
  /// Known to be small: by bytes, which say how much there is to read, or where they are not known by rows.
  [[nodiscard]] bool is_small() const noexcept {
    return bytes ? *bytes <= kSmallBytes : rows.has_value() && *rows <= kSmallRows;
  }
};

/// "300 rows", "1.5 TB", "2,000,000 rows, 1.5 TB, 40 rows written an hour"; units as PostgreSQL's pg_size_pretty(), of
/// 1024. Without those written where there are none.
[[nodiscard]] std::string to_string(const TableSize& size);

/// Sizes by the names of tables.
class TableSizes {
 public:
  /// Sets the size of a table; names are as in pg_class, without quotes.
  void set(const std::string& schema, const std::string& name, TableSize size);

  [[nodiscard]] bool empty() const noexcept { return sizes_.empty(); }

  /// What is known of a relation: its own size; of an index that of its table; of a partition that of the nearest
  /// partitioned table above it, which it cannot exceed; of a partitioned table the sum of its partitions', where
  /// each of them is known. A catalog without the relation, or nothing known: a size that is not known.
  [[nodiscard]] TableSize of(RelationId relation, const Catalog& catalog) const;

 private:
  [[nodiscard]] const TableSize* find(const Relation& relation) const;
  [[nodiscard]] std::optional<TableSize> sum_of_partitions(const Relation& relation, const Catalog& catalog) const;

  std::map<std::string, std::map<std::string, TableSize, std::less<>>, std::less<>> sizes_;  // by schema, by name
};

}  // namespace pglatch
