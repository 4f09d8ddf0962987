#include <fmt/core.h>

#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const bool to_unlogged = subcommand.command.subtype == AT_SetUnLogged;
  const auto hit = subcommand.blocked_during(WorkKind::rewrite);
  if (hit.empty()) return;

  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  Finding finding = make_finding(context, rule, subcommand.range(), target, hit);
  finding.message = fmt::format("SET {} {} while everything is written anew, indexes included. {}",
                                to_unlogged ? "UNLOGGED" : "LOGGED", blocking(context, target, hit),
                                lock_sentence(strongest_lock(context, target, hit)));
  if (to_unlogged) {
    finding.message += " From then on a crash of the server empties the table, and standbys have none of its rows.";
    finding.help =
        "Keep tables logged that hold anything worth keeping. For data that can be lost, create a new UNLOGGED table "
        "and let the application move over.";
  } else {
    finding.message += " All of it goes through the WAL and to the standbys.";
    finding.help =
        "Create a new logged table, copy the rows in batches while a trigger keeps it in step, and swap the names in "
        "one short transaction.";
  }
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_SetLogged, AT_SetUnLogged},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kSetLoggedUnlogged;
const Rule kSetLoggedUnlogged{"set-logged-unlogged",
                              "tables",
                              Severity::error,
                              "SET LOGGED and SET UNLOGGED rewrite the table while reads and writes are blocked.",
                              kNodes,
                              check};

}  // namespace pglatch
