// A table that becomes a partitioned one, as migrations write it: the old table is renamed out of the way, a
// partitioned one is made in its likeness, with keys, indexes and partitions (or pg_partman is to make those), and the
// rows are copied over.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/rule_api/recipe.h"
#include "rules/recipes/inbound_keys.h"
#include "rules/recipes/partman_calls.h"

namespace pglatch {

/// CREATE TABLE … PARTITION OF the new table.
struct ConversionPartition {
  std::string name;  ///< qualified, quoted
  std::string sql;   ///< under the passing name of the parent
};

/// An identity column of both tables.
struct IdentityColumn {
  std::string name;
  std::string sequence;  ///< of the new table's, as the script leaves it; without schema
};

struct ConversionScript {
  RelationId table = kNoRelation;  ///< the old one
  std::string name;                ///< qualified, quoted
  std::string old_name;            ///< the name that the old table gets; qualified, quoted
  std::string old_identifier;      ///< the same, without schema
  std::string passing_name;        ///< of the new table until it takes over; qualified, quoted
  PartitionKey key;
  bool with_defaults = false;                     ///< LIKE … INCLUDING DEFAULTS, or columns with theirs
  std::string create{};                           ///< CREATE TABLE, under the passing name
  std::vector<std::string> additions{};           ///< keys, constraints and indexes, named as they will be; the same
  std::vector<ConversionPartition> partitions{};  ///< in their order
  std::vector<IdentityColumn> identity{};         ///< LIKE … INCLUDING IDENTITY
  std::vector<std::string> primary_key{};         ///< columns of the new table's; empty: none
  std::optional<PartmanCall> partman{};           ///< create_parent() for the new table
  std::vector<PartmanConfig> partman_config{};    ///< changes of its row
  bool maintained = false;                        ///< pg_partman's maintenance is run
  std::vector<std::string> last{};                ///< comments and privileges, for the new table by its own name
  InboundKeys inbound{};                          ///< foreign keys of other tables
  bool stays_referenced = false;                  ///< some of them reference the old table in the end
  bool drops_old = false;                         ///< the old table goes at the end
  std::size_t covers = 0;                         ///< statements after the first
  std::optional<Refusal> refusal{};               ///< it is such a script, but this one cannot be planned
};

/// The form that copies: into the new table, which a trigger keeps up to date, in ranges of a key. What is left is the
/// schema of the migration itself.
[[nodiscard]] std::optional<Refusal> convert_by_copy(const StatementContext& context, const ConversionScript& script,
                                                     Rewrite& rewrite);

/// Reads the script from the statement on; nothing where it is none of this kind.
[[nodiscard]] std::optional<ConversionScript> conversion_script(const StatementContext& context);

}  // namespace pglatch
