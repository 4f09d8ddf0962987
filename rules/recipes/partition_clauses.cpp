#include "rules/recipes/partition_clauses.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/code_tokens.h"
#include "rules/recipes/column_pieces.h"

namespace pglatch {
namespace {

constexpr int kFirstWithNamedNotNull = 18;

std::vector<std::string> strings(const List* list) {
  std::vector<std::string> all;
  for (const Node* node : each(list)) all.emplace_back(string_value(node));
  return all;
}

class Cutter {
 public:
  Cutter(const StatementContext& context, const CreateStmt& statement, const Relation& parent)
      : context_(context),
        statement_(statement),
        parent_(parent),
        text_(context.statement.range.of(context.sql)),
        tokens_(code_tokens(text_)) {}

  std::optional<PartitionClauses> cut() && {
    const std::size_t table = find("table", 0);
    std::size_t at = find("partition", table);
    if (table == 0 || !is("of", at + 1)) return std::nullopt;
    result_.persistence = text_of(text_, tokens_, 1, table);
    at += 3;
    while (at + 1 < tokens_.size() && tokens_[at].is('.', text_)) at += 2;
    if (at < tokens_.size() && tokens_[at].is('(', text_)) {
      const std::size_t end = skip_group(text_, tokens_, at);
      if (!take_elements(at, end)) return std::nullopt;
      at = end;
    }
    const std::size_t bound = at;
    if (is("default", at)) {
      ++at;
    } else if (is("for", at) && is("values", at + 1)) {
      at = skip_group(text_, tokens_, at + 3);
      if (is("to", at)) at = skip_group(text_, tokens_, at + 1);
    } else {
      return std::nullopt;
    }
    result_.bound = text_of(text_, tokens_, bound, at);
    if (is("partition", at)) {
      const std::size_t end = skip_group(text_, tokens_, at + 3);
      result_.partition_by = text_of(text_, tokens_, at, end);
      at = end;
    }
    result_.storage = text_of(text_, tokens_, at, tokens_.size());
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool is(std::string_view word, std::size_t at) const {
    return at < tokens_.size() && tokens_[at].is_word(word, text_);
  }

  // The first such word outside of parentheses from there on; the number of tokens if there is none.
  [[nodiscard]] std::size_t find(std::string_view word, std::size_t at) const {
    while (at < tokens_.size() && !is(word, at))
      at = tokens_[at].is('(', text_) ? skip_group(text_, tokens_, at) : at + 1;
    return at;
  }

  bool take_elements(std::size_t open, std::size_t end) {
    const auto elements = each(statement_.tableElts);
    std::size_t number = 0;
    std::size_t first = open + 1;
    for (std::size_t at = first; at < end; at = tokens_[at].is('(', text_) ? skip_group(text_, tokens_, at) : at + 1) {
      if (!tokens_[at].is(',', text_) && at + 1 != end) continue;
      if (number == elements.size() || first == at) return false;
      take(elements[number++], first, at);
      first = at + 1;
    }
    return number == elements.size();
  }

  void take(const Node* element, std::size_t first, std::size_t end) {
    if (const auto* constraint = as<Constraint>(element)) {
      look_for_parents_own(*constraint,
                           strings(constraint->contype == CONSTR_FOREIGN ? constraint->fk_attrs : constraint->keys));
      result_.constraints.push_back(text_of(text_, tokens_, first, end));
      return;
    }
    const auto* column = as<ColumnDef>(element);
    if (column == nullptr) return refuse("It says more of the partition than its columns and constraints.");
    const std::uint32_t start = context_.statement.range.start;
    const ColumnPieces pieces(context_, *column,
                              {start + tokens_[first].range.start, start + tokens_[end - 1].range.end});
    for (const ColumnPiece& piece : pieces.constraints()) take(piece, std::string(text(column->colname)));
  }

  void take(const ColumnPiece& piece, const std::string& column) {
    const Constraint& constraint = *piece.constraint;
    const std::string quoted = quote_identifier_sql(column);
    const std::string name =
        constraint.conname == nullptr ? "" : fmt::format("CONSTRAINT {} ", quote_identifier_sql(constraint.conname));
    look_for_parents_own(constraint, {column});
    switch (constraint.contype) {
      case CONSTR_NULL:
        return;
      case CONSTR_NOTNULL: {
        const Column* above = parent_.column(column);
        if (above != nullptr && above->not_null) {
          return refuse(
              fmt::format("{} is NOT NULL in {} already: PostgreSQL 18 would give the partition a constraint "
                          "of its own for it, and one that is attached the parent's.",
                          quoted, display_name(parent_)));
        }
        if (!name.empty() && context_.pg_version >= kFirstWithNamedNotNull) {
          result_.constraints.push_back(fmt::format("{}NOT NULL {}", name, quoted));
        } else {
          result_.alters.push_back(fmt::format("ALTER COLUMN {} SET NOT NULL", quoted));
        }
        return;
      }
      case CONSTR_DEFAULT:
        result_.alters.push_back(fmt::format("ALTER COLUMN {} SET {}", quoted, piece.text));
        return;
      case CONSTR_CHECK:
        result_.constraints.push_back(piece.whole);
        return;
      case CONSTR_FOREIGN:
        result_.constraints.push_back(fmt::format("{}FOREIGN KEY ({}) {}", name, quoted, piece.text));
        return;
      case CONSTR_UNIQUE:
      case CONSTR_PRIMARY: {
        const Tokens tokens = code_tokens(piece.text);
        const std::size_t words = constraint.contype == CONSTR_PRIMARY ? 2 : 1;
        if (tokens.size() > words && !tokens[words].is_word("deferrable", piece.text) &&
            !tokens[words].is_word("initially", piece.text)) {
          return refuse("The key of a column has options: write it as a constraint of the table.");
        }
        const std::string rest = text_of(piece.text, tokens, words, tokens.size());
        result_.constraints.push_back(fmt::format("{}{} ({}){}{}", name, text_of(piece.text, tokens, 0, words), quoted,
                                                  rest.empty() ? "" : " ", rest));
        return;
      }
      default:
        return refuse(fmt::format("{} of its column {} has no form that is given to a table.", piece.text, quoted));
    }
  }

  // What the parent has as well would be taken over by ATTACH, and stand there once instead of twice.
  void look_for_parents_own(const Constraint& constraint, const std::vector<std::string>& columns) {
    if (constraint.conname != nullptr && parent_.constraint(text(constraint.conname)) != nullptr) {
      refuse(fmt::format("{} has a constraint of the name {} too.", display_name(parent_),
                         quote_identifier_sql(constraint.conname)));
    }
    const bool key = constraint.contype == CONSTR_UNIQUE || constraint.contype == CONSTR_PRIMARY;
    const bool foreign = constraint.contype == CONSTR_FOREIGN;
    if ((key || foreign) && !parent_.columns_known) {
      refuse(fmt::format("Whether {} has such a key as well is not known here.", display_name(parent_)));
    }
    const bool twice = foreign
                           ? std::any_of(parent_.constraints.begin(), parent_.constraints.end(),
                                         [&](const TableConstraint& above) {
                                           return above.kind == ConstraintKind::foreign_key && above.columns == columns;
                                         })
                           : key && std::any_of(parent_.indexes.begin(), parent_.indexes.end(), [&](RelationId id) {
                               const Relation* index = context_.catalog.find(id);
                               return index != nullptr && index->index->columns == columns;
                             });
    if (twice) {
      refuse(
          fmt::format("{} has a key on the same columns: a table that is attached has it once, a partition that is "
                      "created so twice.",
                      display_name(parent_)));
    }
  }

  void refuse(std::string reason) {
    if (result_.refusal) return;
    result_.refusal = Refusal{std::move(reason),
                              "Create a table with LIKE, give it what it needs, and attach it; or create the partition "
                              "with a short lock_timeout and try again until it succeeds."};
  }

  const StatementContext& context_;
  const CreateStmt& statement_;
  const Relation& parent_;
  std::string_view text_;
  Tokens tokens_;
  PartitionClauses result_;
};

}  // namespace

std::optional<PartitionClauses> partition_clauses(const StatementContext& context, const CreateStmt& statement,
                                                  const Relation& parent) {
  return Cutter(context, statement, parent).cut();
}

}  // namespace pglatch
