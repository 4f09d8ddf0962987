// Labels that ALTER TYPE … ADD VALUE added in the same transaction: PostgreSQL reads them as values of the
// enum only once they are committed (check_safe_enum_use() in enum.c).
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/catalog/type_users.h"
#include "analyzer/locks/model.h"
#include "analyzer/parse/type_name.h"
#include "analyzer/parse/walk.h"

namespace pglatch::locks {
namespace {

struct NewLabels {
  std::string schema;
  std::string type;
  std::vector<std::string> labels;
};

std::vector<NewLabels> new_labels(const Catalog& catalog) {
  std::vector<NewLabels> all;
  catalog.each_type([&](NameView name, const TypeObject& type) {
    if (type.added_labels.empty() || type.labels_added_in != catalog.transaction) return;
    all.push_back({std::string(name.schema), std::string(name.name), type.added_labels});
  });
  return all;
}

// Looks where a string constant is read as a value of an enum.
class Search {
 public:
  Search(const Model& model, std::vector<NewLabels> labels) : model_(model), labels_(std::move(labels)) {}

  // Returns true where the statement is refused.
  bool look_at(const Node* statement) {
    if (const auto* alter = as<AlterTableStmt>(statement)) {
      tables_.push_back(model_.find(name_of(alter->relation)));
      for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) subcommand(*command);
    } else if (const auto* create = as<CreateStmt>(statement)) {
      for (const Node* element : each(create->tableElts)) column_definition(as<ColumnDef>(element));
    } else if (const auto* insert = as<InsertStmt>(statement)) {
      inserted(*insert);
    } else if (const auto* update = as<UpdateStmt>(statement)) {
      tables_.push_back(model_.find(name_of(update->relation)));
      for (const ResTarget* target : each<ResTarget>(update->targetList)) value(text(target->name), target->val);
    }
    query(statement);
    return model_.effects.refused();
  }

 private:
  void subcommand(const AlterTableCmd& command) {
    if (command.subtype == AT_ColumnDefault) value(text(command.name), command.def);
    if (command.subtype == AT_AddColumn) column_definition(as<ColumnDef>(command.def));
  }

  void column_definition(const ColumnDef* column) {
    if (column == nullptr) return;
    const TypeRef type = type_ref(column->typeName);
    for (const Constraint* constraint : each<Constraint>(column->constraints)) {
      if (constraint->contype == CONSTR_DEFAULT) constant(type, constraint->raw_expr);
    }
  }

  void inserted(const InsertStmt& insert) {
    const RelationId table = model_.find(name_of(insert.relation));
    tables_.push_back(table);
    const auto* select = as<SelectStmt>(insert.selectStmt);
    if (table == kNoRelation || select == nullptr) return;
    std::vector<std::string_view> columns;
    for (const ResTarget* target : each<ResTarget>(insert.cols)) columns.push_back(text(target->name));
    if (columns.empty()) {
      for (const Column& column : model_.relation(table).columns) columns.emplace_back(column.name);
    }
    for (const List* row : each<List>(select->valuesLists)) {
      std::size_t place = 0;
      for (const Node* item : each(row)) {
        if (place < columns.size()) value(columns[place], item);
        ++place;
      }
    }
    std::size_t place = 0;
    for (const ResTarget* target : each<ResTarget>(select->targetList)) {
      if (place < columns.size()) value(columns[place], target->val);
      ++place;
    }
  }

  // Casts anywhere, and comparisons with a column.
  void query(const Node* statement) {
    walk(statement, [&](const Node* node) {
      if (const auto* name = as<RangeVar>(node)) {
        tables_.push_back(model_.find(name_of(name)));
      } else if (const auto* cast = as<TypeCast>(node)) {
        constant(type_ref(cast->typeName), cast->arg);
      }
      return Walk::into;
    });
    walk(statement, [&](const Node* node) {
      if (const auto* operation = as<A_Expr>(node)) compare(*operation);
      return Walk::into;
    });
  }

  void compare(const A_Expr& operation) {
    const auto* column = as<ColumnRef>(operation.lexpr);
    const Node* other = operation.rexpr;
    if (column == nullptr) {
      column = as<ColumnRef>(operation.rexpr);
      other = operation.lexpr;
    }
    if (column == nullptr) return;
    const std::string_view name = string_value(each(column->fields).back());
    if (const auto* list = as<List>(other)) {
      for (const Node* item : each(list)) value(name, item);
    } else {
      value(name, other);
    }
  }

  // What becomes a value of the column of that name.
  void value(std::string_view column, const Node* expression) {
    for (const RelationId table : tables_) {
      const Column* found = model_.relation(table).column(column);
      if (found != nullptr) return constant(found->type, expression);
    }
  }

  void constant(const TypeRef& type, const Node* expression) {
    const auto* literal = as<A_Const>(expression);
    if (literal == nullptr || literal->isnull || literal->val.node.type != T_String || type.array) return;
    const std::string_view label = text(literal->val.sval.sval);
    for (const NewLabels& one : labels_) {
      if (!names_type(type, {one.schema, one.type})) continue;
      if (std::find(one.labels.begin(), one.labels.end(), label) == one.labels.end()) continue;
      model_.effects.fail(fmt::format("unsafe use of new value \"{}\" of enum type {}", label, one.type));
    }
  }

  const Model& model_;
  std::vector<NewLabels> labels_;
  std::vector<RelationId> tables_;
};

}  // namespace

bool refuse_new_enum_labels(const Model& model, const Node* statement) {
  return Search(model, new_labels(model.catalog())).look_at(statement);
}

}  // namespace pglatch::locks
