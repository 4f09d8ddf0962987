// A rule: what is dangerous, and how to recognise it. Rules are pure functions of a statement, the
// catalog before it and its effects; they know no locks by heart.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/session.h"
#include "analyzer/catalog/table_sizes.h"
#include "analyzer/locks/effects.h"
#include "analyzer/locks/held_locks.h"
#include "analyzer/parse/parser.h"
#include "analyzer/rule_api/finding.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// What a team asks of timeouts (`[timeouts]` in the configuration), in milliseconds.
struct TimeoutPolicy {
  std::int64_t max_lock_timeout_ms = 10'000;  ///< nobody should wait longer behind a waiting lock
  std::int64_t max_statement_timeout_ms = 0;  ///< of statements that block others; 0: as long as they like
};

/// What the user says for a plan: no SQL tells it.
struct PlanDecisions {
  std::set<std::string, std::less<>> accepted_risks;           ///< names of forms that are not written otherwise
  std::map<std::string, std::string, std::less<>> parameters;  ///< values by name

  [[nodiscard]] bool accepts(std::string_view risk) const { return accepted_risks.count(risk) != 0; }
  /// The value; empty where the user gave none.
  [[nodiscard]] std::string_view parameter(std::string_view name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string_view() : found->second;
  }
};

/// What the statements of a script before one have done, as far as a rule would else have to go through all of them:
/// scripts can have very many.
struct ScriptSoFar {
  /// The schema may have been changed in a way that nobody sees: by a DO block, CALL, a query that calls a function, or
  /// what psql is told.
  bool ran_unseen_code = false;
  /// Names of tables, without their schemas, that CREATE TABLE IF NOT EXISTS named: another one may have been there.
  std::set<std::string, std::less<>> made_if_missing;
  /// What DROP … IF EXISTS named: objects by their kinds and names, without their schemas.
  std::set<std::pair<ObjectType, std::string>> dropped_if_exists;
};

/// One statement as a rule or a recipe sees it.
struct StatementContext {
  const Script& script;
  std::string_view sql;  ///< text of the script; ranges and locations index it
  const Statement& statement;
  const Catalog& catalog;  ///< before the statement
  const Session& session;  ///< before the statement
  const Effects& effects;
  const HeldLocks& held;  ///< by the transaction when the statement starts
  int pg_version;
  std::size_t statements;                  ///< how many statements the script has
  std::span<const Statement> preceding{};  ///< those of the script before this one
  std::span<const Statement> following{};  ///< those after it
  /// The code that the statement stands in; null for a statement of the script itself. `sql` is then a text of its own,
  /// with this origin. What is found there can be said, but nothing be mended or planned.
  const CodeFrame* code = nullptr;
  TextOrigin origin{};
  const TableSizes* sizes = nullptr;  ///< null: none is known
  TimeoutPolicy timeouts{};
  Catalog* walked = nullptr;  ///< `catalog` once more: the lock model enters names there that nobody knew
  const PlanDecisions* decisions = nullptr;  ///< null: none
  const ScriptSoFar* so_far = nullptr;       ///< null in code, and for what is no walk over scripts

  [[nodiscard]] bool is_live(RelationId relation) const;
  /// The work takes the longer the bigger the table is: of a live relation that can have rows by then.
  [[nodiscard]] bool takes_time(const Work& work) const;
  /// "schema.name" as SQL writes it.
  [[nodiscard]] std::string name(RelationId relation) const;
  /// How big a relation is, where the configuration or a snapshot says so; see TableSizes::of().
  [[nodiscard]] TableSize table_size(RelationId relation) const;
  /// What another statement of the script would do in the place of this one.
  [[nodiscard]] Effects effects_of(const Statement& other) const;
};

struct Rule;

/// Takes the findings of a rule.
class Reporter {
 public:
  Reporter() = default;
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;
  virtual ~Reporter() = default;
  virtual void report(Finding finding) = 0;
  /// The script has a finding that is said once a script: of another one only the number of them is told, so that
  /// nobody needs to find out more about it.
  [[nodiscard]] virtual bool only_counts(const Rule& /*rule*/) const { return false; }
};

/// What a rule names as its nodes that looks at statements of every kind.
inline constexpr std::array<NodeTag, 1> kEveryStatement = {T_Invalid};

/// A rule's entry in rules/registry.cpp. Its page is rules/<group>/<id>.md.
struct Rule {
  std::string_view id;             ///< kebab-case; reads well as "ignore <id>"; never reused
  std::string_view group;          ///< the folder of the rule
  Severity severity;               ///< the usual one; a finding can carry another
  std::string_view summary;        ///< one sentence: what the statement does
  std::span<const NodeTag> nodes;  ///< the kinds of statements it looks at
  void (*check)(const StatementContext& context, const Rule& rule, Reporter& reporter);
  /// Off unless selected by its id, its group, an alias or `all`: it speaks for a policy that not everybody has.
  bool opt_in = false;
  /// Looks at what a file says in words: the comments of SQL, all of a runbook. Called once a file; null: at nothing.
  void (*check_words)(const SourceFile& file, const Rule& rule, Reporter& reporter) = nullptr;
};

}  // namespace pglatch
