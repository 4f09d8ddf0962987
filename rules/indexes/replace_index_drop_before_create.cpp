#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

std::string_view leading_column(const IndexStmt& stmt) {
  const auto elements = each<IndexElem>(stmt.indexParams);
  return elements.empty() ? std::string_view() : text(elements[0]->name);
}

// Another index of the table begins with the same column, so that queries keep what they need.
bool is_covered(const StatementContext& context, const Relation& dropped, const Relation& table) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](RelationId id) {
    const Relation& other = *context.catalog.find(id);
    return id != dropped.id && other.index->valid && !other.index->partial && !other.index->columns.empty() &&
           other.index->columns.front() == dropped.index->columns.front();
  });
}

// The statement builds what the dropped index did. Of one that the catalog does not know, the name is all to go by;
// with IF EXISTS it may be what a failed CONCURRENTLY left behind, and that has to go first.
bool replaces(const StatementContext& context, const DropStmt& drop, NameView name, const Relation* dropped,
              const Statement& statement) {
  const auto* create = as<IndexStmt>(statement.node);
  if (create == nullptr) return false;
  if (dropped == nullptr || dropped->origin == Origin::unknown) {
    return !drop.missing_ok && text(create->idxname) == name.name;
  }
  const auto& columns = dropped->index->columns;
  const Relation* table = find_relation(context, create->relation);
  return table != nullptr && table->id == dropped->index->table && !columns.empty() && !columns.front().empty() &&
         columns.front() == leading_column(*create);
}

bool can_be_missed(const StatementContext& context, const Relation& dropped) {
  if (!dropped.is_index() || !context.is_live(dropped.id) || !dropped.index->valid) return false;
  const Relation* table = context.catalog.find(dropped.index->table);
  return table == nullptr || dropped.index->columns.empty() || !is_covered(context, dropped, *table);
}

void look_at(const StatementContext& context, const Rule& rule, Reporter& reporter, const DropStmt& drop,
             NameView name) {
  const Relation* dropped = context.catalog.find(name, context.session.search_path());
  if (dropped != nullptr && !can_be_missed(context, *dropped)) return;
  const auto& after = context.following;
  const auto successor = std::find_if(after.begin(), after.end(), [&](const Statement& statement) {
    return replaces(context, drop, name, dropped, statement);
  });
  if (successor == after.end()) return;

  const auto& create = *as<IndexStmt>(successor->node);
  const Relation* table = find_relation(context, create.relation);
  const bool unique = dropped != nullptr && dropped->index->unique;
  const std::string index = dropped != nullptr ? context.name(dropped->id) : quote_qualified(name.schema, name.name);
  Finding finding =
      make_finding(context, rule, context.statement.range, dropped == nullptr ? kNoRelation : dropped->id);
  if (table != nullptr) finding.relations.push_back(context.name(table->id));
  finding.message = fmt::format(
      "Queries that need index {} read the whole {} until the one that takes its place is built.{}", index,
      table == nullptr ? "table" : "of " + context.name(table->id),
      unique ? " Nothing keeps duplicates out meanwhile, and one is enough to make the new build fail." : "");
  finding.help =
      "Build the new index first, by CREATE INDEX CONCURRENTLY and under another name, and drop the old one when it is "
      "there; ALTER INDEX … RENAME TO … gives it the old name.";
  if (context.code == nullptr) {
    finding.related.push_back({first_line(context.sql, successor->range), "its successor is built here"});
  }
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<DropStmt>(context.statement.node);
  if (stmt.removeType != OBJECT_INDEX || context.effects.refused()) return;
  // In a transaction the table itself is locked until both are done: other rules tell of that.
  if (context.session.in_transaction() == InTransaction::yes) return;
  for (const Node* object : each(stmt.objects)) {
    look_at(context, rule, reporter, stmt, name_of(reinterpret_cast<const List*>(object)));
  }
}

constexpr NodeTag kNodes[] = {T_DropStmt};

}  // namespace

extern const Rule kReplaceIndexDropBeforeCreate;
const Rule kReplaceIndexDropBeforeCreate{"replace-index-drop-before-create",
                                         "indexes",
                                         Severity::warning,
                                         "An index is dropped before the one that takes its place is there.",
                                         kNodes,
                                         check};

}  // namespace pglatch
