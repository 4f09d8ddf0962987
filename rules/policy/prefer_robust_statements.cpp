#include <fmt/core.h>

#include <algorithm>

#include "analyzer/base/concat.h"
#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/script_steps.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// What a statement creates, and the clause without which it fails where that is there already.
struct Creation {
  std::string_view clause;
  ObjectType type = OBJECT_TABLE;
  NameView name;
  bool concurrent = false;
};

constexpr std::string_view kIfNotExists = "IF NOT EXISTS";
constexpr std::string_view kOrReplace = "OR REPLACE";
constexpr std::string_view kIfExists = "IF EXISTS";

bool is_temporary(const RangeVar& table) { return table.relpersistence == RELPERSISTENCE_TEMP; }

// The creation that a second run would trip over; no clause where there is none.
Creation fragile_creation(const Node* node) {
  if (const auto* table = as<CreateStmt>(node)) {
    if (table->if_not_exists || is_temporary(*table->relation)) return {};
    return {kIfNotExists, OBJECT_TABLE, name_of(table->relation)};
  }
  if (const auto* index = as<IndexStmt>(node)) {
    // PostgreSQL finds a new name for an index that is given none.
    if (index->if_not_exists || index->idxname == nullptr) return {};
    return {kIfNotExists, OBJECT_INDEX, {text(index->relation->schemaname), text(index->idxname)}, index->concurrent};
  }
  if (const auto* sequence = as<CreateSeqStmt>(node)) {
    if (sequence->if_not_exists || is_temporary(*sequence->sequence)) return {};
    return {kIfNotExists, OBJECT_SEQUENCE, name_of(sequence->sequence)};
  }
  if (const auto* schema = as<CreateSchemaStmt>(node)) {
    if (schema->if_not_exists || schema->schemaname == nullptr || schema->schemaElts != nullptr) return {};
    return {kIfNotExists, OBJECT_SCHEMA, {{}, text(schema->schemaname)}};
  }
  if (const auto* extension = as<CreateExtensionStmt>(node)) {
    if (extension->if_not_exists) return {};
    return {kIfNotExists, OBJECT_EXTENSION, {{}, text(extension->extname)}};
  }
  if (const auto* query = as<CreateTableAsStmt>(node)) {
    if (query->if_not_exists || query->is_select_into || is_temporary(*query->into->rel)) return {};
    return {kIfNotExists, query->objtype, name_of(query->into->rel)};
  }
  if (const auto* view = as<ViewStmt>(node)) {
    if (view->replace || is_temporary(*view->view)) return {};
    return {kOrReplace, OBJECT_VIEW, name_of(view->view)};
  }
  if (const auto* function = as<CreateFunctionStmt>(node)) {
    if (function->replace) return {};
    return {kOrReplace, function->is_procedure ? OBJECT_PROCEDURE : OBJECT_FUNCTION, name_of(function->funcname)};
  }
  return {};
}

// An earlier statement drops it first, if it exists.
bool is_dropped_before(const StatementContext& context, const Creation& creation) {
  return context.so_far != nullptr &&
         context.so_far->dropped_if_exists.count({creation.type, std::string(creation.name.name)}) != 0;
}

void report(const StatementContext& context, const Rule& rule, Reporter& reporter, ByteRange range,
            std::string_view clause, std::string help) {
  Finding finding = make_finding(context, rule, range, kNoRelation);
  const std::string what = one_line(context.sql, finding.range).value_or("This statement");
  finding.message = concat({what.size() > 60 ? "This statement" : what,
                            " fails when the migration is run again after a later statement of it failed. No "
                            "transaction takes the first half back, so each statement has to bear being repeated."});
  finding.help = help.empty() ? concat({"Write it with ", clause, "."}) : std::move(help);
  reporter.report(std::move(finding));
}

void check_creation(const StatementContext& context, const Rule& rule, Reporter& reporter, const Creation& creation) {
  if (is_dropped_before(context, creation)) return;
  const ByteRange range =
      leading_words(context, {"create", "unique", "unlogged", "recursive", "index", "concurrently", "table", "sequence",
                              "schema", "extension", "materialized", "view", "function", "procedure"});
  std::string help;
  if (creation.concurrent) {
    help = fmt::format(
        "Drop what a failed build has left behind first: DROP INDEX CONCURRENTLY IF EXISTS {}; IF NOT EXISTS would "
        "keep "
        "an index that is not valid.",
        quote_qualified(creation.name.schema, creation.name.name));
  }
  report(context, rule, reporter, range, creation.clause, std::move(help));
}

// The clause that a subcommand lacks; empty where it lacks none or there is none.
std::string_view missing_clause(const AlterTableCmd& command) {
  if (command.missing_ok) return {};
  if (command.subtype == AT_AddColumn) return kIfNotExists;
  return command.subtype == AT_DropColumn || command.subtype == AT_DropConstraint ? kIfExists : std::string_view();
}

void check_alter_table(const StatementContext& context, const Rule& rule, Reporter& reporter,
                       const AlterTableStmt& alter) {
  if (alter.objtype == OBJECT_TYPE) return;
  std::size_t index = 0;
  for (const AlterTableCmd* command : each<AlterTableCmd>(alter.cmds)) {
    const std::size_t at = index++;
    const std::string_view clause = missing_clause(*command);
    if (!clause.empty()) {
      report(context, rule, reporter, subcommand_ranges(context, alter)[at], clause, {});
    }
  }
}

// A statement that fails leaves nothing behind by itself: only what was committed before a later failure counts.
bool may_be_repeated(const StatementContext& context) {
  return context.code == nullptr && !context.effects.refused() &&
         context.session.in_transaction() != InTransaction::yes && leave_something_behind(context.following);
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (!may_be_repeated(context)) return;
  const Node* node = context.statement.node;
  const Creation creation = fragile_creation(node);
  if (!creation.clause.empty()) return check_creation(context, rule, reporter, creation);
  if (const auto* alter = as<AlterTableStmt>(node)) return check_alter_table(context, rule, reporter, *alter);
  const ByteRange statement = context.statement.range;
  if (const auto* drop = as<DropStmt>(node); drop != nullptr && !drop->missing_ok) {
    return report(context, rule, reporter, statement, kIfExists, {});
  }
  const auto* value = as<AlterEnumStmt>(node);
  if (value != nullptr && value->oldVal == nullptr && !value->skipIfNewValExists) {
    report(context, rule, reporter, find_words(context.sql, statement, {"add", "value"}).value_or(statement),
           kIfNotExists, {});
  }
}

constexpr NodeTag kNodes[] = {
    T_CreateStmt, T_IndexStmt,          T_CreateSeqStmt, T_CreateSchemaStmt, T_CreateExtensionStmt, T_CreateTableAsStmt,
    T_ViewStmt,   T_CreateFunctionStmt, T_DropStmt,      T_AlterEnumStmt,    T_AlterTableStmt};

}  // namespace

extern const Rule kPreferRobustStatements;
const Rule kPreferRobustStatements{"prefer-robust-statements",
                                   "policy",
                                   Severity::info,
                                   "The statement fails when the migration is run again after half of it was done.",
                                   kNodes,
                                   check,
                                   true};

}  // namespace pglatch
