#include "analyzer/plan/transaction_group.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

Step& only_step(PlannedItem& item) { return item.phases.front().steps.front(); }

bool is_statement(const PlannedItem& item) { return !item.setting; }

void unite(std::vector<StepLock>& locks, const std::vector<StepLock>& more) {
  for (const StepLock& lock : more) {
    const auto known = std::find_if(locks.begin(), locks.end(),
                                    [&](const StepLock& other) { return other.relation == lock.relation; });
    if (known == locks.end()) {
      locks.push_back(lock);
    } else if (known->mode < lock.mode) {
      *known = lock;
    }
  }
}

// Where a statement that is tied begins what must stay together, and behind where that ends.
std::pair<std::size_t, std::size_t> find_tied(const std::vector<PlannedItem>& items) {
  std::size_t first = items.size();
  std::size_t end = items.size();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!is_statement(items[i]) || items[i].bond == Bond::free) continue;
    first = std::min(first, i);
    if (items[i].bond == Bond::to_the_end) return {first, items.size()};
    end = i + 1;
  }
  return {first, end};
}

using Pieces = std::vector<std::vector<PlannedItem>>;

// Statements that can share a transaction, in pieces that lock one table in use each, as far as they do not have to
// stay together. (An added foreign key locks two, whatever is done.)
Pieces cut(std::vector<PlannedItem> items) {
  const auto [tied, tied_end] = find_tied(items);
  std::vector<LockedTable> all;
  for (const PlannedItem& item : items) add_locked_tables(item.tables, all);
  const bool must_commit = std::any_of(items.begin(), items.end(), [](const PlannedItem& i) { return i.after_commit; });
  if (all.size() < 2 && !must_commit) return items.empty() ? Pieces() : Pieces{std::move(items)};
  Pieces pieces;
  std::vector<LockedTable> locked;
  for (std::size_t i = 0; i < items.size(); ++i) {
    PlannedItem& item = items[i];
    std::vector<LockedTable> with = locked;
    add_locked_tables(item.tables, with);
    const bool inside = i > tied && i < tied_end;
    const bool at_edge = all.size() > 1 && tied < tied_end &&
                         ((i == tied && !locked.empty()) || (i == tied_end && !item.tables.empty()));
    const bool another_table = !locked.empty() && with.size() > locked.size();
    if (pieces.empty() || item.after_commit || at_edge || (another_table && !inside)) {
      pieces.emplace_back();
      with = item.tables;
    }
    locked = std::move(with);
    pieces.back().push_back(std::move(item));
  }
  return pieces;
}

std::string without_local(const std::string& sql) {
  Lexer lexer(sql);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (!token.is_word("local", sql)) continue;
    return sql.substr(0, token.range.start) + sql.substr(skip_space_and_comments(sql, token.range.end));
  }
  // set_config(name, value, true): is_local is its last argument.
  return sql.substr(0, sql.rfind(',')) + ", false)";
}

}  // namespace

void make_session_setting(PlannedItem& item) {
  Step& step = only_step(item);
  step.sql = {without_local(step.sql.front())};
  step.title = shortened(step.sql.front());
}

void TransactionGroup::begin(std::string what) {
  if (!open_) what_ = std::move(what);
  open_ = true;
}

void TransactionGroup::rollback_to(std::string_view savepoint) {
  const auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                                  [&](const auto& entry) { return entry.first == savepoint; });
  if (found != savepoints_.rend()) drop_from(found->second);
}

void TransactionGroup::rollback() {
  if (open_) drop_from(0);
  commit();
}

void TransactionGroup::drop_from(std::size_t first) {
  for (std::size_t i = first; i < items_.size(); ++i) builder_.drop(items_[i]);
  items_.resize(first);
}

void TransactionGroup::commit() {
  Items items = std::exchange(items_, {});
  items.erase(std::remove_if(items.begin(), items.end(), [](const PlannedItem& item) { return item.phases.empty(); }),
              items.end());
  savepoints_.clear();
  open_ = false;
  // Settings of the session that come first can as well come before the transaction.
  const auto first = std::find_if(items.begin(), items.end(), [](const PlannedItem& item) {
    return is_statement(item) || (item.setting && item.setting->is_local);
  });
  const bool together =
      std::all_of(first, items.end(),
                  [](const PlannedItem& item) { return item.may_share || (item.setting && item.setting->is_local); }) &&
      cut(Items(first, items.end())).size() <= 1;
  const auto statements = std::count_if(first, items.end(), is_statement);
  if (together && statements > 1) {
    std::for_each(items.begin(), first, [&](PlannedItem& item) { builder_.append(std::move(item)); });
    return builder_.append(merged({std::make_move_iterator(first), std::make_move_iterator(items.end())}));
  }
  std::vector<Items> pieces;
  for (auto item = items.begin(); item != items.end();) {
    const auto end = std::find_if(item, items.end(), [](const PlannedItem& one) { return !one.may_share; });
    for (Items& piece : cut({std::make_move_iterator(item), std::make_move_iterator(end)})) {
      pieces.push_back(std::move(piece));
    }
    item = end;
    if (item != items.end()) pieces.push_back({std::move(*item++)});
  }
  const auto transactions =
      std::count_if(pieces.begin(), pieces.end(), [](const Items& piece) { return is_statement(piece.front()); });
  if (transactions > 1) {
    builder_.note(fmt::format("The {} becomes several: it is not all or nothing any more.", what_));
  }
  append_pieces(std::move(pieces));
}

// Without its transaction SET LOCAL would do nothing: it becomes SET, and is taken back at the end.
void TransactionGroup::append_pieces(std::vector<Items> pieces) {
  Items restore;
  for (Items& piece : pieces) {
    PlannedItem& item = piece.front();
    if (!item.setting || !item.setting->is_local) continue;
    restore.insert(restore.begin(), item);
    builder_.note(
        fmt::format("{} becomes a setting of the session, since its transaction is split.", only_step(item).title));
    make_session_setting(item);
  }
  for (Items& piece : pieces) {
    if (std::all_of(piece.begin(), piece.end(), [](const PlannedItem& item) { return item.only_locks; })) {
      for (const PlannedItem& item : piece)
        builder_.leave_out(item.statements.front(), "each step locks what it needs");
      continue;
    }
    builder_.append(piece.size() == 1 ? std::move(piece.front()) : merged(std::move(piece)));
  }
  for (PlannedItem& item : restore) {
    Step& step = only_step(item);
    step.sql = {builder_.restore_setting(item.setting->name)};
    step.title = shortened(step.sql.front());
    builder_.append(std::move(item));
  }
}

PlannedItem TransactionGroup::merged(Items items) const {
  PlannedItem result;
  std::vector<LockedTable> tables;
  std::size_t more = 0;
  bool keeps_order = false;
  for (PlannedItem& item : items) {
    add_locked_tables(item.tables, tables);
    keeps_order = keeps_order || item.bond == Bond::to_the_end;
    result.statements.insert(result.statements.end(), item.statements.begin(), item.statements.end());
    Step& part = only_step(item);
    if (result.phases.empty()) {
      result.phases = std::move(item.phases);
      result.phases.front().steps.front().title.clear();
    } else {
      Step& whole = only_step(result);
      whole.sql.push_back(part.sql.front());
      unite(whole.locks, part.locks);
      whole.work.insert(whole.work.end(), part.work.begin(), part.work.end());
    }
    if (item.setting) continue;
    Step& whole = only_step(result);
    if (whole.title.empty()) {
      whole.title = shortened(whole.sql.back());
      whole.step_class = StepClass::brief;
      whole.on_failure = "Nothing is left behind: run the script again.";
    } else {
      ++more;
    }
  }
  Step& whole = only_step(result);
  if (more > 0) whole.title += fmt::format(" and {} more in one transaction", more);
  // All at once at the beginning, or not at all: what is done by then would have to be done again.
  const std::vector<std::string> locks = keeps_order ? std::vector<std::string>() : lock_statements(tables);
  whole.sql.insert(whole.sql.begin(), locks.begin(), locks.end());
  return result;
}

}  // namespace pglatch
