#include "analyzer/plan/index_part.h"

#include <algorithm>
#include <iterator>

#include "analyzer/base/ascii.h"
#include "analyzer/parse/parser.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

bool is_key(const AlterTableCmd& command) {
  const auto* constraint = command.subtype == AT_AddConstraint ? as<Constraint>(command.def) : nullptr;
  return constraint != nullptr && (constraint->contype == CONSTR_UNIQUE || constraint->contype == CONSTR_PRIMARY);
}

bool makes_index(const Node* node) {
  if (node->type == T_IndexStmt) return true;
  const auto* alter = as<AlterTableStmt>(node);
  if (alter == nullptr) return false;
  const auto commands = each<AlterTableCmd>(alter->cmds);
  return std::any_of(commands.begin(), commands.end(), [](const AlterTableCmd* command) { return is_key(*command); });
}

// The statement itself is about indexes: others (a column that gets another type) build some on their way.
bool is_about_indexes(const Node* node) {
  if (makes_index(node)) return true;
  const auto* alter = as<AlterTableStmt>(node);
  if (alter == nullptr) return false;
  const auto commands = each<AlterTableCmd>(alter->cmds);
  return std::any_of(commands.begin(), commands.end(), [](const AlterTableCmd* command) {
    const auto* column = command->subtype == AT_AddColumn ? as<ColumnDef>(command->def) : nullptr;
    if (column == nullptr) return false;
    const auto constraints = each<Constraint>(column->constraints);
    return std::any_of(constraints.begin(), constraints.end(), [](const Constraint* constraint) {
      return constraint->contype == CONSTR_UNIQUE || constraint->contype == CONSTR_PRIMARY;
    });
  });
}

// Calls `visit(node)` for each statement that the step sends; of a generator for its sample.
template <class Visitor>
void each_statement(const Step& step, const Visitor& visit) {
  if (step.step_class == StepClass::check) return;
  const auto look = [&](const std::string& sql) {
    const ParsedScript parsed = parse(sql);
    for (const Statement& statement : parsed.statements) visit(statement.node);
  };
  if (step.generator) return look(step.sample);
  for (const std::string& sql : step.sql) look(sql);
}

// CREATE INDEX, or a key whose index comes with it or is there.
bool makes_index(const Step& step) {
  bool found = false;
  each_statement(step, [&](const Node* node) { found = found || makes_index(node); });
  return found;
}

// Changes or takes away what an index that is built later would need.
bool undoes(const AlterTableCmd& command) {
  switch (command.subtype) {
    case AT_DropColumn:
    case AT_DropConstraint:
    case AT_AlterColumnType:
    case AT_AttachPartition:
    case AT_DetachPartition:
      return true;
    default:
      return false;
  }
}

const Constraint* foreign_key(const Node* node) {
  const auto* constraint = as<Constraint>(node);
  return constraint != nullptr && constraint->contype == CONSTR_FOREIGN ? constraint : nullptr;
}

std::set<std::string> names_in(const List* list) {
  std::set<std::string> names;
  for (const Node* name : each(list)) names.emplace(string_value(name));
  return names;
}

std::set<std::string> columns_of(const List* elements) {
  std::set<std::string> names;
  for (const IndexElem* element : each<IndexElem>(elements)) names.emplace(text(element->name));
  return names;
}

std::string unquoted(std::string_view token) {
  if (token.front() != '"') return to_lower(token);
  std::string name;
  for (std::size_t i = 1; i + 1 < token.size(); ++i) {
    name += token[i];
    if (token[i] == '"') ++i;
  }
  return name;
}

}  // namespace

bool IndexPart::select(const StatementContext& context, PlannedItem& item) {
  if (part_ == PlanPart::all || item.setting || item.phases.empty()) return false;
  std::vector<Phase> before;
  std::vector<Phase> from;
  bool is_index_part = goes_along(context);
  const bool rewritten = is_about_indexes(context.statement.node) &&
                         item.phases.front().steps.front().disposition == Disposition::rewritten;
  for (Phase& phase : item.phases) {
    Phase first{phase.kind, phase.title, {}};
    Phase second = first;
    for (Step& step : phase.steps) {
      is_index_part = is_index_part || (rewritten && makes_index(step));
      (is_index_part ? second : first).steps.push_back(step);
    }
    if (!first.steps.empty()) before.push_back(std::move(first));
    if (!second.steps.empty()) from.push_back(std::move(second));
  }
  if (!from.empty()) {
    item.phases = from;
    take(context, item);
  }
  const bool leaves_some = part_ == PlanPart::indexes ? !before.empty() : !from.empty();
  item.phases = part_ == PlanPart::indexes ? std::move(from) : std::move(before);
  return leaves_some;
}

void IndexPart::take(const StatementContext& context, const PlannedItem& item) {
  const auto note = [&](const Node* node) {
    if (const auto* index = as<IndexStmt>(node)) {
      if (index->idxname != nullptr) names_.emplace(text(index->idxname));
      const Relation* table = context.catalog.find(name_of(index->relation), context.session.search_path());
      if (table == nullptr) return;
      tables_.insert(table->id);
      if (index->unique) keys_.push_back({table->id, columns_of(index->indexParams)});
    } else if (const auto* alter = as<AlterTableStmt>(node)) {
      const Relation* table = context.catalog.find(name_of(alter->relation), context.session.search_path());
      for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
        const auto* constraint = as<Constraint>(command->def);
        if (constraint != nullptr && constraint->conname != nullptr) names_.emplace(text(constraint->conname));
        if (table == nullptr || !is_key(*command)) continue;
        tables_.insert(table->id);
        if (constraint->keys != nullptr) keys_.push_back({table->id, names_in(constraint->keys)});
        if (constraint->contype == CONSTR_PRIMARY) keys_.push_back({table->id, {}});
      }
    } else if (const auto* create = as<CreateStmt>(node)) {
      names_.emplace(text(create->relation->relname));
    } else if (const auto* rename = as<RenameStmt>(node)) {
      names_.emplace(text(rename->newname));
    }
  };
  for (const Phase& phase : item.phases) {
    for (const Step& step : phase.steps) each_statement(step, note);
  }
}

bool IndexPart::goes_along(const StatementContext& context) const {
  if (tables_.empty()) return false;
  const Node* node = context.statement.node;
  switch (node->type) {
    case T_IndexStmt:
      break;  // by its own steps
    case T_AlterTableStmt: {
      const auto* alter = as<AlterTableStmt>(node);
      const bool on_taken = taken_table(context, alter->relation) != kNoRelation;
      for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
        if ((on_taken && undoes(*command)) || references_taken(context, command->def)) return true;
      }
      break;
    }
    case T_CreateStmt:
      for (const Node* element : each(as<CreateStmt>(node)->tableElts)) {
        if (references_taken(context, element)) return true;
      }
      break;
    case T_RenameStmt:
      if (taken_table(context, as<RenameStmt>(node)->relation) != kNoRelation) return true;
      break;
    case T_AlterObjectSchemaStmt:
      if (taken_table(context, as<AlterObjectSchemaStmt>(node)->relation) != kNoRelation) return true;
      break;
    case T_RefreshMatViewStmt:
      return taken_table(context, as<RefreshMatViewStmt>(node)->relation) != kNoRelation;
    case T_InsertStmt:
      if (conflicts_on_taken(context, *as<InsertStmt>(node))) return true;
      break;
    case T_DropStmt: {
      const auto& locks = context.effects.locks;
      const bool of_taken = std::any_of(locks.begin(), locks.end(),
                                        [&](const TakenLock& lock) { return tables_.count(lock.relation) != 0; });
      if (of_taken) return true;
      break;
    }
    default:
      break;
  }
  return mentions_taken(context.statement.range.of(context.sql));
}

RelationId IndexPart::taken_table(const StatementContext& context, const RangeVar* name) const {
  if (name == nullptr) return kNoRelation;
  const Relation* relation = context.catalog.find(name_of(name), context.session.search_path());
  if (relation == nullptr) return kNoRelation;
  const RelationId table = relation->is_index() ? relation->index->table : relation->id;
  return tables_.count(table) != 0 ? table : kNoRelation;
}

bool IndexPart::has_key(RelationId table, const std::set<std::string>& columns) const {
  return std::any_of(keys_.begin(), keys_.end(),
                     [&](const Key& key) { return key.table == table && key.columns == columns; });
}

// ON CONFLICT needs the unique index of the columns that it names.
bool IndexPart::conflicts_on_taken(const StatementContext& context, const InsertStmt& insert) const {
  const auto* conflict = as<OnConflictClause>(reinterpret_cast<const Node*>(insert.onConflictClause));
  if (conflict == nullptr || conflict->infer == nullptr || conflict->infer->indexElems == nullptr) return false;
  return has_key(taken_table(context, insert.relation), columns_of(conflict->infer->indexElems));
}

bool IndexPart::references_taken(const StatementContext& context, const Node* element) const {
  if (element == nullptr) return false;
  const auto needs = [&](const Constraint& key) {
    return has_key(taken_table(context, key.pktable), names_in(key.pk_attrs));
  };
  if (const Constraint* key = foreign_key(element)) return needs(*key);
  const auto* column = as<ColumnDef>(element);
  if (column == nullptr) return false;
  const auto constraints = each(column->constraints);
  return std::any_of(constraints.begin(), constraints.end(), [&](const Node* constraint) {
    const Constraint* key = foreign_key(constraint);
    return key != nullptr && needs(*key);
  });
}

bool IndexPart::mentions_taken(std::string_view sql) const {
  Lexer lexer(sql);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (token.kind != TokenKind::word && token.kind != TokenKind::quoted_identifier) continue;
    if (names_.count(unquoted(token.of(sql))) != 0) return true;
  }
  return false;
}

}  // namespace pglatch
