// Two catalogs side by side: a history that was replayed and a live database, two histories …
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "analyzer/catalog/catalog.h"

namespace pglatch {

/// One thing that two catalogs do not agree on.
struct CatalogDifference {
  std::string object;  ///< "table app.orders", "column app.orders.total", "index app.orders_pkey"
  std::string aspect;  ///< "type", "nullability", "validity" …; empty: the object is in one of them alone
  std::string first;   ///< what the first catalog has; empty: nothing, or no such object
  std::string second;  ///< the same of the second

  friend bool operator==(const CatalogDifference&, const CatalogDifference&) = default;
};

/// What there is to say of an object of a catalog; an empty aspect says that it exists.
struct CatalogFact {
  std::string object;
  std::string aspect;
  std::string value;
  std::string owner;  ///< the object that this one is a part of; empty: of none

  friend bool operator==(const CatalogFact&, const CatalogFact&) = default;
  friend bool operator<(const CatalogFact& a, const CatalogFact& b) {
    return std::tie(a.object, a.aspect, a.value, a.owner) < std::tie(b.object, b.aspect, b.value, b.owner);
  }
};

/// Leaves a relation out of a comparison, by its schema and name, with all that belongs to it.
using IgnoredRelation = std::function<bool(std::string_view schema, std::string_view name)>;

/// Tables with their columns (type, nullability, default, identity, generation), constraints (with validity), indexes
/// (with validity), partitions, triggers, policies and rules, views, sequences, types, functions, statistics,
/// publications and extensions; sorted. What is only known by name (Origin::unknown) and temporary relations are left
/// out, and so is what PostgreSQL prints otherwise than people write it: the text of expressions, the schemas of
/// columns' types, the names of valid NOT NULL constraints. A column's default is there or not.
[[nodiscard]] std::vector<CatalogFact> facts_of(const Catalog& catalog, const IgnoredRelation& is_ignored = {});

/// The same of these relations alone; those that do not exist are passed over.
[[nodiscard]] std::vector<CatalogFact> facts_of(const Catalog& catalog, const std::vector<RelationId>& relations);

/// What differs, by object. Of an object that one of them lacks nothing else is said, nor of what belongs to it.
[[nodiscard]] std::vector<CatalogDifference> compare_catalogs(const Catalog& first, const Catalog& second,
                                                              const IgnoredRelation& is_ignored = {});

/// The same of facts, sorted.
[[nodiscard]] std::vector<CatalogDifference> compare_facts(const std::vector<CatalogFact>& first_facts,
                                                           const std::vector<CatalogFact>& second_facts);

/// "column app.orders.total: type is integer in the history, bigint in the database": one sentence without a full stop.
/// `first` and `second` say what the catalogs are, with their prepositions: "in the history".
[[nodiscard]] std::string in_words(const CatalogDifference& difference, std::string_view first,
                                   std::string_view second);

/// Tables where migration tools keep what they have applied (schema_migrations, flyway_schema_history …), and
/// pglatch's own progress: no migration makes them.
[[nodiscard]] bool is_bookkeeping(std::string_view schema, std::string_view name);

}  // namespace pglatch
