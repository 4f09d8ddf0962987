// The statements of one transaction of the original migration. In the plan they stay one step where all of them pass
// as they stand, are brief, and lock no more than one table in use. Else the transaction is cut: around what is a step
// of its own, and between tables where statements do not depend on each other. What must be seen at once stays
// together.
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

  /// `what` is for the note that the transaction was split: "transaction that begins at a.sql:3".
  void begin(std::string what);
  void add(PlannedItem item) { items_.push_back(std::move(item)); }
  void savepoint(std::string_view name) { savepoints_.emplace_back(name, items_.size()); }
  void rollback_to(std::string_view savepoint);
  void rollback();
  /// COMMIT, or the end of the script: everything goes to the builder.
  void commit();

 private:
  using Items = std::vector<PlannedItem>;

  void drop_from(std::size_t first);
  void append_pieces(std::vector<Items> pieces);
  [[nodiscard]] PlannedItem merged(Items items) const;

  PlanBuilder& builder_;
  bool open_ = false;
  std::string what_;
  Items items_;
  std::vector<std::pair<std::string, std::size_t>> savepoints_;  // name, how many items there were
};

}  // namespace pglatch
