#include "analyzer/locks/casts.h"

#include "analyzer/catalog/type_users.h"
#include "analyzer/locks/type_names.h"

namespace pglatch::locks {
namespace {

// Domains over arrays of domains over …: nobody nests deeper.
constexpr int kMaxDepth = 20;

struct Question {
  CastContext context;
  const Catalog& catalog;
  const SearchPath& path;
  int pg_version;

  [[nodiscard]] CastExists ask(TypeRef from, TypeRef to, int depth) const;
  [[nodiscard]] bool strip_domains(TypeRef& type) const;
  [[nodiscard]] bool is_string(const TypeRef& type, KnownType kind) const {
    return kind == KnownType::builtin && !type.array && is_string_type(type.name, pg_version);
  }
  [[nodiscard]] CastExists by_text(const TypeRef& from, KnownType from_kind, const TypeRef& to,
                                   KnownType to_kind) const;
};

// To the type under a domain. False where that is not known.
bool Question::strip_domains(TypeRef& type) const {
  for (int depth = 0; depth < kMaxDepth && !type.array; ++depth) {
    const TypeObject* object = catalog.find_type({type.schema, type.name}, path);
    if (object == nullptr || object->kind != TypeKind::domain) return true;
    if (known_type(type, catalog, path) == KnownType::builtin) return true;  // hides the domain
    const TypeRef base = object->base;
    type = base;
  }
  return type.array;
}

// By the text form of values: to strings by assignment, from strings by an explicit cast.
CastExists Question::by_text(const TypeRef& from, KnownType from_kind, const TypeRef& to, KnownType to_kind) const {
  if (context >= CastContext::assignment && is_string(to, to_kind)) return CastExists::yes;
  if (context >= CastContext::explicit_ && is_string(from, from_kind)) return CastExists::yes;
  return CastExists::no;
}

CastExists Question::ask(TypeRef from, TypeRef to, int depth) const {
  if (depth == kMaxDepth || !strip_domains(from) || !strip_domains(to)) return CastExists::unknown;
  if (from.name == to.name && from.array == to.array &&
      (from.schema == to.schema || from.schema.empty() || to.schema.empty())) {
    return CastExists::yes;
  }
  const KnownType from_kind = known_type(from, catalog, path);
  const KnownType to_kind = known_type(to, catalog, path);
  if (from_kind == KnownType::unknown || to_kind == KnownType::unknown) return CastExists::unknown;
  if (from.name.front() == '_' || to.name.front() == '_') return CastExists::unknown;  // perhaps an array
  if (catalog.find_other(OBJECT_CAST, {{}, cast_name(from, to)}, path) != nullptr) return CastExists::unknown;
  if (from.array && to.array) {
    from.array = to.array = false;
    const CastExists elements = ask(from, to, depth + 1);
    if (elements != CastExists::no) return elements;
    from.array = to.array = true;
  } else if (!from.array && !to.array) {
    if (from_kind == KnownType::builtin && to_kind == KnownType::builtin) {
      const BuiltinCast* cast = builtin_cast(from.name, to.name, pg_version);
      if (cast != nullptr) return cast->context <= context ? CastExists::yes : CastExists::no;
    } else if (from_kind == KnownType::composite && to_kind == KnownType::composite) {
      return CastExists::unknown;  // a child's row is one of its parent's
    }
  }
  return by_text(from, from_kind, to, to_kind);
}

}  // namespace

CastExists cast_exists(const TypeRef& from, const TypeRef& to, CastContext context, const Catalog& catalog,
                       const SearchPath& path, int pg_version) {
  return Question{context, catalog, path, pg_version}.ask(from, to, 0);
}

}  // namespace pglatch::locks
