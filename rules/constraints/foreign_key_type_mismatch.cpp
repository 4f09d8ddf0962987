#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "analyzer/parse/identifier.h"
#include "rules/support/foreign_key.h"

namespace pglatch {
namespace {

constexpr int kMaxDomains = 32;  // over each other

// A domain compares as what it is made of.
TypeRef base_of(const StatementContext& context, TypeRef type) {
  for (int i = 0; i < kMaxDomains; ++i) {
    const TypeObject* object = context.catalog.find_type({type.schema, type.name}, context.session.search_path());
    if (object == nullptr || object->kind != TypeKind::domain) break;
    type = TypeRef(object->base);
  }
  return type;
}

// The referencing column as this statement defines it, or as the catalog has it; an empty name where nobody knows.
TypeRef referencing_type(const NewForeignKey& key, const std::string& column) {
  TypeRef type;
  each_typed_column(key.context, [&](const TypedColumn& typed) {
    if (typed.name == column) type = type_ref(&typed.type);
  });
  if (!type.name.empty() || key.context.statement.tag() == T_CreateStmt) return type;
  const Relation* table = find_relation(key.context, &key.table);
  const Column* known = table == nullptr ? nullptr : table->column(column);
  return known == nullptr ? type : known->type;
}

std::vector<std::string> referenced_columns(const NewForeignKey& key, const Relation& referenced) {
  std::vector<std::string> columns;
  for (const Node* name : each(key.constraint.pk_attrs)) columns.emplace_back(string_value(name));
  if (!columns.empty()) return columns;
  const TableConstraint* primary = referenced.primary_key();
  return primary == nullptr ? columns : primary->columns;
}

// Types of one family are compared by operators between them; one further on holds all values of those before it.
std::size_t rank_in(const std::array<std::string_view, 3>& family, const TypeRef& type) {
  if (type.array || !type.schema.empty()) return family.size();
  return static_cast<std::size_t>(std::find(family.begin(), family.end(), type.name) - family.begin());
}

constexpr std::array<std::string_view, 3> kIntegers = {"int2", "int4", "int8"};
constexpr std::array<std::string_view, 3> kFloats = {"float4", "float8", "float8"};
constexpr std::array<std::string_view, 3> kNumerics = {"numeric", "numeric", "numeric"};
constexpr std::array<std::string_view, 3> kVarying = {"varchar", "text", "text"};
constexpr std::array<std::string_view, 3> kPadded = {"bpchar", "bpchar", "bpchar"};

bool is_in(const std::array<std::string_view, 3>& family, const TypeRef& type) {
  return rank_in(family, type) < family.size();
}

// The referencing column cannot hold all that the referenced one can. varchar and text are the same but for a length.
bool is_narrower(const TypeRef& from, const TypeRef& to) {
  for (const auto& family : {kIntegers, kFloats}) {
    if (is_in(family, from) && is_in(family, to)) return rank_in(family, from) < rank_in(family, to);
  }
  const bool both_limited = from.name == to.name && from.modifiers.size() == 1 && to.modifiers.size() == 1;
  return both_limited && (is_in(kVarying, from) || is_in(kPadded, from)) && from.modifiers < to.modifiers;
}

// The referenced side's operator is used, with the other side cast to its type: no index on that one can be used.
bool has_no_operator(const TypeRef& from, const TypeRef& to) {
  if (is_in(kNumerics, to)) return is_in(kIntegers, from);
  if (is_in(kFloats, to)) return is_in(kIntegers, from) || is_in(kNumerics, from);
  return is_in(kVarying, to) && is_in(kPadded, from);
}

void look_at_pair(const NewForeignKey& key, const Rule& rule, Reporter& reporter, const std::string& column,
                  const std::string& referenced_column, const Relation& referenced) {
  const Column* target = referenced.column(referenced_column);
  const TypeRef from = base_of(key.context, referencing_type(key, column));
  if (target == nullptr || from.name.empty()) return;
  const TypeRef to = base_of(key.context, target->type);
  const bool narrower = is_narrower(from, to);
  if (!narrower && !has_no_operator(from, to)) return;

  const std::string table = table_name(key.context, key.table);
  const std::string there =
      fmt::format("{}.{}", key.context.name(referenced.id), quote_identifier_sql(referenced_column));
  const std::string quoted = quote_identifier_sql(column);
  Finding finding = make_finding(key.context, rule, key.range(), kNoRelation);
  finding.relations = {table, key.context.name(referenced.id)};
  finding.message = fmt::format("Column {} is {}, but references {}, which is {}. {}", quoted, format_type(from), there,
                                format_type(to),
                                narrower ? "Rows with a key that does not fit cannot be referenced: the INSERT fails."
                                         : "No operator compares the two types, so each value is cast, and a DELETE in "
                                           "the referenced table cannot use an index on this column.");
  finding.help = fmt::format("Give both columns the same type: declare {} as {}.", quoted, format_type(to));
  reporter.report(std::move(finding));
}

void look_at(const NewForeignKey& key, const Rule& rule, Reporter& reporter) {
  const Relation* referenced = find_relation(key.context, key.constraint.pktable);
  if (referenced == nullptr) return;
  const std::vector<std::string> columns = referenced_columns(key, *referenced);
  if (columns.size() != key.columns.size()) return;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    look_at_pair(key, rule, reporter, key.columns[i], columns[i], *referenced);
  }
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_new_foreign_key(context, [&](const NewForeignKey& key) { look_at(key, rule, reporter); });
}

}  // namespace

extern const Rule kForeignKeyTypeMismatch;
const Rule kForeignKeyTypeMismatch{"foreign-key-type-mismatch",
                                   "constraints",
                                   Severity::warning,
                                   "The referencing column is narrower than the referenced one, or not comparable "
                                   "without a cast.",
                                   kTableDefinitions,
                                   check};

}  // namespace pglatch
