#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/create_partition.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// ATTACH PARTITION lets the parent be read and written.
constexpr int kFirstThatAttachesOnline = 12;

// Other live tables that cannot be written meanwhile: foreign keys of the parent and to it, a default partition.
std::vector<RelationId> locked_too(const StatementContext& context, RelationId parent) {
  std::vector<RelationId> tables;
  for (const TakenLock& lock : context.effects.locks) {
    if (lock.relation == parent || lock.reason == LockReason::index || !blocks_writes(lock.mode)) continue;
    if (context.is_live(lock.relation)) tables.push_back(lock.relation);
  }
  return tables;
}

// LIKE takes everything over that ATTACH wants to find, but a partition gets the identity of its parent.
std::string_view like_options(const Relation& parent) {
  const bool may_have_identity =
      !parent.columns_known || std::any_of(parent.columns.begin(), parent.columns.end(),
                                           [](const Column& column) { return column.identity != 0; });
  return may_have_identity ? "INCLUDING ALL EXCLUDING IDENTITY" : "INCLUDING ALL";
}

// The bound as it is written: "FOR VALUES …" or "DEFAULT".
std::string bound_of(const StatementContext& context, const CreateStmt& statement) {
  if (statement.partbound->is_default) return "DEFAULT";
  const auto words = find_words(context.sql, context.statement.range, {"for", "values"});
  if (!words || statement.partspec != nullptr || statement.options != nullptr || statement.tablespacename != nullptr ||
      statement.accessMethod != nullptr) {
    return "FOR VALUES …";
  }
  return one_line(context.sql, {words->start, context.statement.range.end}).value_or("FOR VALUES …");
}

std::string help_for(const StatementContext& context, const PartitionCreation& creation) {
  if (context.pg_version < kFirstThatAttachesOnline) {
    return "Before PostgreSQL 12 ATTACH PARTITION takes the same lock: set a short lock_timeout and try again until it "
           "succeeds, and keep the transaction short.";
  }
  const RangeVar* name = creation.statement->relation;
  const Relation& parent = *creation.parent;
  const std::string partition =
      fmt::format("{}{}{}", name->schemaname == nullptr ? "" : quote_identifier_sql(text(name->schemaname)),
                  name->schemaname == nullptr ? "" : ".", quote_identifier_sql(text(name->relname)));
  return fmt::format(
      "Create a table, then attach it, which lets reads and writes go on: CREATE TABLE {0} (LIKE {1} {2}){3}; ALTER "
      "TABLE {1} ATTACH PARTITION {0} {4};",
      partition, context.name(parent.id), like_options(parent),
      creation.statement->partspec == nullptr ? "" : " PARTITION BY …", bound_of(context, *creation.statement));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto creation = partition_creation(context);
  // create-partition-scans-default says it, and worse.
  if (!creation || !blocked_during(context, WorkKind::scan).empty()) return;
  const RelationId parent = creation->parent->id;
  const TakenLock lock = strongest_lock(context, parent, {});
  // The transaction has the lock already: this keeps nobody out who was not kept out before.
  if (!context.held.waits_for(parent, lock.mode)) return;
  const auto others = locked_too(context, parent);
  Finding finding = make_finding(context, rule, creation->range, parent, others);
  finding.worked_on.clear();
  finding.once_a_script = true;  // scripts create them by the dozen
  finding.message = fmt::format("CREATE TABLE … PARTITION OF blocks {} on {}, whichever partition they need. {}",
                                blocks(lock.mode), context.name(parent), lock_sentence(lock));
  if (!others.empty()) {
    const TakenLock other = strongest_lock(context, kNoRelation, others);
    finding.message += fmt::format(" It blocks {} on {} too.", blocks(other.mode), name_list(context, others));
  }
  finding.help = help_for(context, *creation);
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_CreateStmt, T_CreateForeignTableStmt};

}  // namespace

extern const Rule kCreatePartitionOf;
const Rule kCreatePartitionOf{"create-partition-of",
                              "partitions",
                              Severity::warning,
                              "CREATE TABLE … PARTITION OF locks the whole partitioned table against reads and writes.",
                              kNodes,
                              check};

}  // namespace pglatch
