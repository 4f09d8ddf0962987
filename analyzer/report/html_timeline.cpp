#include <fmt/format.h>

#include "analyzer/report/html_parts.h"
#include "analyzer/report/html_text.h"
#include "analyzer/report/lock_timeline.h"

namespace pglatch {
namespace {

// What waits: the colour of a bar.
std::string_view class_of(LockMode mode) {
  if (blocks_reads(mode)) return "reads";
  return blocks_writes(mode) ? "writes" : "weak";
}

std::string_view name_of(WorkKind kind) {
  switch (kind) {
    case WorkKind::rewrite:
      return "rewrite";
    case WorkKind::scan:
      return "scan";
    case WorkKind::index_build:
      return "index build";
    case WorkKind::validate_fk:
      return "key check";
    case WorkKind::row_write:
      return "row writes";
    case WorkKind::truncate:
      return "truncate";
  }
  return {};
}

std::string cell_of(const TimelineCell& cell, bool begins, bool ends, bool is_last) {
  std::string classes(is_last ? "end-of-transaction" : "");
  if (cell.mode == LockMode::none) return fmt::format("<td class=\"{}\"></td>", classes);
  std::string work;
  for (const WorkKind kind : cell.work) work += fmt::format("{}{}", work.empty() ? "" : ", ", name_of(kind));
  std::string bar = fmt::format("bar {}", class_of(cell.mode));
  if (begins) bar += " begins";
  if (ends) bar += " ends";
  if (cell.perhaps) bar += " perhaps";
  if (!work.empty()) bar += " works";
  const std::string_view held = cell.taken ? "locks" : "still held";
  const std::string shown = !work.empty() ? work : cell.taken ? "locks" : "";
  const std::string title = fmt::format("{}{}: {}, blocks {}{}{}", cell.perhaps ? "perhaps " : "", held,
                                        sql_name(cell.mode), blocked_by(cell.mode), work.empty() ? "" : "; ", work);
  return fmt::format("<td class=\"{}\"><div class=\"{}\"{}>{}<span class=\"vh\">{}</span></div></td>", classes, bar,
                     html_attribute("title", title), shown, html_text(title));
}

// The bar of a column and the one after it are one: what is locked stays so, perhaps at least.
bool goes_on(const TimelineRow& row, const std::vector<TimelineColumn>& columns, std::size_t column) {
  const TimelineCell& next = row.cells[column + 1];
  return !columns[column].is_last && row.cells[column].mode != LockMode::none && next.mode != LockMode::none &&
         (next.held || !next.taken);
}

std::string row_of(const TimelineRow& row, const std::vector<TimelineColumn>& columns) {
  std::string out = fmt::format("<tr><th scope=\"row\"><code>{}</code>", html_text(row.relations.front()));
  if (row.relations.size() > 1) {
    out += fmt::format("<details><summary>and {} more</summary>", row.relations.size() - 1);
    for (std::size_t i = 1; i < row.relations.size(); ++i) {
      out += fmt::format("<code>{}</code><br/>", html_text(row.relations[i]));
    }
    out += "</details>";
  }
  out += "</th>";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool from_before = i > 0 && goes_on(row, columns, i - 1);
    const bool on = i + 1 < columns.size() && goes_on(row, columns, i);
    out += cell_of(row.cells[i], !from_before, !on, columns[i].is_last);
  }
  return out + "</tr>\n";
}

}  // namespace

std::string html_timeline(const HtmlFile& file) {
  if (file.locks == nullptr) return {};
  const LockTimeline timeline = timeline_of(*file.locks);
  if (timeline.rows.empty()) return {};
  std::string out = fmt::format(
      "<div class=\"timeline\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{0}-t\">\n<table>\n<caption "
      "id=\"{0}-t\">What stays locked, statement by statement</caption>\n<thead><tr><th scope=\"col\">relation</th>",
      file.id);
  for (const TimelineColumn& column : timeline.columns) {
    out += fmt::format("<th scope=\"col\" class=\"{}\"><a href=\"#{}-l{}\">line {}</a><span>{}</span></th>",
                       column.is_last ? "end-of-transaction" : "", file.id, column.line, column.line,
                       html_text(column.command));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const TimelineRow& row : timeline.rows) out += row_of(row, timeline.columns);
  out += "</tbody>\n</table>\n</div>\n";
  if (timeline.more_columns > 0) {
    out += fmt::format("<p class=\"note\">{} later statements lock something too; they are not drawn.</p>\n",
                       timeline.more_columns);
  }
  return out;
}

}  // namespace pglatch
