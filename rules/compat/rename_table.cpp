#include <fmt/core.h>

#include <string>

#include "analyzer/catalog/object_address.h"
#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/row_security.h"
#include "rules/support/script_names.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// A table or view that gets another name or schema.
struct NewName {
  const RangeVar* relation = nullptr;
  ObjectType type = OBJECT_TABLE;
  std::string_view schema;  // empty: it stays
  std::string_view name;    // empty: it stays
};

// Sequences and indexes are named by next to no code.
bool is_named_by_code(ObjectType type) {
  return type == OBJECT_TABLE || type == OBJECT_FOREIGN_TABLE || type == OBJECT_VIEW || type == OBJECT_MATVIEW;
}

NewName new_name_of(const Node* node) {
  if (const auto* rename = as<RenameStmt>(node)) {
    if (is_named_by_code(rename->renameType)) return {rename->relation, rename->renameType, {}, text(rename->newname)};
  } else if (const auto* move = as<AlterObjectSchemaStmt>(node)) {
    if (is_named_by_code(move->objectType)) return {move->relation, move->objectType, text(move->newschema), {}};
  }
  return {};
}

// ALTER TABLE is for views as well.
bool is_view(const Relation& relation, ObjectType type) {
  if (relation.origin == Origin::unknown) return type == OBJECT_VIEW || type == OBJECT_MATVIEW;
  return relation.kind == RelationKind::view || relation.kind == RelationKind::materialized_view;
}

std::string help_for(const StatementContext& context, const Relation& relation, const ObjectName& to, bool view) {
  const std::string old_name = context.name(relation.id);
  const std::string new_name = quote_qualified(to.schema, to.name);
  if (view) {
    return fmt::format(
        "Create a second view, {}, with the same query, and drop {} in a later migration, when no code uses it any "
        "more.",
        new_name, old_name);
  }
  const bool as_invoker = context.pg_version >= kFirstWithSecurityInvoker;
  if (!as_invoker && has_policy(relation)) {
    return fmt::format(
        "Keep the name, and change it in the code's mapping alone: a view of the old name reads as its owner before "
        "PostgreSQL {}, past the policies of {}.",
        kFirstWithSecurityInvoker, old_name);
  }
  // A COMMIT would end the runner's transaction.
  const bool opens_transaction = context.session.in_transaction() != InTransaction::yes && context.code == nullptr;
  return fmt::format(
      "Leave a view of the old name in the same transaction, through which PostgreSQL writes as well, grant on it what "
      "is granted on the table, and drop it when no code uses it any more: {}{} CREATE VIEW {}{} AS SELECT * FROM {};"
      "{}",
      opens_transaction ? "BEGIN; " : "", edited_statement(context, {}).value_or("ALTER TABLE …;"), old_name,
      as_invoker ? " WITH (security_invoker = true)" : "", new_name, opens_transaction ? " COMMIT;" : "");
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const NewName change = new_name_of(context.statement.node);
  if (change.relation == nullptr || context.effects.refused()) return;
  const Relation* relation = find_relation(context, change.relation);
  if (relation == nullptr || relation->is_index() || relation->kind == RelationKind::sequence) return;
  if (!context.is_live(relation->id) || made_by_script(context, *relation)) return;
  ObjectName from{NameSpace::relation, relation->schema, relation->name};
  const ObjectName to{NameSpace::relation, change.schema.empty() ? relation->schema : std::string(change.schema),
                      change.name.empty() ? relation->name : std::string(change.name)};
  if (is_given_later(context, from, Reach::transaction)) return;
  // It takes the place of one that went, or had its name for a moment only.
  if (was_free_before(context, to) || was_given_before(context, from)) return;

  Finding finding = make_finding(context, rule, context.statement.range, relation->id);
  const bool view = is_view(*relation, change.type);
  finding.message = fmt::format(
      "{} {} to {} breaks the code that uses the old name, from the commit on until all of it is exchanged. Old and "
      "new "
      "code run side by side while a release is rolled out, and one of them misses its {}.",
      change.schema.empty() ? "Renaming" : "Moving", context.name(relation->id), quote_qualified(to.schema, to.name),
      view ? "view" : "table");
  finding.help = help_for(context, *relation, to, view);
  settle_in_code(context, from, finding);
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_RenameStmt, T_AlterObjectSchemaStmt};

}  // namespace

extern const Rule kRenameTable;
const Rule kRenameTable{"rename-table",
                        "compat",
                        Severity::warning,
                        "A table or view gets another name or schema, and code that uses the old one breaks.",
                        kNodes,
                        check};

}  // namespace pglatch
