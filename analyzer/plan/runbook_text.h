// Pieces of the runbook: GitHub-flavoured Markdown whose markup nothing in a name or a statement can break.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plan/plan.h"

namespace pglatch::runbook {

/// A code block that its content cannot close. `indent`: blanks before each line, inside of a list.
[[nodiscard]] std::string code_block(std::string_view text, std::string_view language = "sql", std::size_t indent = 0);

/// A query or statement as a code block, with its semicolon.
[[nodiscard]] std::string sql_block(std::string_view sql, std::size_t indent = 0);

/// The same, folded where it is long.
[[nodiscard]] std::string folded_sql(std::string_view sql);

/// Code within a line.
[[nodiscard]] std::string code(std::string_view text);

/// Prose within a line: no line breaks, and nothing in it is markup.
[[nodiscard]] std::string prose(std::string_view text);

/// A row of a table, of cells that are Markdown.
[[nodiscard]] std::string table_row(const std::vector<std::string>& cells);
/// The first row, and the line under it.
[[nodiscard]] std::string table_head(const std::vector<std::string>& cells);

/// "1 step", "2 steps".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string enumerated(const std::vector<std::string>& items);

/// "S1 to S4", "S3", "S1 to S2, S5 to S9", nothing.
[[nodiscard]] std::string span_of(const std::vector<std::string>& steps);

/// "1.sql:12", as code.
[[nodiscard]] std::string place(const PlanOrigin& origin);

/// The strongest lock that makes others wait, the first of several; null where there is none. What runs concurrently
/// locks an index only when no transaction can use it any more.
[[nodiscard]] const StepLock* strongest(const std::vector<StepLock>& locks, bool concurrent = false);
[[nodiscard]] const StepLock* strongest(const Step& step);
[[nodiscard]] const StepLock* strongest(const Rollback& rollback);

/// Locks in a line, the strongest first, not more than three.
[[nodiscard]] std::string lock_list(std::vector<StepLock> locks, std::string_view separator);

/// "rewrites", "reads" …; the relation follows.
[[nodiscard]] std::string_view verb(WorkKind kind);

/// The work takes the longer the more rows there are.
[[nodiscard]] bool is_long(WorkKind kind);

/// The ids of the steps of a class.
[[nodiscard]] std::vector<std::string> steps_of(const Plan& plan, StepClass step_class);

/// There is nothing that would have to be undone: it checks or sets something, or validates what another step added
/// and is to remove.
[[nodiscard]] bool is_passive(const Step& step);

/// It does what undoes another step, and nothing else: what a plan made for a while goes.
[[nodiscard]] bool only_takes_back(const Step& step, const Plan& plan);

/// Statements of a step or the like, each with its semicolon.
[[nodiscard]] std::string joined(const std::vector<std::string>& statements);

/// A query that one or more steps have.
struct SharedQuery {
  std::string sql;
  std::vector<std::string> steps;
};

/// How steps are watched, and what must be true after them, each query once.
[[nodiscard]] std::vector<SharedQuery> watch_queries(const Plan& plan);
[[nodiscard]] std::vector<SharedQuery> verify_queries(const Plan& plan);

/// The number of a query among them, 1-based; 0: it is none of them.
[[nodiscard]] std::size_t number_of(std::string_view sql, const std::vector<SharedQuery>& queries);

}  // namespace pglatch::runbook
