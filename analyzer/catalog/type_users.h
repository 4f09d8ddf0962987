// Who uses a type: columns, other types made of it, typed tables. Looks through the whole catalog, for
// statements that are rare.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/catalog/catalog.h"

namespace pglatch {

/// A column that stores values of the type, or of a domain, array or composite type made of it
/// (find_composite_type_dependencies() in tablecmds.c): what keeps PostgreSQL from changing the type.
[[nodiscard]] std::optional<ColumnUse> find_stored_use(const Catalog& catalog, NameView type);

/// What a new constraint on a domain has to look at (get_rels_with_domain() in typecmds.c).
struct DomainUsers {
  std::vector<RelationId> tables;      ///< with rows, and a column of the domain or of one over it; by id
  std::optional<ColumnUse> container;  ///< a column with the domain inside of an array or row: refused
};

[[nodiscard]] DomainUsers find_domain_users(const Catalog& catalog, NameView domain);

/// Tables created OF the composite type.
[[nodiscard]] std::vector<RelationId> typed_tables(const Catalog& catalog, RelationId type);

/// After ALTER TYPE or DOMAIN … RENAME or SET SCHEMA: columns and domains of the type follow it.
void rename_type_uses(Catalog& catalog, NameView type, NameView new_name);

/// The name under which Catalog::put_other() keeps a cast that CREATE CAST made.
[[nodiscard]] std::string cast_name(const TypeRef& from, const TypeRef& to);

/// The declared type is that one, or an array of it. A schema that is not written counts as the right one.
[[nodiscard]] bool names_type(const TypeRef& declared, NameView type) noexcept;

}  // namespace pglatch
