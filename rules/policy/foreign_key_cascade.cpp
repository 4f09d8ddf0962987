#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/table_definition.h"

namespace pglatch {
namespace {

struct Cascade {
  std::string_view verb;  // of the words ON … CASCADE
  std::string_view what;  // is done to the referenced row
  std::string_view then;  // to the rows that reference it
  Severity severity;
};

void report(const StatementContext& context, const Rule& rule, Reporter& reporter, const Constraint& key,
            const RangeVar& table, const Cascade& cascade) {
  const ByteRange from{context.statement.offset(key.location), context.statement.range.end};
  Finding finding = make_finding(
      context, rule, find_words(context.sql, from, {"on", cascade.verb, "cascade"}).value_or(from), kNoRelation);
  finding.severity = cascade.severity;
  finding.relations.push_back(table_name(context, table));
  const Relation* referenced = find_relation(context, key.pktable);
  finding.message = fmt::format(
      "{} a row of {} {} every row of {} that references it. There may be millions, in the same transaction and "
      "without "
      "a word of them in the statement.",
      cascade.what, referenced == nullptr ? text(key.pktable->relname) : context.name(referenced->id), cascade.then,
      finding.relations.front());
  finding.help =
      fmt::format("Leave it at NO ACTION, and {} the rows that reference it first, in batches.", cascade.verb);
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_new_constraint(context, CONSTR_FOREIGN, [&](const Constraint& key, const RangeVar& table, const ColumnDef*) {
    if (key.fk_del_action == FKCONSTR_ACTION_CASCADE) {
      report(context, rule, reporter, key, table, {"delete", "Deleting", "deletes", rule.severity});
    } else if (key.fk_upd_action == FKCONSTR_ACTION_CASCADE) {
      // Keys are seldom changed, and no row is lost.
      report(context, rule, reporter, key, table, {"update", "Changing the key of", "changes", Severity::info});
    }
  });
}

}  // namespace

extern const Rule kForeignKeyCascade;
const Rule kForeignKeyCascade{"foreign-key-cascade",
                              "policy",
                              Severity::warning,
                              "Deleting one row may delete or change any number of rows elsewhere.",
                              kTableDefinitions,
                              check,
                              true};

}  // namespace pglatch
