// The statements between BEGIN and COMMIT of the original migration. In the plan they stay one step
// where all of them pass as they stand and are brief; else each is a step of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/plan/plan_builder.h"

namespace pglatch {

/// Makes a SET of a SET LOCAL, which would have no effect outside of the transaction that it was for.
void make_session_setting(PlannedItem& item);

class TransactionGroup {
 public:
  explicit TransactionGroup(PlanBuilder& builder) : builder_(builder) {}

  [[nodiscard]] bool is_open() const noexcept { return open_; }

  /// `where` is for the note that the transaction was split: "a.sql:3".
  void begin(std::string where);
  void add(PlannedItem item) { items_.push_back(std::move(item)); }
  void savepoint(std::string_view name) { savepoints_.emplace_back(name, items_.size()); }
  void rollback_to(std::string_view savepoint);
  void rollback();
  /// COMMIT, or the end of the script: everything goes to the builder.
  void commit();

 private:
  void drop_from(std::size_t first);
  void append_one_by_one(std::vector<PlannedItem> items);
  [[nodiscard]] PlannedItem merged(std::vector<PlannedItem> items) const;

  PlanBuilder& builder_;
  bool open_ = false;
  std::string where_;
  std::vector<PlannedItem> items_;
  std::vector<std::pair<std::string, std::size_t>> savepoints_;  // name, how many items there were
};

}  // namespace pglatch
