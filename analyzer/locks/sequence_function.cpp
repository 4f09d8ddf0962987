// Sequences that a query advances: by calling their functions, or by a default.
#include <algorithm>
#include <string>

#include "analyzer/base/qualified_name.h"
#include "analyzer/locks/query_reader.h"

namespace pglatch::locks {
namespace {

// The constant under casts, as in nextval('a.b'::text::regclass).
std::string_view string_constant(const Node* node) {
  while (const auto* cast = as<TypeCast>(node)) node = cast->arg;
  const auto* constant = as<A_Const>(node);
  if (constant == nullptr || constant->isnull || constant->val.node.type != T_String) return {};
  return text(constant->val.sval.sval);
}

bool is_builtin(const FuncCall& call, std::string_view name) {
  const auto names = each(call.funcname);
  if (string_value(names.back()) != name) return false;
  return names.size() == 1 || string_value(names[names.size() - 2]) == "pg_catalog";
}

RelationId serial_sequence(const Model& model, const FuncCall& call) {
  const auto arguments = each(call.args);
  if (arguments.size() != 2) return kNoRelation;
  const auto table = parse_qualified_name(string_constant(arguments[0]));
  if (!table) return kNoRelation;
  const std::string_view column = string_constant(arguments[1]);
  for (const RelationId sequence : model.relation(model.find({table->schema, table->name})).owned_sequences) {
    if (model.relation(sequence).owned_by_column == column) return sequence;
  }
  return kNoRelation;
}

}  // namespace

void call_sequence_function(const Model& model, const FuncCall& call) {
  const auto arguments = each(call.args);
  if (arguments.empty()) return;
  if (!is_builtin(call, "nextval") && !is_builtin(call, "setval") && !is_builtin(call, "currval")) return;
  const Node* argument = arguments[0];
  while (const auto* cast = as<TypeCast>(argument)) argument = cast->arg;
  RelationId sequence = kNoRelation;
  if (const auto* inner = as<FuncCall>(argument); inner != nullptr && is_builtin(*inner, "pg_get_serial_sequence")) {
    sequence = serial_sequence(model, *inner);
  } else if (const auto written = parse_qualified_name(string_constant(argument))) {
    sequence = model.resolve(NameView{written->schema, written->name}, RelationKind::sequence);
  }
  model.lock(sequence, LockMode::row_exclusive, LockReason::dependent);
}

std::vector<RelationId> default_sequences(const Model& model, RelationId table, const Column& column) {
  std::vector<RelationId> result;
  const Relation& relation = model.relation(table);
  if (!column.has_default && column.identity == 0 && !column.type.serial) return result;
  const auto add = [&](RelationId id) {
    if (std::find(result.begin(), result.end(), id) == result.end()) result.push_back(id);
  };
  for (const RelationId sequence : relation.owned_sequences) {
    if (model.relation(sequence).owned_by_column == column.name) add(sequence);
  }
  for (const DependentExpression& expression : relation.expressions) {
    if (expression.kind != ExpressionKind::default_value || expression.name != column.name) continue;
    for (const RelationId used : expression.relations) {
      if (model.relation(used).kind == RelationKind::sequence) add(used);
    }
  }
  return result;
}

}  // namespace pglatch::locks
