#include "rules/support/table_definition.h"

#include <algorithm>
#include <iterator>

#include "analyzer/base/concat.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

bool is_temporary(const StatementContext& context, const RangeVar& table) {
  if (table.relpersistence == RELPERSISTENCE_TEMP || text(table.schemaname) == kTemporarySchema) return true;
  if (context.statement.tag() == T_CreateStmt) return false;
  const Relation* relation = find_relation(context, &table);
  return relation != nullptr && relation->temporary;
}

// A word that goes on with the name of a type: DOUBLE PRECISION, TIMESTAMP (3) WITHOUT TIME ZONE.
bool goes_on(const Token& token, std::string_view sql) {
  constexpr std::string_view kWords[] = {"varying", "precision", "without", "with", "time", "zone"};
  return std::any_of(std::begin(kWords), std::end(kWords), [&](auto word) { return token.is_word(word, sql); });
}

}  // namespace

bool TypedColumn::is_builtin(std::string_view type_name) const {
  // Most are another, as the first byte tells.
  const auto* last = as<String>(each(type.names).back());
  if (last == nullptr || *last->sval != type_name.front()) return false;
  const NameView written = name_of(type.names);
  return written.name == type_name && (written.schema.empty() || written.schema == "pg_catalog");
}

std::string TypedColumn::display() const {
  return concat({table_name(context, table), ".", quote_identifier_sql(name)});
}

ByteRange TypedColumn::type_range() const {
  const std::string_view sql = context.sql;
  Lexer lexer(sql, context.statement.offset(type.location));
  Token token = lexer.next_code();
  ByteRange range = token.range;
  int depth = 0;
  bool name_follows = false;
  for (token = lexer.next_code(); token.range.start < context.statement.range.end; token = lexer.next_code()) {
    const bool dot = token.is('.', sql);
    if (token.is('(', sql)) ++depth;
    const bool inside = depth > 0;
    if (token.is(')', sql)) --depth;
    if (!inside && !dot && !name_follows && !goes_on(token, sql)) break;
    name_follows = dot;
    range.end = token.range.end;
  }
  return range;
}

Finding TypedColumn::finding(const Rule& rule) const {
  Finding finding = make_finding(context, rule, type_range(), kNoRelation);
  finding.relations.push_back(table_name(context, table));
  return finding;
}

std::string table_name(const StatementContext& context, const RangeVar& table) {
  const bool is_new = context.statement.tag() == T_CreateStmt;
  const Relation* relation = is_new ? nullptr : find_relation(context, &table);
  if (relation != nullptr) return display_name(*relation);
  const std::string_view schema =
      table.schemaname == nullptr ? creation_schema(context.session.search_path()) : text(table.schemaname);
  return quote_qualified(schema, text(table.relname));
}

bool defines_nothing(const StatementContext& context) {
  if (context.effects.refused()) return true;
  if (const auto* alter = as<AlterTableStmt>(context.statement.node)) {
    return alter->objtype != OBJECT_TABLE || is_temporary(context, *alter->relation);
  }
  const auto* create = as<CreateStmt>(context.statement.node);
  if (create == nullptr || is_temporary(context, *create->relation)) return true;
  if (!create->if_not_exists) return false;
  const Relation* there = find_relation(context, create->relation);
  return there != nullptr && there->origin != Origin::unknown;
}

}  // namespace pglatch
