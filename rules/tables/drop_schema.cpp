#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/script_names.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// The live tables and materialized views that go with the schema, without the partitions of tables.
std::vector<RelationId> lost_tables(const StatementContext& context, std::string_view schema) {
  std::vector<RelationId> lost;
  for (const RelationId id : context.catalog.relations_in(schema)) {
    const Relation& relation = *context.catalog.find(id);
    const bool has_rows = relation.has_storage() || relation.kind == RelationKind::partitioned_table;
    if (has_rows && relation.partition_of == kNoRelation && context.is_live(id)) lost.push_back(id);
  }
  return lost;
}

void look_at(const StatementContext& context, const DropStmt& stmt, std::string_view schema, const Rule& rule,
             Reporter& reporter) {
  const auto lost = lost_tables(context, schema);
  const ObjectName name{NameSpace::schema, {}, std::string(schema)};
  // Made by this script; or dropped to be made anew by a script that sets everything up.
  if (lost.empty() && (was_given_before(context, name) || context.catalog.complete)) return;
  if (lost.empty() && stmt.missing_ok && !context.catalog.has_schema(schema) &&
      is_given_later(context, name, Reach::script)) {
    return;
  }
  Finding finding = make_finding(context, rule, leading_words(context, {"drop", "schema", "if", "exists"}),
                                 lost.empty() ? kNoRelation : lost.front(), lost);
  finding.worked_on.clear();  // rows are lost, however few
  finding.message = fmt::format("DROP SCHEMA {} CASCADE loses everything in it{}. ", quote_identifier_sql(schema),
                                lost.empty() ? "" : ": " + name_list(context, lost));
  finding.message +=
      "Everything that goes is locked at once, against reads and writes, as are tables elsewhere that reference it.";
  finding.help =
      "Drop the objects one by one, once no running code uses them, and the schema last, without CASCADE: it then "
      "fails if something was forgotten.";
  reporter.report(std::move(finding));
}

// Without CASCADE only an empty schema can be dropped.
void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<DropStmt>(context.statement.node);
  if (stmt.removeType != OBJECT_SCHEMA || stmt.behavior != DROP_CASCADE || context.effects.refused()) return;
  for (const Node* object : each(stmt.objects)) look_at(context, stmt, string_value(object), rule, reporter);
}

constexpr NodeTag kNodes[] = {T_DropStmt};

}  // namespace

extern const Rule kDropSchema;
const Rule kDropSchema{"drop-schema",   "tables",
                       Severity::error, "DROP SCHEMA … CASCADE loses everything in the schema, and locks all of it.",
                       kNodes,          check};

}  // namespace pglatch
