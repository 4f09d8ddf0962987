// What `pglatch locks` calls things, for readers who do not know PostgreSQL's lock modes by heart, and the legend
// that explains the words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/locks_formats.h"
#include "analyzer/report/terminal_text.h"

namespace pglatch {

/// A word that the legend explains where it was used.
enum class LocksTerm : std::uint8_t {
  schema_changes,
  same_rows,
  moment,
  scan,
  index_build,
  rewrite,
  foreign_key_check,
  row_writes,
  until_commit,
  if_reached,
  no_lock_timeout,
  lock_timeout,
  unknown_transaction,
};

/// The words that were used, as a set.
class LocksTerms {
 public:
  void add(LocksTerm term) noexcept { used_ |= bit(term); }
  [[nodiscard]] bool has(LocksTerm term) const noexcept { return (used_ & bit(term)) != 0; }

 private:
  static std::uint32_t bit(LocksTerm term) noexcept { return 1U << static_cast<unsigned>(term); }
  std::uint32_t used_ = 0;
};

/// What other sessions cannot do with the relation: "reads and writes".
[[nodiscard]] std::string blocked_by(const ReportedStatement& statement, const ReportedLock& lock, LocksTerms& terms);
/// The same of a lock that is held already.
[[nodiscard]] std::string_view blocked_by(LockMode mode) noexcept;
/// "scan, until COMMIT": the kinds of work while which it stays. Work that only this script can see takes
/// no time.
[[nodiscard]] std::string how_long(const ReportedStatement& statement, const ReportedLock& lock, LocksTerms& terms);
/// The relation's part in the statement: "a partition".
[[nodiscard]] std::string_view why(LockReason reason) noexcept;
/// How loud a mode is: by what it keeps waiting.
[[nodiscard]] Style style_of(LockMode mode) noexcept;
/// Work that takes the longer the bigger the table is.
[[nodiscard]] bool is_long(WorkKind kind) noexcept;

/// What a word means.
struct LegendEntry {
  std::string_view name;
  std::string_view text;
};
/// The words that were used.
[[nodiscard]] std::vector<LegendEntry> legend_of(const LocksTerms& terms);
/// A line for each of them, or nothing.
[[nodiscard]] std::string write_legend(const LocksTerms& terms);

}  // namespace pglatch
