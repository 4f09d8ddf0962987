#include <algorithm>

#include "analyzer/base/concat.h"
#include "rules/support/new_index.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

bool is_about_indexes(const Statement& statement) {
  switch (statement.tag()) {
    case T_IndexStmt:
    case T_ReindexStmt:
    case T_VacuumStmt:
    case T_VariableSetStmt:
    case T_TransactionStmt:
    case T_SelectStmt:
      return true;
    case T_DropStmt:
      return as<DropStmt>(statement.node)->removeType == OBJECT_INDEX;
    default:
      return false;
  }
}

// The out-of-band script itself: a file that is no migration and holds nothing but indexes.
bool is_index_script(const StatementContext& context) {
  const auto all_are = [](std::span<const Statement> statements) {
    return std::all_of(statements.begin(), statements.end(), is_about_indexes);
  };
  return context.code == nullptr && context.script.version.empty() && all_are(context.preceding) &&
         all_are(context.following);
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& index = *as<IndexStmt>(context.statement.node);
  if (index.unique) return;
  const Relation* table = table_of_new_index(context, index);
  if (table == nullptr || is_index_script(context)) return;

  Finding finding = make_finding(context, rule, leading_words(context, {"create", "index", "concurrently"}), table->id);
  const std::string name = context.name(table->id);
  if (context.is_live(table->id)) {
    finding.message = concat({"A schema migration builds an index on ", name,
                              " that no constraint needs. Where the build takes long or fails, so does the deployment, "
                              "which would do without the index."});
    finding.help =
        "Move it to the script that builds indexes after the migrations, CONCURRENTLY and as often as it takes.";
  } else {
    // There is nothing to build yet, but the policy is one place for all of them.
    finding.severity = Severity::info;
    finding.message = concat({"A schema migration creates an index on ", name,
                              " that no constraint needs. The table is new, so it costs nothing; but those who look "
                              "after the indexes look for them in one place."});
    finding.help = "Move it to the script that builds indexes after the migrations.";
  }
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt};

}  // namespace

extern const Rule kIndexInMigration;
const Rule kIndexInMigration{"index-in-migration",
                             "policy",
                             Severity::warning,
                             "An index that no constraint needs is built by a schema migration.",
                             kNodes,
                             check,
                             true};

}  // namespace pglatch
