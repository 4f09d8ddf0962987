#include <fmt/core.h>

#include <algorithm>

#include "rules/support/detach.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

struct Parent {
  const Relation* table;
  std::vector<RelationId> partitions;  // that are dropped
};

std::vector<const Relation*> named_tables(const StatementContext& context, const DropStmt& stmt) {
  std::vector<const Relation*> tables;
  for (const Node* object : each(stmt.objects)) {
    const NameView name = name_of(reinterpret_cast<const List*>(object));
    const Relation* table = context.catalog.find(name, context.session.search_path());
    if (table != nullptr) tables.push_back(table);
  }
  return tables;
}

// The statement drops the table, or one that it is a partition of.
bool goes_too(const StatementContext& context, const std::vector<const Relation*>& dropped, RelationId table) {
  return std::any_of(dropped.begin(), dropped.end(), [&](const Relation* root) {
    const auto tree = context.catalog.with_descendants(root->id);
    return std::find(tree.begin(), tree.end(), table) != tree.end();
  });
}

// The live partitioned tables that stay, each with its partitions that the statement drops.
std::vector<Parent> parents_of(const StatementContext& context, const DropStmt& stmt) {
  std::vector<Parent> parents;
  const auto dropped = named_tables(context, stmt);
  for (const Relation* partition : dropped) {
    const RelationId above = partition->partition_of;
    if (above == kNoRelation || !context.is_live(above) || goes_too(context, dropped, above)) continue;
    if (!blocks_writes(context.effects.mode_on(above))) continue;
    auto parent =
        std::find_if(parents.begin(), parents.end(), [&](const Parent& known) { return known.table->id == above; });
    if (parent == parents.end()) parent = parents.insert(parents.end(), Parent{context.catalog.find(above), {}});
    parent->partitions.push_back(partition->id);
  }
  return parents;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<DropStmt>(context.statement.node);
  if (stmt.removeType != OBJECT_TABLE || context.effects.locks.empty()) return;
  for (const Parent& parent : parents_of(context, stmt)) {
    const std::string partition = context.name(parent.partitions.front());
    const TakenLock lock = strongest_lock(context, parent.table->id, {});
    // The transaction has the lock already: this keeps nobody out who was not kept out before.
    if (!context.held.waits_for(parent.table->id, lock.mode)) continue;
    Finding finding = make_finding(context, rule, leading_words(context, {"drop", "table", "if", "exists"}),
                                   parent.partitions.front(), {parent.table->id});
    finding.worked_on.clear();
    finding.message = fmt::format(
        "Dropping partition {} blocks {} on {}, whichever partition they need. {} Its rows are lost.",
        name_list(context, parent.partitions), blocks(lock.mode), context.name(parent.table->id), lock_sentence(lock));
    finding.help = detach_help(context, *parent.table, partition, fmt::format(" DROP TABLE {};", partition));
    reporter.report(std::move(finding));
  }
}

constexpr NodeTag kNodes[] = {T_DropStmt};

}  // namespace

extern const Rule kDropPartition;
const Rule kDropPartition{"drop-partition",
                          "partitions",
                          Severity::warning,
                          "Dropping a partition locks the whole partitioned table against reads and writes.",
                          kNodes,
                          check};

}  // namespace pglatch
