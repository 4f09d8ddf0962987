#include "analyzer/catalog/partition.h"

#include <utility>

namespace pglatch {
namespace {

PartitionStrategy strategy_of(char letter) {
  switch (letter) {
    case PARTITION_STRATEGY_LIST:
      return PartitionStrategy::list;
    case PARTITION_STRATEGY_RANGE:
      return PartitionStrategy::range;
    case PARTITION_STRATEGY_HASH:
      return PartitionStrategy::hash;
    default:
      return PartitionStrategy::none;
  }
}

// Raw trees spell MINVALUE and MAXVALUE as column references; an expression that is no literal
// becomes a constant of the type "expression", which equals no literal.
Constant bound_value(const Node* node) {
  Constant constant;
  if (constant_of(node, constant)) return constant;
  if (const auto* column = as<ColumnRef>(node)) {
    const std::string_view word = string_value(each(column->fields).back());
    if (word == "minvalue") return {"MINVALUE", ""};
    if (word == "maxvalue") return {"MAXVALUE", ""};
  }
  return {"", "expression"};
}

std::vector<Constant> bound_values(const List* nodes) {
  std::vector<Constant> values;
  for (const Node* node : each(nodes)) values.push_back(bound_value(node));
  return values;
}

}  // namespace

PartitionKey partition_key(const PartitionSpec& spec) {
  PartitionKey key;
  key.strategy = strategy_of(static_cast<char>(spec.strategy));
  for (const PartitionElem* element : each<PartitionElem>(spec.partParams)) {
    key.columns.emplace_back(text(element->name));
  }
  return key;
}

PartitionBound partition_bound(const PartitionBoundSpec& spec) {
  PartitionBound bound;
  bound.is_default = spec.is_default;
  bound.strategy = strategy_of(spec.strategy);
  bound.list = bound_values(spec.listdatums);
  bound.from = bound_values(spec.lowerdatums);
  bound.to = bound_values(spec.upperdatums);
  bound.modulus = spec.modulus;
  bound.remainder = spec.remainder;
  return bound;
}

}  // namespace pglatch
