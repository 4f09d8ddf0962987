// What a script keeps locked while it goes from statement to statement: rows of relations, columns of statements.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/report/locks_formats.h"

namespace pglatch {

/// One relation while one statement runs.
struct TimelineCell {
  LockMode mode = LockMode::none;  ///< the strongest there is then; none: the relation is free
  bool taken = false;              ///< by this statement, this mode; else it is held since an earlier one
  bool held = false;               ///< something is held since an earlier one for certain
  bool perhaps = false;            ///< only if it is one transaction, or if code comes to it
  std::vector<WorkKind> work{};    ///< what takes time

  friend bool operator==(const TimelineCell&, const TimelineCell&) = default;
};

struct TimelineRow {
  std::vector<std::string> relations;  ///< one; more where they share a fate, such as partitions
  std::vector<TimelineCell> cells;     ///< one a column
};

struct TimelineColumn {
  std::uint32_t line = 0;
  std::string command;   ///< "ALTER TABLE"
  bool is_last = false;  ///< what is held then is released at its end: the next column is of another transaction
};

struct LockTimeline {
  std::vector<TimelineColumn> columns;  ///< the statements while which something is locked that others notice
  std::vector<TimelineRow> rows;        ///< the relations that are, in the order in which that begins
  std::size_t more_columns = 0;         ///< such statements beyond the first ones, which are not here
};

/// Of relations that others can see: those that are locked against writes, or worked on for long.
[[nodiscard]] LockTimeline timeline_of(const ReportedFile& file);

}  // namespace pglatch
