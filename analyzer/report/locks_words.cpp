#include "analyzer/report/locks_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "analyzer/report/sentence.h"

namespace pglatch {
namespace {

struct Kind {
  WorkKind kind;
  std::string_view name;
  LocksTerm term;
};

// The longest first. A rewrite builds the indexes and checks the rows on its way.
constexpr std::array<Kind, 5> kLongWork{{
    {WorkKind::rewrite, "rewrite", LocksTerm::rewrite},
    {WorkKind::index_build, "index build", LocksTerm::index_build},
    {WorkKind::scan, "scan", LocksTerm::scan},
    {WorkKind::validate_fk, "key check", LocksTerm::foreign_key_check},
    {WorkKind::row_write, "row writes", LocksTerm::row_writes},
}};

struct Explanation {
  LocksTerm term;
  std::string_view name;
  std::string_view text;
};

constexpr Explanation kLegend[] = {
    {LocksTerm::schema_changes, "schema changes", "reads and writes go on; other DDL on the relation waits"},
    {LocksTerm::same_rows, "same rows", "reads go on, and so do writes of other rows; other DDL on the relation waits"},
    {LocksTerm::moment, "moment", "changes the catalog alone, whatever the size of the table"},
    {LocksTerm::scan, "scan", "reads every row: the bigger the table, the longer"},
    {LocksTerm::index_build, "index build", "reads every row and sorts them: the bigger the table, the longer"},
    {LocksTerm::rewrite, "rewrite", "copies the whole table and builds its indexes again: the longest of all"},
    {LocksTerm::foreign_key_check, "key check", "looks up every row of one table in the other, for a foreign key"},
    {LocksTerm::row_writes, "row writes", "as long as the rows take that the statement writes"},
    {LocksTerm::until_commit, "until COMMIT", "a transaction keeps its locks, whatever else it does until it ends"},
    {LocksTerm::if_reached, "if reached", "code decides when it runs whether it comes to that"},
    {LocksTerm::no_lock_timeout, "no lock_timeout",
     "it first waits for the transactions in its way, however long they take; whoever comes later waits behind it"},
    {LocksTerm::lock_timeout, "lock_timeout",
     "it fails when it has waited that long for a lock; until then whoever comes later waits behind it"},
    {LocksTerm::unknown_transaction, "one transaction?",
     "nothing says whether the file runs in one transaction, which would keep all its locks to the end; "
     "--execution-mode does"},
};

bool writes_existing_rows(std::string_view statement_kind) {
  return statement_kind == "UpdateStmt" || statement_kind == "DeleteStmt" || statement_kind == "MergeStmt";
}

bool does(const ReportedStatement& statement, WorkKind kind, std::string_view relation) {
  return std::any_of(statement.work.begin(), statement.work.end(), [&](const ReportedWork& work) {
    return work.live && work.kind == kind && work.relation == relation;
  });
}

std::string own_work(const ReportedStatement& statement, std::string_view relation, LocksTerms& terms) {
  const bool rewritten = does(statement, WorkKind::rewrite, relation);
  std::string text;
  for (const Kind& kind : kLongWork) {
    const bool in_rewrite = kind.kind == WorkKind::index_build || kind.kind == WorkKind::scan;
    if (!does(statement, kind.kind, relation) || (in_rewrite && rewritten)) continue;
    if (!text.empty()) text += " + ";
    text += kind.name;
    terms.add(kind.term);
  }
  return text;
}

// The longest work on another relation, while which this one stays locked.
std::string others_work(const ReportedStatement& statement, LocksTerms& terms) {
  constexpr std::size_t kNameCells = 24;
  for (const Kind& kind : kLongWork) {
    const auto is_it = [&](const ReportedWork& work) { return work.live && work.kind == kind.kind; };
    const auto found = std::find_if(statement.work.begin(), statement.work.end(), is_it);
    if (found == statement.work.end()) continue;
    terms.add(kind.term);
    const std::string name = printable(found->relation);
    const bool is_one = std::count_if(statement.work.begin(), statement.work.end(), is_it) == 1;
    if (is_one && cell_width(name) <= kNameCells) return fmt::format("{} of {}", kind.name, name);
    return fmt::format("{} of {}", kind.name, is_one ? "another" : "others");
  }
  return {};
}

}  // namespace

bool is_long(WorkKind kind) noexcept {
  return std::any_of(kLongWork.begin(), kLongWork.end(), [kind](const Kind& known) { return known.kind == kind; });
}

std::string_view blocked_by(LockMode mode) noexcept {
  if (blocks_reads(mode)) return "reads and writes";
  if (mode == LockMode::exclusive) return "all but plain reads";
  return blocks_writes(mode) ? "writes" : "schema changes";
}

std::string blocked_by(const ReportedStatement& statement, const ReportedLock& lock, LocksTerms& terms) {
  if (blocks_writes(lock.mode)) return std::string(blocked_by(lock.mode));
  if (writes_existing_rows(statement.kind) && does(statement, WorkKind::row_write, lock.relation)) {
    terms.add(LocksTerm::same_rows);
    return "same rows";
  }
  terms.add(LocksTerm::schema_changes);
  return std::string(blocked_by(lock.mode));
}

std::string how_long(const ReportedStatement& statement, const ReportedLock& lock, LocksTerms& terms) {
  std::string text = own_work(statement, lock.relation, terms);
  if (text.empty() && lock.held_until == HeldUntil::transaction) text = others_work(statement, terms);
  if (statement.in_transaction == InTransaction::yes && lock.held_until == HeldUntil::transaction) {
    terms.add(LocksTerm::until_commit);
    return text.empty() ? "until COMMIT" : text + ", until COMMIT";
  }
  if (text.empty()) {
    terms.add(LocksTerm::moment);
    text = "moment";
  }
  return text;
}

std::string_view why(LockReason reason) noexcept {
  switch (reason) {
    case LockReason::target:
      return "named here";
    case LockReason::partition:
      return "a partition";
    case LockReason::parent:
      return "what it belongs to";
    case LockReason::default_partition:
      return "default partition";
    case LockReason::referenced:
      return "foreign key target";
    case LockReason::referencing:
      return "foreign key to it";
    case LockReason::index:
      return "an index";
    case LockReason::inherited:
      return "inherits from it";
    case LockReason::dependent:
      return "depends on it";
  }
  return {};
}

Style style_of(LockMode mode) noexcept {
  if (blocks_reads(mode)) return Style::error;
  return blocks_writes(mode) ? Style::warning : Style::plain;
}

std::vector<LegendEntry> legend_of(const LocksTerms& terms) {
  std::vector<LegendEntry> entries;
  for (const Explanation& entry : kLegend) {
    if (terms.has(entry.term)) entries.push_back({entry.name, entry.text});
  }
  return entries;
}

std::string write_legend(const LocksTerms& terms) {
  constexpr std::size_t kNameCells = 19;
  constexpr std::size_t kTextCells = 88;
  std::string out;
  for (const LegendEntry& entry : legend_of(terms)) {
    out += "  ";
    append_padded(out, entry.name, kNameCells);
    append_wrapped(out, entry.text, kTextCells, std::string(2 + kNameCells, ' '));
  }
  return out;
}

}  // namespace pglatch
