#include "rules/recipes/column_pieces.h"

#include <algorithm>

#include "rules/recipes/code_tokens.h"

namespace pglatch {
namespace {

// A constraint, one of its attributes, or (null) COLLATE: they stand in any order behind the type.
struct Cut {
  std::uint32_t start = 0;
  const Constraint* constraint = nullptr;
};

std::string without_name(const std::string& sql) {
  const Tokens tokens = code_tokens(sql);
  const std::size_t start = tokens.size() > 2 && tokens[0].is_word("constraint", sql) ? 2 : 0;
  return text_of(sql, tokens, start, tokens.size());
}

// Enters what belongs to the constraint before it. Returns false where it is a constraint of its own.
bool take_attribute(const Constraint& node, const std::string& sql, ColumnPiece& piece) {
  switch (node.contype) {
    case CONSTR_ATTR_DEFERRABLE:
      piece.deferrable = true;
      break;
    case CONSTR_ATTR_DEFERRED:
      piece.deferrable = piece.initially_deferred = true;
      break;
    case CONSTR_ATTR_NOT_DEFERRABLE:
    case CONSTR_ATTR_IMMEDIATE:
      break;
#if PG_VERSION_NUM >= 180000
    case CONSTR_ATTR_NOT_ENFORCED:
      piece.enforced = false;
      break;
    case CONSTR_ATTR_ENFORCED:
      break;
#endif
    default:
      return false;
  }
  piece.text += ' ' + sql;
  piece.whole += ' ' + sql;
  piece.attributes += piece.attributes.empty() ? sql : ' ' + sql;
  return true;
}

}  // namespace

ColumnPieces::ColumnPieces(const StatementContext& context, const ColumnDef& column, ByteRange range) {
  std::vector<Cut> cuts;
  for (const Constraint* constraint : each<Constraint>(column.constraints)) {
    if (constraint->location >= 0) cuts.push_back({context.statement.offset(constraint->location), constraint});
  }
  if (column.collClause != nullptr) cuts.push_back({context.statement.offset(column.collClause->location), nullptr});
  std::sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) { return a.start < b.start; });

  const std::uint32_t first = cuts.empty() ? range.end : cuts.front().start;
  head_ = without_comments(ByteRange{range.start, first}.of(context.sql));
  if (column.typeName != nullptr && column.storage_name == nullptr && column.compression == nullptr) {
    type_ = without_comments(ByteRange{context.statement.offset(column.typeName->location), first}.of(context.sql));
  }
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const std::uint32_t end = i + 1 < cuts.size() ? cuts[i + 1].start : range.end;
    const std::string sql = without_comments(ByteRange{cuts[i].start, end}.of(context.sql));
    if (cuts[i].constraint == nullptr) {
      head_ += ' ' + sql;
    } else if (constraints_.empty() || !take_attribute(*cuts[i].constraint, sql, constraints_.back())) {
      ColumnPiece& piece = constraints_.emplace_back();
      piece.constraint = cuts[i].constraint;
      piece.text = without_name(sql);
      piece.whole = sql;
    }
  }
}

}  // namespace pglatch
