// What a database's catalogs say of its schema, for two databases to be compared, and whether anything in it was
// touched at all.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "analyzer/server/connection.h"

namespace pglatch {

/// The schema that pglatch keeps its own notes in while it verifies; no part of any state.
inline constexpr std::string_view kNotesSchema = "pglatch_verify";

/// A statement about an object: "column public.t.c": "integer NOT NULL …".
struct SchemaFact {
  std::string object;
  std::string value;

  friend bool operator==(const SchemaFact&, const SchemaFact&) = default;
  friend bool operator<(const SchemaFact& a, const SchemaFact& b) {
    return std::tie(a.object, a.value) < std::tie(b.object, b.value);
  }
};

/// Tables with their columns, constraints, indexes, triggers, partitions, views, functions, types, sequences, policies,
/// statistics, extensions, comments and privileges; sorted. Objects of a partition that belong to one of its parent's
/// are named by that one: PostgreSQL makes their names up, and a plan has to choose some.
[[nodiscard]] std::vector<SchemaFact> read_schema(Connection& connection);

/// Leaves out in which place the columns of these tables stand (qualified, quoted names).
void forget_places(std::vector<SchemaFact>& facts, const std::vector<std::string>& tables);

/// An object of which two databases say different things; an empty list: it is not there.
struct SchemaDifference {
  std::string object;
  std::vector<std::string> original;
  std::vector<std::string> plan;
};

/// Both sorted.
[[nodiscard]] std::vector<SchemaDifference> compare_schemas(const std::vector<SchemaFact>& original,
                                                            const std::vector<SchemaFact>& plan);

/// What the tables hold: of each column, the number of rows and a hash of its values, each taken together with the
/// row's primary key where there is one. Whatever order or place the rows are in.
[[nodiscard]] std::vector<SchemaFact> read_values(Connection& connection);

/// The row versions of the catalogs, by the objects they are of, and of the rows in tables. Two of them are equal only
/// if nothing was written in between.
[[nodiscard]] std::vector<SchemaFact> read_versions(Connection& connection);

}  // namespace pglatch
