// The state of the session that runs a script: search_path, timeouts, and whether a transaction is
// open. Explicit BEGIN, COMMIT, ROLLBACK and SAVEPOINT count on top of how the script is sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/settings.h"
#include "analyzer/parse/parser.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// Whether the statement runs in a transaction block, as far as is known.
enum class InTransaction : std::uint8_t { no, yes, unknown };

/// A script's session. `begin_script`, then for each statement: whatever is asked of the session and
/// the catalog as they are before it, pglatch::apply() for the catalog, `apply` for the session; at
/// last `end_script`.
class Session {
 public:
  /// Each script's session begins with `defaults`, and RESET goes back to them.
  explicit Session(Catalog& catalog, Settings defaults = {}) : catalog_(catalog), defaults_(std::move(defaults)) {}

  /// A new script begins in a new session; `statements` is how many it has.
  void begin_script(ExecutionMode mode, std::size_t statements);
  /// The same with the statements to come: where none of them rolls anything back, the catalog need not
  /// remember how it was, which is the greater part of the cost of a change.
  void begin_script(ExecutionMode mode, const std::vector<Statement>& statements);
  /// Ends the session: an open transaction is committed (its runner does), temporary objects go.
  void end_script();

  /// Follows transaction control and SET; other statements are no concern of the session.
  void apply(const Node* statement);

  /// Follows SET and set_config() in a DO block or function, which is a part of another statement.
  void apply_in_code(const Node* statement);
  /// Puts another search path in the place of the present one, which is returned.
  SearchPath use_search_path(SearchPath path);

  [[nodiscard]] InTransaction in_transaction() const noexcept;
  /// A transaction that the script itself opened.
  [[nodiscard]] bool in_explicit_transaction() const noexcept { return explicit_; }
  [[nodiscard]] ExecutionMode mode() const noexcept { return mode_; }
  [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
  [[nodiscard]] const SearchPath& search_path() const noexcept { return settings_.search_path; }
  /// An earlier script switched lock_timeout off though nothing in it had set one, and ended by setting one: whoever
  /// runs the scripts does so too, it seems.
  [[nodiscard]] bool runner_seems_to_limit_locks() const noexcept { return runner_limits_locks_; }
  /// Number of the current transaction: 1, 2, … over the whole run; each statement outside of a
  /// transaction block has one of its own.
  [[nodiscard]] std::uint32_t transaction() const noexcept { return catalog_.transaction; }
  /// The transaction of that number was committed for certain: by an explicit COMMIT, or since each
  /// statement commits by itself.
  [[nodiscard]] bool is_committed(std::uint32_t transaction) const noexcept { return transaction <= committed_; }
  /// Number of the next statement in its script, from 0.
  [[nodiscard]] std::uint32_t statement() const noexcept { return statement_; }
  /// The last statement ended what the statements from this number on had a hold of: 0 where it ended the
  /// transaction, one after the savepoint's where it was ROLLBACK TO, statement() where it ended nothing.
  [[nodiscard]] std::uint32_t released_from() const noexcept { return released_from_; }

 private:
  struct Savepoint {
    std::string name;
    std::uint32_t statement;  // its number
    Catalog::Mark mark;
    Settings settings;
    Settings session_settings;
  };

  void start(ExecutionMode mode, std::size_t statements);
  void control(const TransactionStmt& statement);
  void set(const VariableSetStmt& statement);
  void note_lock_timeout(std::optional<std::int64_t> before);
  void set_config(const SelectStmt& statement);
  template <class Change>
  void change_settings(bool is_local, const Change& change);
  void begin();
  void commit();
  void rollback();
  void go_back(const Savepoint& savepoint);
  [[nodiscard]] Savepoint savepoint(std::string_view name);
  void after_transaction(bool chain);
  [[nodiscard]] bool is_open() const noexcept { return implicit_ || explicit_; }
  [[nodiscard]] bool opens_implicitly() const noexcept;
  [[nodiscard]] std::size_t find_savepoint(std::string_view name) const noexcept;

  Catalog& catalog_;
  Settings defaults_;
  ExecutionMode mode_ = ExecutionMode::unknown;
  std::size_t statements_ = 0;
  std::uint32_t statement_ = 0;
  std::uint32_t released_from_ = 0;
  bool can_roll_back_ = true;  // some statement of the script may
  bool implicit_ = false;      // the runner or the single message holds a transaction open
  bool explicit_ = false;
  std::uint32_t committed_ = 0;        // the last transaction of which it is certain
  std::vector<Savepoint> savepoints_;  // the first one is the transaction's beginning
  Settings settings_;
  Settings session_settings_;           // what SET LOCAL falls back to at the end of the transaction
  bool lifted_lock_timeout_ = false;    // which the script had not set
  bool put_lock_timeout_back_ = false;  // by its last statement
  bool runner_limits_locks_ = false;
};

/// A relation that other sessions can see and use: not temporary, and not made by this script while
/// it is still empty or uncommitted. An index is as live as its table.
[[nodiscard]] bool is_live(const Relation& relation, const Catalog& catalog, const Session& session);

/// No rows are in the relation but such as the script spells out (VALUES): the script has made or emptied it, or
/// would have failed if there were any. What reads or rewrites it is done in a moment. An index is as its table.
[[nodiscard]] bool holds_few_rows(const Relation& relation, const Catalog& catalog);

}  // namespace pglatch
