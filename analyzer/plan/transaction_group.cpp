#include "analyzer/plan/transaction_group.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

Step& only_step(PlannedItem& item) { return item.phases.front().steps.front(); }

bool is_statement(const PlannedItem& item) { return !item.phases.empty() && !item.setting; }

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

void TransactionGroup::begin(std::string where) {
  if (!open_) where_ = std::move(where);
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
  std::vector<PlannedItem> items = std::exchange(items_, {});
  savepoints_.clear();
  open_ = false;
  // Settings of the session that come first can as well come before the transaction.
  const auto first = std::find_if(items.begin(), items.end(), [](const PlannedItem& item) {
    return is_statement(item) || (item.setting && item.setting->is_local);
  });
  const bool together = std::all_of(first, items.end(), [](const PlannedItem& item) {
    return item.phases.empty() || item.may_share || (item.setting && item.setting->is_local);
  });
  const auto statements = std::count_if(first, items.end(), is_statement);
  if (!together || statements < 2) {
    if (statements > 1) {
      builder_.note(
          fmt::format("The transaction that begins at {} becomes several: it is not all or nothing any more.", where_));
    }
    return append_one_by_one(std::move(items));
  }
  std::for_each(items.begin(), first, [&](PlannedItem& item) { builder_.append(std::move(item)); });
  builder_.append(merged({std::make_move_iterator(first), std::make_move_iterator(items.end())}));
}

// Without its transaction SET LOCAL would do nothing: it becomes SET, and is taken back at the end.
void TransactionGroup::append_one_by_one(std::vector<PlannedItem> items) {
  std::vector<PlannedItem> restore;
  for (PlannedItem& item : items) {
    if (item.phases.empty() || !item.setting || !item.setting->is_local) continue;
    restore.insert(restore.begin(), item);
    builder_.note(
        fmt::format("{} becomes a setting of the session, since its transaction is split.", only_step(item).title));
    make_session_setting(item);
  }
  for (PlannedItem& item : items) builder_.append(std::move(item));
  for (PlannedItem& item : restore) {
    Step& step = only_step(item);
    step.sql = {builder_.restore_setting(item.setting->name)};
    step.title = shortened(step.sql.front());
    builder_.append(std::move(item));
  }
}

PlannedItem TransactionGroup::merged(std::vector<PlannedItem> items) const {
  PlannedItem result;
  std::size_t more = 0;
  for (PlannedItem& item : items) {
    if (item.phases.empty()) continue;
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
  only_step(result).title += fmt::format(" and {} more in one transaction", more);
  return result;
}

}  // namespace pglatch
