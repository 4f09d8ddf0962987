#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/parse/walk.h"
#include "analyzer/source/frameworks/text_lines.h"
#include "analyzer/source/templates.h"
#include "rules/support/impact.h"
#include "rules/support/system_views.h"

namespace pglatch {
namespace {

// What the table of columns was taken from.
constexpr int kOldest = 14;
constexpr int kNewest = 18;

// A catalog or view in FROM.
struct Source {
  std::string_view view;
  std::string_view alias;
  std::string_view columns;
};

// Gathers what a FROM clause reads; false where any of it is something else, whose columns nobody knows.
bool add_sources(const Node* from, std::vector<Source>& sources, int depth = 0) {
  constexpr int kMaxDepth = 100;
  if (depth == kMaxDepth) return false;
  if (const auto* join = as<JoinExpr>(from)) {
    return join->alias == nullptr && add_sources(join->larg, sources, depth + 1) &&
           add_sources(join->rarg, sources, depth + 1);
  }
  const auto* relation = as<RangeVar>(from);
  if (relation == nullptr) return false;
  const NameView name = name_of(relation);
  if (!name.schema.empty() && name.schema != "pg_catalog") return false;
  const std::string_view columns = columns_of_system_view(name.name);
  if (columns.empty() || (relation->alias != nullptr && relation->alias->colnames != nullptr)) return false;
  sources.push_back({name.name, relation->alias == nullptr ? name.name : text(relation->alias->aliasname), columns});
  return true;
}

bool has_column(const Source& source, std::string_view column) {
  return has_word(source.columns, column) || has_word("oid tableoid ctid xmin xmax cmin cmax", column);
}

// The view that lacks the column which is referred to; null where it is there, or is no column of them.
const Source* lacking(const ColumnRef& column, const std::vector<Source>& sources,
                      const std::vector<std::string>& named) {
  const auto fields = each(column.fields);
  const std::string_view last = string_value(fields.back());
  if (last.empty() || fields.size() > 2) return nullptr;
  const std::string_view qualifier = fields.size() == 2 ? string_value(fields[0]) : std::string_view();
  for (const Source& source : sources) {
    if (!qualifier.empty() && source.alias != qualifier) continue;
    if (qualifier.empty() && (source.alias == last || has_column(source, last))) return nullptr;
    if (!qualifier.empty()) return has_column(source, last) ? nullptr : &source;
  }
  if (!qualifier.empty() || std::find(named.begin(), named.end(), last) != named.end()) return nullptr;
  return &sources.front();
}

// The names that the query gives its own columns: ORDER BY and GROUP BY can use them.
std::vector<std::string> names_given(const SelectStmt& select) {
  std::vector<std::string> names;
  for (const ResTarget* target : each<ResTarget>(select.targetList)) {
    if (target->name != nullptr) names.emplace_back(target->name);
  }
  return names;
}

struct Missing {
  const ColumnRef* column;
  Source source;
};

// In a query within this one other columns can be meant.
void find_missing(const void* part, const std::vector<Source>& sources, const std::vector<std::string>& named,
                  std::optional<Missing>& first) {
  walk(part, [&](const Node* node) {
    if (first) return Walk::stop;
    if (node->type == T_SubLink || node->type == T_SelectStmt || node->type == T_RangeSubselect) return Walk::over;
    const auto* column = as<ColumnRef>(node);
    if (column == nullptr) return Walk::into;
    if (const Source* source = lacking(*column, sources, named)) first = Missing{column, *source};
    return Walk::over;
  });
}

std::optional<Missing> first_missing(const SelectStmt& select) {
  std::vector<Source> sources;
  for (const Node* from : each(select.fromClause)) {
    if (!add_sources(from, sources)) return std::nullopt;
  }
  if (sources.empty() || select.withClause != nullptr || select.op != SETOP_NONE) return std::nullopt;
  std::optional<Missing> first;
  find_missing(select.targetList, sources, {}, first);
  for (const Node* from : each(select.fromClause)) {
    if (const auto* join = as<JoinExpr>(from)) find_missing(join->quals, sources, {}, first);
  }
  find_missing(select.whereClause, sources, {}, first);
  const std::vector<std::string> named = names_given(select);
  find_missing(select.groupClause, sources, named, first);
  find_missing(select.havingClause, sources, {}, first);
  find_missing(select.sortClause, sources, named, first);
  return first;
}

void report_column(const StatementContext& context, const Missing& missing, const Rule& rule, Reporter& reporter) {
  const std::string_view name = string_value(each(missing.column->fields).back());
  const std::uint32_t start = context.statement.offset(missing.column->location);
  const std::size_t end = context.sql.find_first_of(" \t\r\n,;()=<>|:+-*/", start);
  Finding finding = make_finding(
      context, rule, {start, static_cast<std::uint32_t>(std::min(end, std::size_t{context.statement.range.end}))},
      kNoRelation);
  finding.message = fmt::format("PostgreSQL refuses this query: {} has no column \"{}\".", missing.source.view, name);
  const std::string_view meant = usual_mistake(name);
  finding.help = !meant.empty() && has_word(missing.source.columns, meant)
                     ? fmt::format("Ask for {}.", meant)
                     : fmt::format(
                           "Run the query on a server before somebody needs its answer; \\d {} lists what is "
                           "there.",
                           missing.source.view);
  reporter.report(std::move(finding));
}

// A function of PostgreSQL's own without the arguments that it needs.
bool lacks_arguments(const FuncCall& call) {
  const NameView name = name_of(call.funcname);
  if ((!name.schema.empty() && name.schema != "pg_catalog") || call.agg_star) return false;
  return each(call.args).size() < static_cast<std::size_t>(arguments_needed(name.name));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.pg_version < kOldest || context.pg_version > kNewest) return;
  // A name can be a variable of the code, or whatever psql and others put in.
  if (context.code != nullptr || is_filled_in(context.script, context.statement.range)) return;
  const auto* select = as<SelectStmt>(context.statement.node);
  if (const auto missing = first_missing(*select)) return report_column(context, *missing, rule, reporter);
  walk(select, [&](const Node* node) {
    const auto* call = as<FuncCall>(node);
    if (call == nullptr || !lacks_arguments(*call)) return Walk::into;
    const std::string_view name = name_of(call->funcname).name;
    const std::uint32_t start = context.statement.offset(call->location);
    Finding finding =
        make_finding(context, rule, {start, start + static_cast<std::uint32_t>(name.size())}, kNoRelation);
    finding.message = fmt::format("PostgreSQL refuses this query: there is no {}() without an argument.", name);
    finding.help = name.ends_with("_backend") || name == "pg_blocking_pids"
                       ? "Give it the pid of a session: pg_stat_activity has them."
                       : "Say what it is asked about.";
    reporter.report(std::move(finding));
    return Walk::stop;
  });
}

constexpr std::array kNodes = {T_SelectStmt};

}  // namespace

extern const Rule kCatalogQueryFails;
const Rule kCatalogQueryFails{"catalog-query-fails",
                              "input",
                              Severity::warning,
                              "A query asks PostgreSQL's catalogs or statistics for what they do not have.",
                              kNodes,
                              check};

}  // namespace pglatch
