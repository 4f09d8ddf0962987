// Goes through scripts in order, statement by statement: effects first, against the catalog as it is
// before the statement, then the visitor, then the catalog changes. Lint, locks and plan are visitors.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/session.h"
#include "analyzer/locks/effects.h"
#include "analyzer/locks/held_locks.h"
#include "analyzer/parse/parser.h"
#include "analyzer/rule_api/rule.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// Called by the walker. References are valid during the call only.
class Visitor {
 public:
  Visitor() = default;
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;
  virtual ~Visitor() = default;
  virtual void begin(const Script& script, const ParsedScript& parsed) = 0;
  virtual void visit(const StatementContext& context) = 0;
  virtual void end(const Script& script, const ParsedScript& parsed) = 0;

  /// The catalog as the scripts since the last one that does not continue another have left it, which nothing comes
  /// after: it is about to be what it was before them.
  virtual void undone(const Catalog& /*catalog*/) {}

  /// The catalog as all scripts so far have left it: what comes next is the beginning of another history.
  virtual void abandoned(const Catalog& /*catalog*/) {}

  /// A statement in the code that the last visited one runs, such as a DO block; `context.code` tells where.
  virtual void visit_code(const StatementContext& /*context*/) {}
  /// What does not parse there; ranges of the script.
  virtual void code_error(const SyntaxError& /*error*/) {}
};

/// What the walk depends on.
struct WalkOptions {
  int pg_version = 15;
  unsigned jobs = 1;                  ///< threads that parse ahead; results do not depend on it
  const Catalog* base = nullptr;      ///< what is there before the walk, which copies it; null: nothing
  bool schema_complete = false;       ///< what is there before the walk is all that exists (Catalog::complete)
  const TableSizes* sizes = nullptr;  ///< of tables, where somebody knows; outlives the walker
  TimeoutPolicy timeouts{};
  PlanDecisions decisions{};  ///< of whoever has a plan made
  Settings session{};         ///< what each session begins with, where somebody knows (ALTER ROLE … SET, the runner)
};

/// One catalog and one walk over it.
class Walker {
 public:
  explicit Walker(const WalkOptions& options)
      : options_(options),
        catalog_(options.base == nullptr ? Catalog() : *options.base),
        session_(catalog_, options_.session) {
    if (options.schema_complete) catalog_.complete = true;
  }

  /// Replays scripts into the catalog without visiting anything (--schema, older migrations).
  void replay(std::span<const Script> scripts, Origin origin);
  /// Walks the scripts in order and applies them to the catalog; those that are history only do the latter.
  void walk(std::span<const Script> scripts, Visitor& visitor);

  [[nodiscard]] Catalog& catalog() noexcept { return catalog_; }

 private:
  void run(std::span<const Script> scripts, Origin origin, Visitor* visitor);
  // Transactions are numbered on.
  void go_on_from(Catalog catalog);
  void run_code(const Script& script, const Statement& statement, std::string_view sql, const TextOrigin& origin,
                const CodeFrame* code, Visitor* visitor);

  WalkOptions options_;
  Catalog catalog_;
  Session session_;
  Effects effects_;
  HeldLocks held_;
  std::uint32_t script_number_ = 0;
  std::uint32_t file_number_ = 0;
};

}  // namespace pglatch
