// Goes through scripts in order, statement by statement: effects first, against the catalog as it is
// before the statement, then the visitor, then the catalog changes. Lint, locks and plan are visitors.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/session.h"
#include "analyzer/locks/effects.h"
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
};

/// What the walk depends on.
struct WalkOptions {
  int pg_version = 15;
  unsigned jobs = 1;  ///< threads that parse ahead; results do not depend on it
};

/// One catalog and one walk over it.
class Walker {
 public:
  explicit Walker(WalkOptions options) : options_(options), session_(catalog_) {}

  /// Replays scripts into the catalog without visiting anything (--schema, older migrations).
  void replay(std::span<const Script> scripts, Origin origin);
  /// Walks the scripts in order and applies them to the catalog.
  void walk(std::span<const Script> scripts, Visitor& visitor);

  [[nodiscard]] Catalog& catalog() noexcept { return catalog_; }

 private:
  void run(std::span<const Script> scripts, Origin origin, Visitor* visitor);

  WalkOptions options_;
  Catalog catalog_;
  Session session_;
  Effects effects_;
  std::uint32_t script_number_ = 0;
};

}  // namespace pglatch
