#include "analyzer/report/locks_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "analyzer/base/duration.h"

namespace pglatch {
namespace {

constexpr std::size_t kNoteCells = 110;

bool works_on(const ReportedStatement& statement, std::string_view relation) {
  return std::any_of(statement.work.begin(), statement.work.end(),
                     [&](const ReportedWork& work) { return work.live && work.relation == relation; });
}

bool works_long(const ReportedStatement& statement) {
  return std::any_of(statement.work.begin(), statement.work.end(),
                     [](const ReportedWork& work) { return work.live && is_long(work.kind); });
}

bool blocks_others(const ReportedLock& lock) { return lock.live && blocks_writes(lock.mode); }

// An index goes with its table where that is locked as strongly.
bool goes_with_its_table(const ReportedStatement& statement, const ReportedLock& lock) {
  return lock.reason == LockReason::index &&
         std::any_of(statement.locks.begin(), statement.locks.end(), [&](const ReportedLock& table) {
           return table.live && table.reason != LockReason::index && table.mode >= lock.mode;
         });
}

bool matters_little(const ReportedStatement& statement, const ReportedLock& lock) {
  return !blocks_writes(lock.mode) && lock.reason != LockReason::target && !works_on(statement, lock.relation);
}

// Names that share a line.
class NameList {
 public:
  void add(std::string_view name) { names_.push_back(printable(name)); }
  void add_to(std::vector<LocksNote>& notes, std::string label) const {
    if (names_.empty()) return;
    std::string text;
    std::size_t shown = 0;
    for (; shown < names_.size(); ++shown) {
      const std::size_t left = names_.size() - shown - 1;
      const std::size_t room = kNoteCells - cell_width(label) - (left > 0 ? 15 : 0);
      if (shown > 0 && cell_width(text) + 2 + cell_width(names_[shown]) > room) break;
      if (shown > 0) text += ", ";
      text += shorten(names_[shown], room);
    }
    if (shown < names_.size()) text += fmt::format(" and {} more", names_.size() - shown);
    notes.push_back({std::move(label), std::move(text), Style::quiet});
  }

 private:
  std::vector<std::string> names_;
};

class Lines {
 public:
  Lines(const ReportedStatement& statement, const LineIndex& lines, LocksTerms& terms)
      : statement_(statement), lines_(lines), terms_(terms) {}

  LocksLines make() && {
    add_locks(false, out_.rows, out_.notes);
    add_locks(true, out_.if_reached, out_.if_reached_notes);
    if (!out_.if_reached.empty() || !out_.if_reached_notes.empty()) terms_.add(LocksTerm::if_reached);
    const bool shows_locks = !out_.empty();
    out_.only_unseen = !shows_locks && !statement_.locks.empty();
    if (shows_locks) add_held();
    if (shows_locks) add_timeouts();
    if (!statement_.dynamic_sql.empty()) {
      out_.remarks.push_back(
          {"also", "runs SQL that is put together when it runs; what that locks is not known", Style::warning});
    }
    if (statement_.fails) out_.remarks.push_back({"fails:", printable(*statement_.fails), Style::error});
    return std::move(out_);
  }

 private:
  void add_locks(bool conditional, std::vector<LocksRow>& rows, std::vector<LocksNote>& notes) {
    NameList indexes;
    NameList weak;
    NameList unseen;
    for (const ReportedLock& lock : statement_.locks) {
      if (lock.conditional != conditional) continue;
      if (!lock.live) {
        unseen.add(lock.relation);
      } else if (matters_little(statement_, lock)) {
        weak.add(lock.relation);
      } else if (goes_with_its_table(statement_, lock) && !works_on(statement_, lock.relation)) {
        indexes.add(lock.relation);
      } else {
        rows.push_back(row_of(lock));
      }
    }
    fold(rows, notes);
    indexes.add_to(notes, "with the indexes:");
    weak.add_to(notes, "only schema changes blocked:");
    if (!rows.empty() || !notes.empty()) unseen.add_to(notes, "not seen by others yet:");
  }

  LocksRow row_of(const ReportedLock& lock) {
    LocksRow row;
    row.mode = lock.mode;
    row.cells[kRelation] = printable(lock.relation);
    row.cells[kBlocked] = blocked_by(statement_, lock, terms_);
    row.cells[kHowLong] = how_long(statement_, lock, terms_);
    row.cells[kWhy] = why(lock.reason);
    row.cells[kLock] = sql_name(lock.mode);
    const ReportedHeldLock* held = held_on(lock.relation);
    if (held != nullptr && !lock.waits && blocks_writes(held->mode)) {
      row.cells[kWhy] += ", " + since(*held);
    }
    return row;
  }

  // Where many relations share a fate (partitions), the first one stands for all of them.
  static void fold(std::vector<LocksRow>& rows, std::vector<LocksNote>& notes) {
    constexpr std::size_t kShownAlone = 3;
    const auto alike = [](const LocksRow& a, const LocksRow& b) {
      return std::equal(a.cells.begin() + kBlocked, a.cells.end(), b.cells.begin() + kBlocked);
    };
    std::vector<LocksRow> kept;
    while (!rows.empty()) {
      const LocksRow first = rows.front();
      const auto others =
          std::stable_partition(rows.begin(), rows.end(), [&](const LocksRow& row) { return alike(row, first); });
      const auto count = static_cast<std::size_t>(others - rows.begin());
      const std::size_t shown = count > kShownAlone ? 1 : count;
      kept.insert(kept.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(shown));
      NameList more;
      for (auto row = rows.begin() + static_cast<std::ptrdiff_t>(shown); row != others; ++row) {
        more.add(row->cells[kRelation]);
      }
      more.add_to(notes, fmt::format("and {} more like {}:", count - shown, first.cells[kRelation]));
      rows.erase(rows.begin(), others);
    }
    rows = std::move(kept);
  }

  const ReportedHeldLock* held_on(std::string_view relation) const {
    const auto found = std::find_if(statement_.held.begin(), statement_.held.end(),
                                    [&](const ReportedHeldLock& held) { return held.relation == relation; });
    return found == statement_.held.end() ? nullptr : &*found;
  }

  std::string since(const ReportedHeldLock& held) const {
    return held.taken_at ? fmt::format("since line {}", lines_.line(*held.taken_at)) : "from before this part";
  }

  // What stays blocked while this statement waits and works.
  void add_held() {
    NameList certain;
    NameList perhaps;
    for (const ReportedHeldLock& held : statement_.held) {
      const bool said_above = std::any_of(
          statement_.locks.begin(), statement_.locks.end(),
          [&](const ReportedLock& lock) { return lock.relation == held.relation && lock.mode >= held.mode; });
      if (said_above || !blocks_writes(held.mode)) continue;
      (held.conditional ? perhaps : certain)
          .add(fmt::format("{} ({} {})", held.relation, blocked_by(held.mode), since(held)));
    }
    certain.add_to(out_.remarks, "still blocked:");
    if (statement_.in_transaction == InTransaction::yes) {
      perhaps.add_to(out_.remarks, "perhaps still blocked:");
    } else if (works_long(statement_)) {
      perhaps.add_to(out_.remarks, "still blocked, if in one transaction:");
    }
  }

  void add_timeouts() {
    const bool waits = std::any_of(statement_.locks.begin(), statement_.locks.end(),
                                   [](const ReportedLock& lock) { return lock.waits && blocks_others(lock); });
    if (!waits && !works_long(statement_)) return;
    std::string& text = out_.timeouts.text;
    if (statement_.lock_timeout_ms.value_or(0) > 0) {
      text = "lock_timeout " + duration_text(*statement_.lock_timeout_ms);
      terms_.add(LocksTerm::lock_timeout);
    } else if (waits) {
      text = statement_.lock_timeout_ms ? "lock_timeout is off" : "no lock_timeout";
      terms_.add(LocksTerm::no_lock_timeout);
      out_.timeouts.style = Style::warning;
    }
    if (statement_.statement_timeout_ms.value_or(0) > 0) {
      if (!text.empty()) text += ", ";
      text += "statement_timeout " + duration_text(*statement_.statement_timeout_ms);
    }
  }

  const ReportedStatement& statement_;
  const LineIndex& lines_;
  LocksTerms& terms_;
  LocksLines out_;
};

}  // namespace

LocksLines lines_of(const ReportedStatement& statement, const LineIndex& lines, LocksTerms& terms) {
  return Lines(statement, lines, terms).make();
}

}  // namespace pglatch
