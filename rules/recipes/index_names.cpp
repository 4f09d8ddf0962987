#include "rules/recipes/index_names.h"

#include <fmt/format.h>

#include "analyzer/base/sha256.h"
#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

constexpr std::size_t kHashDigits = 8;
constexpr std::size_t kMaxShortSuffix = 20;

}  // namespace

std::string default_index_name(const IndexStmt& statement, const Relation& table, const Catalog& catalog) {
  const auto columns = index_column_names(statement.indexParams, statement.indexIncludingParams);
  return choose_relation_name(catalog, table.schema, table.name, join_column_names(columns), "idx", false);
}

ChildNames::ChildNames(std::string_view index, std::string_view root_table) : root_index(index), suffix(index) {
  const std::string prefix = std::string(root_table) + '_';
  if (suffix.size() > prefix.size() && suffix.starts_with(prefix)) suffix.erase(0, prefix.size());
}

std::string_view ChildNames::short_suffix() const { return truncate_utf8(suffix, kMaxShortSuffix); }

std::string ChildNames::name(std::string_view schema, std::string_view partition) const {
  std::string whole = fmt::format("{}_{}", partition, suffix);
  return whole.size() <= kMaxIdentifierBytes ? whole : hashed_name(schema, partition);
}

std::string ChildNames::hashed_name(std::string_view schema, std::string_view partition) const {
  const std::string hash = sha256_hex(fmt::format("{}.{}.{}", schema, partition, root_index)).substr(0, kHashDigits);
  const std::size_t left = kMaxIdentifierBytes - short_suffix().size() - kHashDigits - 2;
  return fmt::format("{}_{}_{}", truncate_utf8(partition, left), hash, short_suffix());
}

std::string ChildNames::sql(std::string_view schema, std::string_view partition) const {
  return fmt::format(
      "CASE WHEN octet_length({p}::text) + {suffix_size} <= {max} THEN {p} || {suffix}\n"
      "  ELSE (SELECT left({p}, n) FROM generate_series(length({p}::text), 0, -1) n\n"
      "        WHERE octet_length(left({p}, n)) <= {left} ORDER BY n DESC LIMIT 1)\n"
      "    || '_' || left(encode(sha256(convert_to({s} || '.' || {p} || {dot_index}, 'UTF8')), 'hex'), {digits})\n"
      "    || {short_suffix} END",
      fmt::arg("p", partition), fmt::arg("s", schema), fmt::arg("suffix_size", suffix.size() + 1),
      fmt::arg("max", kMaxIdentifierBytes), fmt::arg("suffix", quote_literal_sql("_" + suffix)),
      fmt::arg("left", kMaxIdentifierBytes - short_suffix().size() - kHashDigits - 2),
      fmt::arg("dot_index", quote_literal_sql("." + root_index)), fmt::arg("digits", kHashDigits),
      fmt::arg("short_suffix", quote_literal_sql("_" + std::string(short_suffix()))));
}

}  // namespace pglatch
