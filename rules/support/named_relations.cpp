#include "rules/support/named_relations.h"

namespace pglatch {

std::vector<NameView> named_relations(const Node* node) {
  std::vector<NameView> names;
  const auto add = [&](const RangeVar* name) {
    if (name != nullptr) names.push_back(name_of(name));
  };
  const auto add_referenced = [&](const Node* definition) {
    const auto* constraint = as<Constraint>(definition);
    if (constraint != nullptr) add(constraint->pktable);
    const auto* column = as<ColumnDef>(definition);
    if (column == nullptr) return;
    for (const Constraint* inline_one : each<Constraint>(column->constraints)) add(inline_one->pktable);
  };
  if (const auto* alter = as<AlterTableStmt>(node)) {
    add(alter->relation);
    for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
      add_referenced(command->def);
      if (const auto* partition = as<PartitionCmd>(command->def)) add(partition->name);
      add(as<RangeVar>(command->def));
    }
  }
  if (const auto* create = as<CreateStmt>(node)) {
    add(create->relation);
    for (const RangeVar* parent : each<RangeVar>(create->inhRelations)) add(parent);
    for (const Node* element : each(create->tableElts)) add_referenced(element);
  }
  if (const auto* index = as<IndexStmt>(node)) {
    add(index->relation);
    if (index->idxname != nullptr) names.push_back({text(index->relation->schemaname), text(index->idxname)});
  }
  if (const auto* create = as<CreateTableAsStmt>(node)) add(create->into->rel);
  if (const auto* view = as<ViewStmt>(node)) add(view->view);
  if (const auto* rename = as<RenameStmt>(node)) add(rename->relation);
  if (const auto* move = as<AlterObjectSchemaStmt>(node)) add(move->relation);
  if (const auto* trigger = as<CreateTrigStmt>(node)) add(trigger->relation);
  if (const auto* policy = as<CreatePolicyStmt>(node)) add(policy->table);
  if (const auto* policy = as<AlterPolicyStmt>(node)) add(policy->table);
  if (const auto* rule = as<RuleStmt>(node)) add(rule->relation);
  if (const auto* sequence = as<CreateSeqStmt>(node)) add(sequence->sequence);
  if (const auto* sequence = as<AlterSeqStmt>(node)) add(sequence->sequence);
  if (const auto* refresh = as<RefreshMatViewStmt>(node)) add(refresh->relation);
  if (const auto* cluster = as<ClusterStmt>(node)) add(cluster->relation);
  if (const auto* truncate = as<TruncateStmt>(node)) {
    for (const RangeVar* table : each<RangeVar>(truncate->relations)) add(table);
  }
  if (const auto* insert = as<InsertStmt>(node)) add(insert->relation);
  if (const auto* update = as<UpdateStmt>(node)) add(update->relation);
  if (const auto* removal = as<DeleteStmt>(node)) add(removal->relation);
  if (const auto* copy = as<CopyStmt>(node)) add(copy->relation);
  if (const auto* comment = as<CommentStmt>(node)) {
    if (comment->objtype == OBJECT_TABLE || comment->objtype == OBJECT_VIEW) {
      names.push_back(name_of(as<List>(comment->object)));
    }
  }
  if (const auto* drop = as<DropStmt>(node)) {
    const bool of_relations = drop->removeType == OBJECT_TABLE || drop->removeType == OBJECT_VIEW ||
                              drop->removeType == OBJECT_INDEX || drop->removeType == OBJECT_SEQUENCE ||
                              drop->removeType == OBJECT_MATVIEW;
    const bool of_a_relation =
        drop->removeType == OBJECT_TRIGGER || drop->removeType == OBJECT_POLICY || drop->removeType == OBJECT_RULE;
    for (const Node* object : each(drop->objects)) {
      if (of_relations) names.push_back(name_of(as<List>(object)));
      if (of_a_relation) names.push_back(table_of(as<List>(object)));
    }
  }
  return names;
}

}  // namespace pglatch
