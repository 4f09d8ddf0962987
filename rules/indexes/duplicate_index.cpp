#include <fmt/core.h>

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/source/lexer.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

struct NewIndex {
  std::vector<std::string> columns;  // empty string for an expression
  std::string method = "btree";
  std::string definition;  // from USING or the parenthesis on, blanks, case and comments aside
  bool unique = false;
  bool plain = true;  // columns alone, in their usual order
};

// Definitions that say the same look the same. Blanks and comments do not matter, nor does case but in quotes.
std::string normalized(std::string_view sql, ByteRange range) {
  std::string result;
  Lexer lexer(sql, range.start);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end && token.range.start < range.end;
       token = lexer.next_code()) {
    for (const char c : token.of(sql)) result += token.kind == TokenKind::word ? to_lower(c) : c;
    result += ' ';
  }
  constexpr std::string_view kDefault = "using btree ";
  return result.rfind(kDefault, 0) == 0 ? result.substr(kDefault.size()) : result;
}

std::string normalized(std::string_view definition) {
  return normalized(definition, {0, static_cast<std::uint32_t>(definition.size())});
}

// Where the definition begins: behind the name of the table.
ByteRange definition_of(const StatementContext& context, const IndexStmt& stmt) {
  ByteRange range = context.statement.range;
  Lexer lexer(context.sql, context.statement.offset(stmt.relation->location));
  for (Token token = lexer.next_code(); token.kind != TokenKind::end && token.range.start < range.end;
       token = lexer.next_code()) {
    if (!token.is('(', context.sql) && !token.is_word("using", context.sql)) continue;
    range.start = token.range.start;
    break;
  }
  return range;
}

bool is_plain(const IndexElem& element) {
  return element.name != nullptr && element.collation == nullptr && element.opclass == nullptr &&
         element.ordering == SORTBY_DEFAULT && element.nulls_ordering == SORTBY_NULLS_DEFAULT;
}

NewIndex new_index(const StatementContext& context, const IndexStmt& stmt) {
  NewIndex index;
  index.unique = stmt.unique;
  if (stmt.accessMethod != nullptr) index.method = text(stmt.accessMethod);
  index.plain = stmt.whereClause == nullptr && each(stmt.indexIncludingParams).empty();
  for (const IndexElem* element : each<IndexElem>(stmt.indexParams)) {
    index.columns.emplace_back(text(element->name));
    index.plain = index.plain && is_plain(*element);
  }
  index.definition = normalized(context.sql, definition_of(context, stmt));
  return index;
}

// Columns alone, in their usual order. An index of a constraint is that, or its definition is not kept.
bool is_plain(const IndexDetails& index) {
  constexpr std::string_view kOrders[] = {" desc ", " nulls ", " with "};
  const std::string definition = normalized(index.definition);
  return index.plain && index.included.empty() &&
         std::none_of(std::begin(kOrders), std::end(kOrders),
                      [&](std::string_view word) { return definition.find(word) != std::string::npos; });
}

bool is_prefix(const std::vector<std::string>& prefix, const std::vector<std::string>& columns) {
  return prefix.size() <= columns.size() && std::equal(prefix.begin(), prefix.end(), columns.begin());
}

enum class Which : std::uint8_t { none, new_one, old_one };

// Which of the two is not needed beside the other.
Which superfluous(const NewIndex& index, const IndexDetails& other) {
  if (!other.valid || other.method != index.method) return Which::none;
  const bool same = !other.definition.empty() && index.definition == normalized(other.definition);
  if (same && (other.unique || !index.unique)) return Which::new_one;
  if (same) return Which::old_one;
  if (index.method != "btree" || !index.plain || !is_plain(other)) return Which::none;
  if (!index.unique && is_prefix(index.columns, other.columns)) return Which::new_one;
  return !other.unique && is_prefix(other.columns, index.columns) ? Which::old_one : Which::none;
}

// Both are still there at the end; the new one was not yet when it was looked at.
bool both_stay(const Catalog& catalog, RelationId table, RelationId old_index,
               const std::vector<std::string>& columns) {
  const Relation* relation = catalog.find(table);
  if (relation == nullptr || catalog.find(old_index) == nullptr) return false;
  return std::any_of(relation->indexes.begin(), relation->indexes.end(),
                     [&](RelationId id) { return id != old_index && catalog.find(id)->index->columns == columns; });
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<IndexStmt>(context.statement.node);
  const Relation* table = find_relation(context, stmt.relation);
  if (context.effects.refused() || table == nullptr || table->indexes.empty() || table->temporary) return;
  if (stmt.if_not_exists && stmt.idxname != nullptr &&
      context.catalog.find({table->schema, text(stmt.idxname)}, {}) != nullptr) {
    return;
  }
  const NewIndex index = new_index(context, stmt);
  for (const RelationId id : table->indexes) {
    const IndexDetails& other = *context.catalog.find(id)->index;
    const Which which = superfluous(index, other);
    if (which == Which::none) continue;

    const std::string name = context.name(id);
    Finding finding =
        make_finding(context, rule, leading_words(context, {"create", "unique", "index", "concurrently"}), table->id);
    finding.relations.push_back(name);
    const std::string on = context.name(table->id);
    finding.message =
        which == Which::new_one
            ? fmt::format("Index {} of {} serves all queries that this one would. Each write maintains both.", name, on)
            : fmt::format("This index serves all queries that index {} of {} does. Each write maintains both.", name,
                          on);
    finding.help = which == Which::new_one
                       ? "Leave this index out."
                       : fmt::format("Drop the other one once this one is there: DROP INDEX CONCURRENTLY {};", name);
    finding.holds_at_end = [table = table->id, id, columns = index.columns](const Catalog& catalog) {
      return both_stay(catalog, table, id, columns);
    };
    return reporter.report(std::move(finding));
  }
}

constexpr NodeTag kNodes[] = {T_IndexStmt};

}  // namespace

extern const Rule kDuplicateIndex;
const Rule kDuplicateIndex{"duplicate-index",
                           "indexes",
                           Severity::info,
                           "An index does what another one on the same table does already.",
                           kNodes,
                           check,
                           true};

}  // namespace pglatch
