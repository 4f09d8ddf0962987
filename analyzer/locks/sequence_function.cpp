// Sequences that a query advances: by calling their functions, or by a default.
#include <algorithm>
#include <string>

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

// A name as regclass reads it: quoted parts as they are, the others in lower case (stringToQualifiedNameList()).
struct WrittenName {
  std::string schema;
  std::string name;
  [[nodiscard]] NameView view() const { return {schema, name}; }
};

WrittenName read_name(std::string_view written) {
  WrittenName result;
  bool quoted = false;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const char c = written[i];
    if (c == '"') {
      if (quoted && i + 1 < written.size() && written[i + 1] == '"') {
        result.name += written[++i];
        continue;
      }
      quoted = !quoted;
    } else if (quoted) {
      result.name += c;
    } else if (c == '.') {
      result.schema = std::move(result.name);
      result.name.clear();
    } else if (c != ' ') {
      result.name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return result;
}

bool is_builtin(const FuncCall& call, std::string_view name) {
  const auto names = each(call.funcname);
  if (string_value(names.back()) != name) return false;
  return names.size() == 1 || string_value(names[names.size() - 2]) == "pg_catalog";
}

RelationId serial_sequence(const Model& model, const FuncCall& call) {
  const auto arguments = each(call.args);
  if (arguments.size() != 2) return kNoRelation;
  const WrittenName table = read_name(string_constant(arguments[0]));
  const std::string_view column = string_constant(arguments[1]);
  for (const RelationId sequence : model.relation(model.find(table.view())).owned_sequences) {
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
  } else if (const std::string_view written = string_constant(argument); !written.empty()) {
    sequence = model.resolve(read_name(written).view(), RelationKind::sequence);
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
