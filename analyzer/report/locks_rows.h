// From what is known of a statement to the lines that `pglatch locks` prints below it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "analyzer/report/locks_formats.h"
#include "analyzer/report/locks_words.h"
#include "analyzer/report/terminal_text.h"
#include "analyzer/source/line_index.h"

namespace pglatch {

/// The columns of the table.
inline constexpr std::size_t kRelation = 0;
inline constexpr std::size_t kBlocked = 1;
inline constexpr std::size_t kHowLong = 2;
inline constexpr std::size_t kWhy = 3;
inline constexpr std::size_t kLock = 4;
inline constexpr std::size_t kLocksColumns = 5;

struct LocksRow {
  std::array<std::string, kLocksColumns> cells;
  LockMode mode = LockMode::none;
};

/// A line that is no row of the table.
struct LocksNote {
  std::string label;  ///< in its style, before the text
  std::string text;
  Style style = Style::quiet;
};

struct LocksLines {
  std::vector<LocksRow> rows;
  std::vector<LocksNote> notes;
  std::vector<LocksRow> if_reached;  ///< only if code in the statement comes to it
  std::vector<LocksNote> if_reached_notes;
  std::vector<LocksNote> remarks;  ///< on the whole statement
  LocksNote timeouts;              ///< in effect, where they matter; else without text
  bool only_unseen = false;        ///< there are locks, on what other sessions do not see

  [[nodiscard]] bool empty() const noexcept {
    return rows.empty() && notes.empty() && if_reached.empty() && if_reached_notes.empty() && remarks.empty();
  }
};

/// Texts are printable. The words that want explaining are added to `terms`.
[[nodiscard]] LocksLines lines_of(const ReportedStatement& statement, const LineIndex& lines, LocksTerms& terms);

}  // namespace pglatch
