// COPY: copy.c, copyfrom.c, copyto.c.
#include <fmt/format.h>

#include <array>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/query_reader.h"

namespace pglatch::locks {
namespace {

constexpr ByVersion kCopiesMaterializedViews{std::array{
    Since<bool>{10, false, "BeginCopyTo()"},
    Since<bool>{18, true, "release notes: COPY TO of a populated materialized view"},
}};

bool has_option(const CopyStmt& statement, std::string_view name) {
  for (const DefElem* option : each<DefElem>(statement.options)) {
    if (text(option->defname) != name) continue;
    const std::string_view value = string_value(option->arg);
    return value != "false" && value != "off";
  }
  return false;
}

// What BeginCopyTo() refuses to read as a table.
bool refuse_source(const Model& model, const Relation& relation) {
  if (relation.origin == Origin::unknown) return false;
  const bool fits =
      relation.kind == RelationKind::table || (relation.kind == RelationKind::materialized_view && relation.populated &&
                                               kCopiesMaterializedViews.at(model.version()));
  if (fits) return false;
  model.effects.fail(fmt::format("cannot copy from {} \"{}\"", to_string(relation.kind), relation.name));
  return true;
}

// What CopyFrom() refuses to write, and rows that it would freeze though older ones may be seen.
bool refuse_target(const Model& model, const Relation& relation, bool freezes) {
  if (relation.origin == Origin::unknown) return false;
  if (relation.kind == RelationKind::materialized_view || relation.kind == RelationKind::sequence ||
      (relation.kind == RelationKind::view && relation.triggers.empty())) {
    model.effects.fail(fmt::format("cannot copy to {} \"{}\"", to_string(relation.kind), relation.name));
    return true;
  }
  if (!freezes) return false;
  if (relation.kind == RelationKind::partitioned_table) {
    model.effects.fail("cannot perform COPY FREEZE on a partitioned table");
    return true;
  }
  if (relation.origin == Origin::script || !relation.has_rows) return false;
  model.effects.fail(
      "cannot perform COPY FREEZE because the table was not created or truncated in the current subtransaction");
  return true;
}

}  // namespace

void copy(const Model& model, const CopyStmt& statement) {
  if (statement.relation == nullptr) {
    if (statement.query != nullptr) model.read_query(statement.query);
    return;
  }
  const RelationId table = model.resolve(statement.relation);
  if (statement.is_from) {
    if (refuse_target(model, model.relation(table), has_option(statement, "freeze"))) return;
    return QueryReader(model, QueryStage::run).copy_rows(*statement.relation, statement.attlist);
  }
  for (const Node* column : each(statement.attlist)) {
    if (model.refuse_missing_column(table, string_value(column))) return;
  }
  if (refuse_source(model, model.relation(table))) return;
  // Read without a plan, so without its indexes, and without what inherits from it.
  model.lock(table, LockMode::access_share);
  if (model.relation(table).has_storage()) model.effects.add_work(table, WorkKind::scan);
}

}  // namespace pglatch::locks
