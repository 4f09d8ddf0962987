#include "analyzer/report/lock_timeline.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/report/locks_words.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::size_t kMostColumns = 60;
constexpr std::size_t kShownAlone = 3;  // of relations that share a fate

using Cells = std::map<std::string, TimelineCell>;

// The words that the names of commands are made of, as far as they take more than one; sorted.
constexpr std::string_view kCommandWords[] = {
    "collation", "concurrently", "default",    "domain",     "event",        "extension", "foreign",
    "function",  "global",       "index",      "into",       "local",        "mapping",   "materialized",
    "or",        "policy",       "privileges", "procedure",  "publication",  "replace",   "role",
    "rule",      "schema",       "sequence",   "statistics", "subscription", "table",     "temp",
    "temporary", "trigger",      "type",       "unique",     "unlogged",     "user",      "view",
};
static_assert(std::is_sorted(std::begin(kCommandWords), std::end(kCommandWords)));

// "CREATE UNIQUE INDEX CONCURRENTLY" of a statement.
std::string command_of(std::string_view text, ByteRange statement) {
  std::string command;
  Lexer lexer(text.substr(0, statement.end), statement.start);
  for (Token token = lexer.next_code(); token.kind == TokenKind::word; token = lexer.next_code()) {
    const std::string word = to_lower(token.of(text));
    const bool goes_on = std::binary_search(std::begin(kCommandWords), std::end(kCommandWords), word);
    if (!command.empty() && !goes_on) break;
    if (!command.empty()) command += ' ';
    for (const char c : word) command += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return command;
}

// Said of its table already.
bool goes_with_its_table(const ReportedStatement& statement, const ReportedLock& lock) {
  return lock.reason == LockReason::index &&
         std::any_of(statement.locks.begin(), statement.locks.end(), [&](const ReportedLock& table) {
           return table.live && table.reason != LockReason::index && table.mode >= lock.mode;
         });
}

Cells cells_of(const ReportedStatement& statement) {
  Cells cells;
  for (const ReportedHeldLock& held : statement.held) {
    TimelineCell& cell = cells[held.relation];
    cell.mode = std::max(cell.mode, held.mode);
    cell.perhaps = held.conditional;
    cell.held = !held.conditional;
  }
  for (const ReportedLock& lock : statement.locks) {
    if (!lock.live || goes_with_its_table(statement, lock)) continue;
    TimelineCell& cell = cells[lock.relation];
    // What is perhaps held already counts for nothing where the statement takes it itself.
    const bool surely = cell.perhaps && !lock.conditional && lock.mode >= cell.mode;
    if (cell.mode == LockMode::none || surely) cell.perhaps = lock.conditional;
    cell.taken = cell.taken || surely || lock.mode > cell.mode;
    cell.mode = std::max(cell.mode, lock.mode);
  }
  for (const ReportedWork& work : statement.work) {
    const auto found = cells.find(work.relation);
    if (work.live && is_long(work.kind) && found != cells.end()) found->second.work.push_back(work.kind);
  }
  return cells;
}

bool is_noticed(const TimelineCell& cell) { return blocks_writes(cell.mode) || !cell.work.empty(); }

// The relations whose cells are all equal become one row where they are many.
std::vector<TimelineRow> folded(std::vector<TimelineRow> rows) {
  std::vector<TimelineRow> out;
  while (!rows.empty()) {
    const std::vector<TimelineCell> cells = rows.front().cells;
    const auto others =
        std::stable_partition(rows.begin(), rows.end(), [&](const TimelineRow& row) { return row.cells == cells; });
    const auto count = static_cast<std::size_t>(others - rows.begin());
    for (auto row = rows.begin(); row != others; ++row) {
      if (count > kShownAlone && row != rows.begin()) {
        out.back().relations.push_back(std::move(row->relations.front()));
      } else {
        out.push_back(std::move(*row));
      }
    }
    rows.erase(rows.begin(), others);
  }
  return out;
}

}  // namespace

LockTimeline timeline_of(const ReportedFile& file) {
  LockTimeline timeline;
  const std::string_view text = file.file->text();
  std::vector<Cells> columns;
  for (std::size_t i = 0; i < file.statements.size(); ++i) {
    const ReportedStatement& statement = file.statements[i];
    Cells cells = cells_of(statement);
    const bool shows =
        std::any_of(cells.begin(), cells.end(), [](const auto& each) { return is_noticed(each.second); });
    if (!shows) continue;
    if (columns.size() == kMostColumns) {
      ++timeline.more_columns;
      continue;
    }
    const bool goes_on = i + 1 < file.statements.size() && !file.statements[i + 1].held.empty();
    timeline.columns.push_back(
        {file.file->lines().line(statement.range.start), command_of(text, statement.range), !goes_on});
    columns.push_back(std::move(cells));
  }
  std::map<std::string, std::size_t> row_of;
  for (const Cells& cells : columns) {
    for (const auto& [relation, cell] : cells) {
      if (!is_noticed(cell) || !row_of.emplace(relation, timeline.rows.size()).second) continue;
      timeline.rows.push_back({{relation}, std::vector<TimelineCell>(columns.size())});
    }
  }
  for (std::size_t column = 0; column < columns.size(); ++column) {
    for (auto& [relation, cell] : columns[column]) {
      if (const auto row = row_of.find(relation); row != row_of.end()) {
        timeline.rows[row->second].cells[column] = std::move(cell);
      }
    }
  }
  timeline.rows = folded(std::move(timeline.rows));
  return timeline;
}

}  // namespace pglatch
