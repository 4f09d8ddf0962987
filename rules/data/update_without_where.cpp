#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/parse/identifier.h"
#include "rules/support/batch_key.h"
#include "rules/support/conditions.h"
#include "rules/support/impact.h"
#include "rules/support/script_names.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

constexpr int kFirstWithFastDefault = 11;

// An UPDATE or DELETE, the statement itself or a query of its WITH.
struct Change {
  const RangeVar* table = nullptr;
  const Node* where = nullptr;
  const List* assignments = nullptr;  // of UPDATE
  bool deletes = false;
};

Change change_of(const Node* node) {
  if (const auto* update = as<UpdateStmt>(node)) {
    return {update->relation, update->whereClause, update->targetList, false};
  }
  if (const auto* removal = as<DeleteStmt>(node)) return {removal->relation, removal->whereClause, nullptr, true};
  return {};
}

const WithClause* with_of(const Node* node) {
  if (const auto* select = as<SelectStmt>(node)) return select->withClause;
  if (const auto* insert = as<InsertStmt>(node)) return insert->withClause;
  if (const auto* update = as<UpdateStmt>(node)) return update->withClause;
  if (const auto* removal = as<DeleteStmt>(node)) return removal->withClause;
  return nullptr;
}

// The column was added by this script, and nothing has been put into it: IS NULL is true of all rows.
bool is_new_and_null(const StatementContext& context, const Relation& table, std::string_view name) {
  const Column* column = table.column(name);
  return column != nullptr && made_by_script(context, *column) && !column->has_default && column->identity == 0 &&
         column->generated == 0 && !column->type.serial && !was_column_written_before(context, table.id, name);
}

// Nothing that is written is NULL, as far as that can be seen.
bool is_never_null(const Relation& table, const Node* value) {
  if (const auto* cast = as<TypeCast>(value)) value = cast->arg;
  if (const auto* constant = as<A_Const>(value)) return !constant->isnull;
  if (const auto* reference = as<ColumnRef>(value)) {
    const Column* column = table.column(string_value(each(reference->fields).back()));
    return column != nullptr && column->not_null;
  }
  if (const auto* coalesce = as<CoalesceExpr>(value)) return is_never_null(table, each(coalesce->args).back());
  return as<SQLValueFunction>(value) != nullptr;
}

// What is written, as far as others use it. Of a view the tables behind it.
std::vector<RelationId> written(const StatementContext& context, const Relation& target) {
  const bool is_view = target.kind == RelationKind::view;
  const auto tree = context.catalog.with_descendants(target.id);
  std::vector<RelationId> relations;
  for (const Work& work : context.effects.work) {
    if (work.kind != WorkKind::row_write || !context.is_live(work.relation)) continue;
    if (is_view || std::find(tree.begin(), tree.end(), work.relation) != tree.end()) relations.push_back(work.relation);
  }
  return relations;
}

// A column of this script that gets a constant: its default could have given it.
std::string default_help(const StatementContext& context, const Relation& table, const Change& change) {
  const auto assignments = each<ResTarget>(change.assignments);
  if (assignments.size() != 1 || context.pg_version < kFirstWithFastDefault) return {};
  const Column* column = table.column(text(assignments[0]->name));
  Constant constant;
  if (column == nullptr || !made_by_script(context, *column) || !constant_of(assignments[0]->val, constant)) return {};
  return fmt::format(
      "Let ADD COLUMN give the value: with a constant DEFAULT, PostgreSQL 11 and later write no row. ALTER TABLE {} "
      "ADD "
      "COLUMN {} … DEFAULT {};",
      context.name(table.id), quote_identifier_sql(column->name),
      constant.null ? "NULL" : quote_literal_sql(constant.text));
}

std::string help_for(const StatementContext& context, const Relation& table, const Change& change) {
  const std::string by_default = default_help(context, table, change);
  if (!by_default.empty()) return by_default;
  const std::string name = context.name(table.id);
  const std::string key = batch_key(table);
  const std::string bare_key = key.front() == '(' ? key.substr(1, key.size() - 2) : key;
  if (change.deletes) {
    return fmt::format(
        "Delete in batches, each committed, until none deletes a row: DELETE FROM {0} WHERE {1} IN (SELECT {2} FROM "
        "{0} "
        "LIMIT 1000); or empty the table with TRUNCATE, quick but under an ACCESS EXCLUSIVE lock.",
        name, key, bare_key);
  }
  const auto assignments = each<ResTarget>(change.assignments);
  const std::string_view column = assignments.size() == 1 ? text(assignments[0]->name) : std::string_view();
  // What stays NULL would be taken up again and again.
  if (is_new_and_null(context, table, column) && is_never_null(table, assignments[0]->val)) {
    return fmt::format(
        "Write in batches, each committed, until none changes a row: UPDATE {0} SET {1} = … WHERE {2} IN (SELECT {3} "
        "FROM {0} WHERE {1} IS NULL LIMIT 1000);",
        name, quote_identifier_sql(column), key, bare_key);
  }
  return fmt::format(
      "Write in batches along the key, each committed, and wait between them: UPDATE {} SET … WHERE {} > … AND {} <= "
      "…;",
      name, key, key);
}

void look_at(const StatementContext& context, const Node* node, ByteRange range, const Rule& rule, Reporter& reporter) {
  const Change change = change_of(node);
  if (change.table == nullptr) return;
  const Relation* table = find_relation(context, change.table);
  if (table == nullptr || !passes_all(change.where, [&](const ColumnRef& column) {
        return is_new_and_null(context, *table, string_value(each(column.fields).back()));
      })) {
    return;
  }
  const std::vector<RelationId> hit = written(context, *table);
  if (hit.empty() || std::all_of(hit.begin(), hit.end(),
                                 [&](RelationId relation) { return context.table_size(relation).is_small(); })) {
    return;
  }
  Finding finding = make_finding(context, rule, range, table->id, hit);
  finding.message = fmt::format(
      "{} all rows of {} in one statement locks each of them until the transaction ends, and blocks whoever writes "
      "them. "
      "{} Vacuum cannot clean up meanwhile, and a failure near the end undoes all of it.",
      change.deletes ? "Deleting" : "Updating", affected(context, table->id, hit),
      change.deletes ? "Every row stays on disk as a dead one until then."
                     : "Every row is written anew beside its old version, so the table grows to up to twice its size.");
  finding.help = help_for(context, *table, change);
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const Node* node = context.statement.node;
  const WithClause* with = with_of(node);
  const bool changes = node->type == T_UpdateStmt || node->type == T_DeleteStmt;
  if ((with == nullptr && !changes) || !context.effects.has_work(WorkKind::row_write)) return;
  if (with != nullptr) {
    for (const CommonTableExpr* query : each<CommonTableExpr>(with->ctes)) {
      const std::uint32_t at = context.statement.offset(query->location);
      look_at(context, query->ctequery, {at, context.statement.range.end}, rule, reporter);
    }
  }
  if (changes) look_at(context, node, context.statement.range, rule, reporter);
}

constexpr NodeTag kNodes[] = {T_UpdateStmt, T_DeleteStmt, T_InsertStmt, T_SelectStmt};

}  // namespace

extern const Rule kUpdateWithoutWhere;
const Rule kUpdateWithoutWhere{"update-without-where",
                               "data",
                               Severity::error,
                               "UPDATE or DELETE of all rows in one statement locks each of them until the end.",
                               kNodes,
                               check};

}  // namespace pglatch
