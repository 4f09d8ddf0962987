#include "analyzer/catalog/catalog_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace pglatch {
namespace {

using Objects = std::unordered_set<std::string_view>;

Objects objects_in(const std::vector<CatalogFact>& facts) {
  Objects objects;
  for (const CatalogFact& fact : facts) objects.insert(fact.object);
  return objects;
}

// What is not in both catalogs, nor a part of something that is not.
bool is_told_of(const CatalogFact& fact, const Objects& others) {
  if (!fact.owner.empty() && !others.contains(fact.owner)) return false;
  return fact.aspect.empty() || others.contains(fact.object);
}

struct Bookkeeping {
  std::string_view schema;  // empty: any
  std::string_view name;    // empty: all of the schema
};

// As the documentation of each tool names them.
constexpr std::array<Bookkeeping, 30> kBookkeeping{{
    {"", "__diesel_schema_migrations"},
    {"", "__drizzle_migrations"},
    {"", "__efmigrationshistory"},
    {"", "_prisma_migrations"},
    {"", "_sqlx_migrations"},
    {"", "alembic_version"},
    {"", "ar_internal_metadata"},
    {"", "atlas_schema_revisions"},
    {"atlas_schema_revisions", ""},
    {"", "databasechangelog"},
    {"", "databasechangeloglock"},
    {"", "django_migrations"},
    {"drizzle", ""},
    {"", "flyway_schema_history"},
    {"", "goose_db_version"},
    {"", "gorp_migrations"},
    {"graphile_migrate", ""},
    {"", "gopg_migrations"},
    {"hdb_catalog", ""},
    {"", "knex_migrations"},
    {"", "knex_migrations_lock"},
    {"", "pglatch_progress"},
    {"", "pgmigrations"},
    {"", "refinery_schema_history"},
    {"", "schema_migration"},
    {"", "schema_migrations"},
    {"", "schema_version"},
    {"", "schemaversion"},
    {"sqitch", ""},
    {"supabase_migrations", ""},
}};

}  // namespace

std::vector<CatalogDifference> compare_catalogs(const Catalog& first, const Catalog& second,
                                                const IgnoredRelation& is_ignored) {
  return compare_facts(facts_of(first, is_ignored), facts_of(second, is_ignored));
}

std::vector<CatalogDifference> compare_facts(const std::vector<CatalogFact>& first_facts,
                                             const std::vector<CatalogFact>& second_facts) {
  const Objects in_first = objects_in(first_facts);
  const Objects in_second = objects_in(second_facts);
  std::vector<CatalogDifference> differences;
  const auto key = [](const CatalogFact& fact) { return std::tie(fact.object, fact.aspect); };
  auto a = first_facts.begin();
  auto b = second_facts.begin();
  while (a != first_facts.end() || b != second_facts.end()) {
    if (b == second_facts.end() || (a != first_facts.end() && key(*a) < key(*b))) {
      if (is_told_of(*a, in_second)) differences.push_back({a->object, a->aspect, a->value, {}});
      ++a;
    } else if (a == first_facts.end() || key(*b) < key(*a)) {
      if (is_told_of(*b, in_first)) differences.push_back({b->object, b->aspect, {}, b->value});
      ++b;
    } else {
      if (a->value != b->value) differences.push_back({a->object, a->aspect, a->value, b->value});
      ++a;
      ++b;
    }
  }
  return differences;
}

std::string in_words(const CatalogDifference& difference, std::string_view first, std::string_view second) {
  if (difference.aspect.empty()) {
    const bool only_first = difference.second.empty();
    return fmt::format("{} is {} only, not {}", difference.object, only_first ? first : second,
                       only_first ? second : first);
  }
  const auto value = [](const std::string& text) { return text.empty() ? std::string_view("none") : text; };
  return fmt::format("{}: {} is {} {}, {} {}", difference.object, difference.aspect, value(difference.first), first,
                     value(difference.second), second);
}

bool is_bookkeeping(std::string_view schema, std::string_view name) {
  return std::any_of(kBookkeeping.begin(), kBookkeeping.end(), [&](const Bookkeeping& known) {
    return (known.schema.empty() || known.schema == schema) && (known.name.empty() || known.name == name);
  });
}

}  // namespace pglatch
