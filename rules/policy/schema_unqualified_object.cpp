#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "analyzer/base/ascii.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/source/lexer.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

bool is_temporary(const StatementContext& context, const RangeVar& name) {
  if (name.relpersistence == RELPERSISTENCE_TEMP) return true;
  const Relation* relation = find_relation(context, &name);
  return relation != nullptr && relation->temporary;
}

// The relation that the statement creates or changes; null where it names none, or other objects.
const RangeVar* relation_of(const Node* node) {
  if (const auto* create = as<CreateStmt>(node)) return create->relation;
  if (const auto* query = as<CreateTableAsStmt>(node)) return query->into->rel;
  if (const auto* view = as<ViewStmt>(node)) return view->view;
  if (const auto* sequence = as<CreateSeqStmt>(node)) return sequence->sequence;
  if (const auto* trigger = as<CreateTrigStmt>(node)) return trigger->relation;
  if (const auto* index = as<IndexStmt>(node)) return index->relation;
  if (const auto* alter = as<AlterTableStmt>(node)) return alter->relation;
  if (const auto* rename = as<RenameStmt>(node)) return rename->relation;
  if (const auto* truncate = as<TruncateStmt>(node)) return as<RangeVar>(each(truncate->relations)[0]);
  return nullptr;
}

bool is_in_schema(ObjectType type) {
  switch (type) {
    case OBJECT_TABLE:
    case OBJECT_FOREIGN_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_INDEX:
    case OBJECT_SEQUENCE:
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
      return true;
    default:
      return false;
  }
}

NameView name_of_object(const Node* node) {
  if (const auto* type = as<CreateEnumStmt>(node)) return name_of(type->typeName);
  if (const auto* domain = as<CreateDomainStmt>(node)) return name_of(domain->domainname);
  if (const auto* function = as<CreateFunctionStmt>(node)) return name_of(function->funcname);
  const auto* drop = as<DropStmt>(node);
  if (drop == nullptr || !is_in_schema(drop->removeType)) return {};
  for (const Node* object : each(drop->objects)) {
    const auto* function = as<ObjectWithArgs>(object);
    const NameView name = name_of(function == nullptr ? as<List>(object) : function->objname);
    if (name.schema.empty()) return name;
  }
  return {};
}

// Where the statement names it; nothing but names may be in double quotes.
ByteRange find_name(const StatementContext& context, std::string_view name) {
  Lexer lexer(context.sql, context.statement.range.start);
  for (Token token = lexer.next_code(); token.range.start < context.statement.range.end; token = lexer.next_code()) {
    const std::string_view written = token.of(context.sql);
    if (token.kind == TokenKind::word && equal_ignoring_case(written, name)) return token.range;
    if (token.kind == TokenKind::quoted_identifier && written == fmt::format("\"{}\"", name)) return token.range;
  }
  return context.statement.range;
}

bool says_search_path(const Statement& statement) {
  const auto* set = as<VariableSetStmt>(statement.node);
  return set != nullptr && set->kind == VAR_SET_VALUE && text(set->name) == "search_path";
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const Node* node = context.statement.node;
  NameView name;
  if (const RangeVar* relation = relation_of(node)) {
    if (relation->schemaname == nullptr && !is_temporary(context, *relation)) name = name_of(relation);
  } else {
    name = name_of_object(node);
  }
  if (name.name.empty() || !name.schema.empty() || context.code != nullptr) return;
  // The script says itself which schemas it means.
  if (std::any_of(context.preceding.begin(), context.preceding.end(), says_search_path)) return;

  Finding finding = make_finding(context, rule, find_name(context, name.name), kNoRelation);
  finding.once_a_script = true;
  finding.message = fmt::format(
      "In which schema {} is found or made depends on the search_path of whoever runs the migration. Under another "
      "role "
      "or tool it may be another table.",
      quote_identifier_sql(name.name));
  const std::string_view schema = creation_schema(context.session.search_path());
  finding.help =
      fmt::format("Name the schema: {}; or begin the script with SET search_path.", quote_qualified(schema, name.name));
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_CreateStmt,     T_CreateTableAsStmt, T_ViewStmt,           T_CreateSeqStmt,
                              T_CreateEnumStmt, T_CreateDomainStmt,  T_CreateFunctionStmt, T_CreateTrigStmt,
                              T_IndexStmt,      T_AlterTableStmt,    T_RenameStmt,         T_DropStmt,
                              T_TruncateStmt};

}  // namespace

extern const Rule kSchemaUnqualifiedObject;
const Rule kSchemaUnqualifiedObject{"schema-unqualified-object",
                                    "policy",
                                    Severity::info,
                                    "Which schema is meant depends on the search_path of whoever runs the migration.",
                                    kNodes,
                                    check,
                                    true};

}  // namespace pglatch
