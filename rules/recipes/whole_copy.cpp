#include "rules/recipes/whole_copy.h"

namespace pglatch {
namespace {

bool names_all_columns(const InsertStmt& insert, const SelectStmt& select, std::size_t count) {
  const auto columns = each<ResTarget>(insert.cols);
  const auto targets = each<ResTarget>(select.targetList);
  if (columns.size() != targets.size() || columns.size() != count) return false;
  for (std::uint32_t i = 0; i < columns.size(); ++i) {
    const auto* reference = as<ColumnRef>(targets[i]->val);
    if (reference == nullptr || each(reference->fields).size() != 1) return false;
    if (string_value(each(reference->fields)[0]) != text(columns[i]->name)) return false;
  }
  return true;
}

bool is_star(const InsertStmt& insert, const SelectStmt& select) {
  const auto targets = each<ResTarget>(select.targetList);
  const auto* star = targets.size() == 1 ? as<ColumnRef>(targets[0]->val) : nullptr;
  if (star == nullptr) return false;
  const auto fields = each(star->fields);
  return fields.size() == 1 && fields[0]->type == T_A_Star && each(insert.cols).size() == 0;
}

}  // namespace

const RangeVar* whole_copy_of(const InsertStmt& insert, std::size_t columns) {
  const auto* select = as<SelectStmt>(insert.selectStmt);
  if (select == nullptr || insert.onConflictClause != nullptr || insert.withClause != nullptr ||
      insert.override == OVERRIDING_USER_VALUE) {
    return nullptr;
  }
  if (select->whereClause != nullptr || select->groupClause != nullptr || select->distinctClause != nullptr ||
      select->limitCount != nullptr || select->limitOffset != nullptr || select->withClause != nullptr ||
      select->op != SETOP_NONE) {
    return nullptr;
  }
  const auto from = each(select->fromClause);
  if (from.size() != 1 || !(is_star(insert, *select) || names_all_columns(insert, *select, columns))) return nullptr;
  return as<RangeVar>(from[0]);
}

}  // namespace pglatch
