#include "analyzer/catalog/object_names.h"

#include <algorithm>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

// Names of expressions nest little in practice; what is deeper has no name.
constexpr int kMaxNameDepth = 50;

// How good a name is (FigureColnameInternal()): a cast or CASE takes the name of what is inside it
// only where that is a strong one.
enum class Strength { none, weak, strong };

Strength set_name(std::string_view& name, std::string_view value, Strength strength) {
  name = value;
  return strength;
}

Strength figure(const Node* node, std::string_view& name, int depth) noexcept;

Strength figure_sub_link(const SubLink* link, std::string_view& name) {
  switch (link->subLinkType) {
    case EXISTS_SUBLINK:
      return set_name(name, "exists", Strength::strong);
    case ARRAY_SUBLINK:
      return set_name(name, "array", Strength::strong);
    case EXPR_SUBLINK: {
      // The name of the subquery's only column.
      const auto* select = as<SelectStmt>(link->subselect);
      if (select == nullptr || each(select->targetList).empty()) return Strength::none;
      const auto* target = each<ResTarget>(select->targetList)[0];
      name = target->name != nullptr ? text(target->name) : figure_column_name(target->val);
      return name.empty() ? Strength::none : Strength::strong;
    }
    default:
      return Strength::none;
  }
}

Strength figure(const Node* node, std::string_view& name, int depth) noexcept {
  if (node == nullptr || depth == kMaxNameDepth) return Strength::none;
  switch (node->type) {
    case T_ColumnRef: {
      const std::string_view last = string_value(each(as<ColumnRef>(node)->fields).back());
      return last.empty() ? Strength::none : set_name(name, last, Strength::strong);
    }
    case T_A_Indirection: {
      const auto* indirection = as<A_Indirection>(node);
      for (auto steps = each(indirection->indirection); const Node* step : steps) {
        if (const std::string_view field = string_value(step); !field.empty()) name = field;
      }
      return name.empty() ? figure(indirection->arg, name, depth + 1) : Strength::strong;
    }
    case T_FuncCall:
      return set_name(name, name_of(as<FuncCall>(node)->funcname).name, Strength::strong);
    case T_A_Expr:
      if (as<A_Expr>(node)->kind == AEXPR_NULLIF) return set_name(name, "nullif", Strength::strong);
      return Strength::none;
    case T_TypeCast: {
      const auto* cast = as<TypeCast>(node);
      const Strength inner = figure(cast->arg, name, depth + 1);
      if (inner == Strength::strong || cast->typeName == nullptr) return inner;
      return set_name(name, name_of(cast->typeName->names).name, Strength::weak);
    }
    case T_CollateClause:
      return figure(as<CollateClause>(node)->arg, name, depth + 1);
    case T_SubLink:
      return figure_sub_link(as<SubLink>(node), name);
    case T_CaseExpr: {
      const auto* expression = reinterpret_cast<const CaseExpr*>(node);
      const Strength inner = figure(reinterpret_cast<const Node*>(expression->defresult), name, depth + 1);
      return inner == Strength::strong ? inner : set_name(name, "case", Strength::weak);
    }
    case T_A_ArrayExpr:
      return set_name(name, "array", Strength::strong);
    case T_RowExpr:
      return set_name(name, "row", Strength::strong);
    case T_CoalesceExpr:
      return set_name(name, "coalesce", Strength::strong);
    case T_MinMaxExpr:
      return set_name(name, reinterpret_cast<const MinMaxExpr*>(node)->op == IS_GREATEST ? "greatest" : "least",
                      Strength::strong);
    case T_GroupingFunc:
      return set_name(name, "grouping", Strength::strong);
    case T_XmlSerialize:
      return set_name(name, "xmlserialize", Strength::strong);
    default:
      return Strength::none;
  }
}

std::string with_number(std::string_view label, int pass) {
  std::string result(label);
  if (pass > 0) result += std::to_string(pass);
  return result;
}

}  // namespace

std::string make_object_name(std::string_view name1, std::string_view name2, std::string_view label) {
  std::size_t overhead = label.empty() ? 0 : label.size() + 1;
  if (!name2.empty()) ++overhead;
  const std::size_t available = kMaxIdentifierBytes - overhead;
  std::size_t size1 = name1.size();
  std::size_t size2 = name2.size();
  while (size1 + size2 > available) {
    if (size1 > size2) {
      --size1;
    } else {
      --size2;
    }
  }
  std::string result;
  result.reserve(size1 + size2 + overhead);
  result = truncate_utf8(name1, size1);
  if (!name2.empty()) result.append(1, '_').append(truncate_utf8(name2, size2));
  if (!label.empty()) result.append(1, '_').append(label);
  return result;
}

std::string join_column_names(const std::vector<std::string>& columns) {
  std::string result;
  for (const std::string& column : columns) {
    if (!result.empty()) result += '_';
    result += column;
    if (result.size() > kMaxIdentifierBytes) break;
  }
  return result;
}

std::string choose_relation_name(const Catalog& catalog, std::string_view schema, std::string_view name1,
                                 std::string_view name2, std::string_view label, bool is_constraint) {
  const auto is_free = [&](const std::string& name) {
    return catalog.find({schema, name}, {}) == nullptr && !(is_constraint && catalog.has_constraint(schema, name));
  };
  std::string plain = make_object_name(name1, name2, label);
  if (is_free(plain)) return plain;
  // Thousands of indexes on a column are thousands of names, and the next one would look at all of them.
  std::string row;
  for (const std::string_view part : {schema, name1, name2, label}) row.append(part).append(1, '\0');
  const int first = catalog.numbered_names(row);
  int taken = first;  // from the first on without a gap
  for (int pass = first;; ++pass) {
    std::string name = make_object_name(name1, name2, with_number(label, pass));
    if (is_free(name)) {
      if (taken > first) catalog.note_numbered_names(row, taken);
      return name;
    }
    if (taken == pass && catalog.find({schema, name}, {}) != nullptr) ++taken;
  }
}

std::string choose_constraint_name(const Catalog& catalog, const Relation& table, std::string_view column,
                                   std::string_view label, const std::vector<std::string>& dropped) {
  for (int pass = 0;; ++pass) {
    std::string name = make_object_name(table.name, column, with_number(label, pass));
    if (std::find(dropped.begin(), dropped.end(), name) != dropped.end()) return name;
    if (table.constraint(name) == nullptr && !catalog.has_constraint(table.schema, name)) return name;
  }
}

std::vector<std::string> index_column_names(const List* keys, const List* included) {
  std::vector<std::string> result;
  result.reserve(each(keys).size() + each(included).size());
  for (const List* list : {keys, included}) {
    for (const IndexElem* element : each<IndexElem>(list)) {
      std::string_view original = text(element->name);
      if (original.empty()) original = figure_column_name(element->expr);
      if (original.empty()) original = "expr";
      std::string name(original);
      for (int number = 1; std::find(result.begin(), result.end(), name) != result.end(); ++number) {
        const std::string digits = std::to_string(number);
        name = truncate_utf8(original, kMaxIdentifierBytes - digits.size());
        name += digits;
      }
      result.push_back(std::move(name));
    }
  }
  return result;
}

std::string_view figure_column_name(const Node* expression) noexcept {
  std::string_view name;
  figure(expression, name, 0);
  return name;
}

}  // namespace pglatch
