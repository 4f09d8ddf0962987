// Puts a plan together: original statements, phases, numbered steps, notes, and in the end the ledger.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plan/bond.h"
#include "analyzer/plan/locked_tables.h"
#include "analyzer/plan/plan.h"
#include "analyzer/plan/statement_traits.h"
#include "analyzer/rule_api/recipe.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// What one statement becomes, as long as its transaction is not at its end.
struct PlannedItem {
  std::vector<std::size_t> statements;  ///< numbers of the original statements
  std::vector<Phase> phases;            ///< none: the statement is left out
  std::optional<Setting> setting;
  bool may_share = false;     ///< passes as it stands and is brief: can share a transaction with others
  bool only_locks = false;    ///< LOCK TABLE
  Bond bond = Bond::tied;     ///< to the other statements of its transaction that can share one
  bool after_commit = false;  ///< PostgreSQL refuses it before what comes before is committed
  std::vector<LockedTable> tables{};
  std::string partitioned{};   ///< as Rewrite::partitioned,
  std::size_t head = 0;        ///< Rewrite::head
  std::string partition_of{};  ///< and Rewrite::partition_of
};

/// Why a statement cannot pass, and what a human can do.
struct Danger {
  std::string reason;
  std::string manual;
};

/// SQL as a title: one line, without comments, not too long.
[[nodiscard]] std::string shortened(std::string_view sql);

class PlanBuilder {
 public:
  explicit PlanBuilder(int pg_version) { plan_.pg_version = pg_version; }

  /// Settings of the script before are taken back: the original gave each script a session of its own.
  void begin_script(const Script& script);

  /// Enters a statement of the original; gives its number.
  std::size_t add_original(const Script& script, ByteRange range);
  [[nodiscard]] OriginalStatement& original(std::size_t statement) { return plan_.statements[statement]; }

  /// A step that sends the statement as it is written.
  [[nodiscard]] PlannedItem as_written(std::size_t statement, StepClass step_class) const;
  /// A step that only runs knowingly. `by_hand`: it is not even sent.
  [[nodiscard]] PlannedItem not_covered(std::size_t statement, Danger danger, StepClass step_class, bool by_hand);

  /// Adds steps in running order, and numbers them. What makes a partition comes before what the item before leaves to
  /// be done at leisure (PlannedItem::head).
  void append(PlannedItem item);
  /// Leaves out a statement that the plan has no use for.
  void leave_out(std::size_t statement, std::string_view why);
  /// Notes what is in the other part of the plan: the statement, or the steps that are not in the item.
  void leave_behind(const PlannedItem& item);
  /// Leaves out statements that the migration itself rolls back.
  void drop(const PlannedItem& item);

  void note(std::string text);
  void add_conditions(Rewrite& rewrite);

  /// What SET gave this name last in the steps so far, as a statement; else RESET.
  [[nodiscard]] std::string restore_setting(const std::string& name) const;

  /// The plan. `contested`: names are made and dropped by more than one statement, so that the database
  /// does not tell what was done.
  [[nodiscard]] Plan finish(bool contested) &&;

 private:
  void add(PlannedItem item);
  void add_rest();
  void keep_ledger();
  void forget_refusal(std::size_t statement);
  void watch_for_locks();

  Plan plan_;
  std::string script_hash_;
  std::string all_scripts_;
  std::vector<std::string> hashes_;  // of the script of each statement
  std::vector<std::string> keys_;    // for the ledger, of each step
  std::optional<PlannedItem> rest_;  // of the last item: its phases behind the head
  struct LastSetting {
    std::size_t statement;
    std::string sql;
  };
  std::map<std::string, LastSetting> session_settings_;
};

}  // namespace pglatch
