#include "analyzer/locks/type_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/locks/by_version.h"

namespace pglatch::locks {
namespace {

// pg_type of PostgreSQL 18 without pseudo-types and what is internal to the server, in order.
constexpr auto kBuiltin = std::to_array<std::string_view>({"aclitem",
                                                           "bit",
                                                           "bool",
                                                           "box",
                                                           "bpchar",
                                                           "bytea",
                                                           "char",
                                                           "cid",
                                                           "cidr",
                                                           "circle",
                                                           "citext",
                                                           "date",
                                                           "datemultirange",
                                                           "daterange",
                                                           "float4",
                                                           "float8",
                                                           "inet",
                                                           "int2",
                                                           "int4",
                                                           "int4multirange",
                                                           "int4range",
                                                           "int8",
                                                           "int8multirange",
                                                           "int8range",
                                                           "interval",
                                                           "json",
                                                           "jsonb",
                                                           "jsonpath",
                                                           "line",
                                                           "lseg",
                                                           "macaddr",
                                                           "macaddr8",
                                                           "money",
                                                           "name",
                                                           "numeric",
                                                           "nummultirange",
                                                           "numrange",
                                                           "oid",
                                                           "path",
                                                           "pg_lsn",
                                                           "pg_snapshot",
                                                           "point",
                                                           "polygon",
                                                           "refcursor",
                                                           "regclass",
                                                           "regcollation",
                                                           "regconfig",
                                                           "regdictionary",
                                                           "regnamespace",
                                                           "regoper",
                                                           "regoperator",
                                                           "regproc",
                                                           "regprocedure",
                                                           "regrole",
                                                           "regtype",
                                                           "text",
                                                           "tid",
                                                           "time",
                                                           "timestamp",
                                                           "timestamptz",
                                                           "timetz",
                                                           "tsmultirange",
                                                           "tsquery",
                                                           "tsrange",
                                                           "tstzmultirange",
                                                           "tstzrange",
                                                           "tsvector",
                                                           "txid_snapshot",
                                                           "uuid",
                                                           "varbit",
                                                           "varchar",
                                                           "xid",
                                                           "xid8",
                                                           "xml"});
static_assert(std::is_sorted(kBuiltin.begin(), kBuiltin.end()));

constexpr ByVersion kCharIsString{
    std::array{Since<bool>{10, true, "pg_type"},
               Since<bool>{15, false, "pg_type: \"char\" and internal string-like types moved to category 'Z'"}}};

bool is_builtin(std::string_view name) { return std::binary_search(kBuiltin.begin(), kBuiltin.end(), name); }

bool has_extensions(const Catalog& catalog) {
  bool found = false;
  catalog.each_other(OBJECT_EXTENSION, [&](const OtherObject&) { found = true; });
  return found;
}

}  // namespace

KnownType known_type(const TypeRef& type, const Catalog& catalog, const SearchPath& path) {
  if (type.schema.empty() && is_builtin(type.name)) return KnownType::builtin;
  const TypeObject* object = catalog.find_type({type.schema, type.name}, path);
  if (object == nullptr) {
    const Relation* relation = catalog.find({type.schema, type.name}, path);
    return relation == nullptr || relation->origin == Origin::unknown ? KnownType::unknown : KnownType::composite;
  }
  switch (object->kind) {
    case TypeKind::domain:
      return KnownType::domain;
    case TypeKind::enumeration:
      return KnownType::enumeration;
    case TypeKind::range:
      return KnownType::range;
    case TypeKind::composite:
      return KnownType::composite;
    case TypeKind::other:
      break;
  }
  return KnownType::unknown;
}

bool is_string_type(std::string_view builtin, int pg_version) noexcept {
  if (builtin == "char") return kCharIsString.at(pg_version);
  return builtin == "text" || builtin == "varchar" || builtin == "bpchar" || builtin == "name" || builtin == "citext";
}

bool refuse_identity_type(const Model& model, const TypeRef& type) {
  const bool integer = type.name == "int2" || type.name == "int4" || type.name == "int8";
  if (!type.array && (integer || known_type(type, model.catalog(), model.path()) == KnownType::unknown)) return false;
  model.effects.fail("identity column type must be smallint, integer, or bigint");
  return true;
}

bool refuse_missing_type(const Model& model, NameView name, bool array) {
  const Catalog& catalog = model.catalog();
  if (!catalog.complete || name.name.empty()) return false;
  const TypeRef type{std::string(name.schema), std::string(name.name), {}, array, false};
  // Types of pg_catalog that are not listed, and array types by their own name.
  const bool is_system = name.schema == "information_schema" || name.name.front() == '_' ||
                         name.name.rfind("pg_", 0) == 0 || name.name.rfind("any", 0) == 0 ||
                         name.name.find("vector") != std::string_view::npos || name.name == "unknown";
  if (is_system || known_type(type, catalog, model.path()) != KnownType::unknown) return false;
  if (catalog.find_type(name, model.path()) != nullptr || catalog.find(name, model.path()) != nullptr) return false;
  if (has_extensions(catalog)) return false;
  const std::string_view brackets = array ? "[]" : "";
  model.effects.fail(name.schema.empty()
                         ? fmt::format("type \"{}{}\" does not exist", name.name, brackets)
                         : fmt::format("type \"{}.{}{}\" does not exist", name.schema, name.name, brackets));
  return true;
}

bool refuse_missing_type(const Model& model, const TypeName* type) {
  if (!model.catalog().complete || type == nullptr || type->pct_type) return false;
  const TypeRef reference = type_ref(type);
  return refuse_missing_type(model, {reference.schema, reference.name}, reference.array);
}

}  // namespace pglatch::locks
