// Taking a partition out of a table that others use: CONCURRENTLY where PostgreSQL can, else tried until the lock is
// had. An interrupted CONCURRENTLY is finished by FINALIZE when the script runs again.
//
// PostgreSQL documentation, ALTER TABLE, "DETACH PARTITION"; ATExecDetachPartition() in tablecmds.c.
#pragma once

#include <optional>
#include <string>

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

struct Detachment {
  const StatementContext& context;
  const Relation& parent;
  const Relation& partition;
  std::string name;         ///< of the partition; qualified and quoted
  std::string parent_name;  ///< the same

  Detachment(const StatementContext& in, const Relation& from, const Relation& what)
      : context(in), parent(from), partition(what), name(in.name(what.id)), parent_name(in.name(from.id)) {}

  /// PostgreSQL has CONCURRENTLY and allows it here.
  [[nodiscard]] bool is_concurrent() const;
  /// Rows that reference the partition would be looked for under locks that block their tables, whatever the form.
  [[nodiscard]] std::optional<Refusal> refusal() const;
  /// Adds the steps. `goes`: the table is dropped afterwards, so that one that is not there is no mistake.
  void add_steps_to(Rewrite& rewrite, bool goes) const;
  /// CONCURRENTLY leaves a CHECK with the bound behind, which the plain form does not: adds the step that drops it.
  void drop_left_check(Rewrite& rewrite) const;
};

}  // namespace pglatch
