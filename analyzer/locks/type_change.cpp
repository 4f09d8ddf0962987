#include "analyzer/locks/type_change.h"

#include <array>
#include <string_view>

#include "analyzer/locks/casts.h"

namespace pglatch::locks {
namespace {

// The type under a domain, with the modifiers that the domain fixes.
TypeRef base_of(TypeRef type, const Catalog& catalog, const SearchPath& path) {
  constexpr int kMaxDomains = 20;
  for (int depth = 0; depth < kMaxDomains && !type.array; ++depth) {
    const TypeObject* object = catalog.find_type({type.schema, type.name}, path);
    if (object == nullptr || object->kind != TypeKind::domain) break;
    type = object->base;
  }
  return type;
}

// Types that are compared and sorted by the same operators, so that an index serves either.
std::string_view operators_of(std::string_view type) {
  if (type == "varchar") return "text";
  if (type == "cidr") return "inet";
  if (type.rfind("reg", 0) == 0) return "oid";
  if (type == "xml") return "text";  // has none, nor an index
  return type;
}

int modifier(const TypeRef& type, std::size_t index, int absent) {
  return index < type.modifiers.size() ? type.modifiers[index] : absent;
}

// The finest field that an interval keeps: 0 for seconds, 1 minutes, … 5 years. Each finer one than
// those in the mask is cut off (interval_support() in timestamp.c).
int finest_field(int mask) {
  constexpr std::array<int, 6> kBits{12, 11, 10, 3, 1, 2};  // SECOND, MINUTE, HOUR, DAY, MONTH, YEAR
  for (std::size_t i = 0; i < kBits.size(); ++i) {
    if ((mask & (1 << kBits[i])) != 0) return static_cast<int>(i);
  }
  return 0;
}

// Values of a type with the modifiers `from` fit the modifiers `to` without being looked at.
bool modifiers_fit(const TypeRef& from, const TypeRef& to) {
  if (to.modifiers.empty()) return true;
  if (from.modifiers == to.modifiers && from.name == to.name) return true;
  if (to.array) return false;
  const bool known = !from.modifiers.empty();
  if (to.name == "varchar") {
    return known && from.name == "varchar" && from.modifiers[0] <= to.modifiers[0];
  }
  if (to.name == "varbit") return known && from.name == "varbit" && from.modifiers[0] <= to.modifiers[0];
  if (to.name == "numeric") {
    return known && from.modifiers[0] <= to.modifiers[0] && modifier(from, 1, 0) == modifier(to, 1, 0);
  }
  constexpr int kMaxPrecision = 6;  // MAX_TIMESTAMP_PRECISION: what an unmodified type keeps
  if (to.name == "interval") {
    const int kept = finest_field(modifier(from, 0, kAllIntervalFields));
    if (finest_field(modifier(to, 0, kAllIntervalFields)) > kept) return false;
    const int precision = modifier(to, 1, kMaxPrecision);
    return kept > 0 || precision == kMaxPrecision || modifier(from, 1, kMaxPrecision) <= precision;
  }
  if (to.name == "time" || to.name == "timetz" || to.name == "timestamp" || to.name == "timestamptz") {
    return modifier(from, 0, kMaxPrecision) <= to.modifiers[0] && to.modifiers[0] <= kMaxPrecision;
  }
  return false;
}

bool is_timestamp(const TypeRef& type) { return type.name == "timestamp" || type.name == "timestamptz"; }

}  // namespace

bool is_constrained_domain(const TypeRef& type, const Catalog& catalog, const SearchPath& path) {
  constexpr int kMaxDomains = 20;
  TypeRef at = type;
  for (int depth = 0; depth < kMaxDomains && !at.array; ++depth) {
    const TypeObject* object = catalog.find_type({at.schema, at.name}, path);
    if (object == nullptr || object->kind != TypeKind::domain) return false;
    if (object->not_null || !object->checks.empty()) return true;
    at = object->base;
  }
  return false;
}

TypeChange compare_types(const TypeRef& from_type, const TypeRef& to_type, const Catalog& catalog,
                         const SearchPath& path, int pg_version, bool utc) {
  if (from_type.schema == to_type.schema && from_type.name == to_type.name && from_type.array == to_type.array &&
      from_type.modifiers == to_type.modifiers) {
    return TypeChange::metadata;
  }
  if (is_constrained_domain(to_type, catalog, path)) return TypeChange::rewrite;
  TypeRef from = base_of(from_type, catalog, path);
  // The values of a domain have no modifier of their own: the server looks at each length again.
  if (from.name != from_type.name) from.modifiers.clear();
  const TypeRef to = base_of(to_type, catalog, path);
  if (from.array != to.array) return TypeChange::rewrite;
  const bool same_name = from.name == to.name && (from.schema == to.schema || from.schema.empty() || to.schema.empty());
  if (same_name) return modifiers_fit(from, to) ? TypeChange::metadata : TypeChange::rewrite;
  // Arrays are never relabelled, and a length has to be looked at when the type changes its name.
  if (to.array) return TypeChange::rewrite;
  if (is_timestamp(from) && is_timestamp(to)) {
    // A precision is applied by a function of the new type, whatever the old one's was.
    const bool same_values = utc && pg_version >= 12 && modifiers_fit({"", to.name, {}, false, false}, to);
    return same_values ? TypeChange::index_rebuild : TypeChange::rewrite;
  }
  if (!to.modifiers.empty()) return TypeChange::rewrite;
  const BuiltinCast* cast = builtin_cast(from.name, to.name, pg_version);
  if (cast != nullptr && cast->binary) {
    return operators_of(from.name) == operators_of(to.name) ? TypeChange::metadata : TypeChange::index_rebuild;
  }
  return TypeChange::rewrite;
}

}  // namespace pglatch::locks
