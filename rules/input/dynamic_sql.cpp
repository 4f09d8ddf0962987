#include <fmt/core.h>

#include <array>

#include "analyzer/base/ascii.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// A call of a function that does it has the range of the call.
bool follows_execute(std::string_view sql, ByteRange range) {
  constexpr std::string_view kExecute = "execute";
  const std::string_view before = trimmed(sql.substr(0, range.start));
  return before.size() >= kExecute.size() &&
         equal_ignoring_case(before.substr(before.size() - kExecute.size()), kExecute);
}

// Code within code adds to the effects of the statement that runs it all, so that only that one is looked at.
void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.code != nullptr) return;
  for (const ByteRange range : context.effects.dynamic_sql) {
    const bool inside = range != context.statement.range && follows_execute(context.sql, range);
    Finding finding = make_finding(context, rule, first_line(context.sql, range), kNoRelation);
    finding.message =
        inside
            ? "EXECUTE runs a text that is made up when the code runs, so pglatch does not know what it locks. Other "
              "findings say nothing of it."
            : "The statement runs SQL that is made up when it runs or that pglatch cannot read, so its locks are not "
              "all known. Other findings say nothing of it.";
    finding.help =
        inside ? "Write the statement out where its text is always the same; else see what it runs on a copy of the "
                 "database, and take the locks of that for what happens."
               : "Look into the code yourself: which relations does it lock, and for how long?";
    reporter.report(std::move(finding));
  }
}

// Whatever can run code.
constexpr std::array kNodes = {T_DoStmt,    T_CallStmt, T_SelectStmt,  T_InsertStmt,        T_UpdateStmt, T_DeleteStmt,
                               T_MergeStmt, T_CopyStmt, T_ExplainStmt, T_CreateTableAsStmt, T_ExecuteStmt};

}  // namespace

extern const Rule kDynamicSql;
const Rule kDynamicSql{"dynamic-sql",  "input",
                       Severity::info, "Code runs SQL whose text is made up when it runs, so its locks are not known.",
                       kNodes,         check};

}  // namespace pglatch
