#include "analyzer/locks/partition_choice.h"

#include <algorithm>
#include <utility>

#include "analyzer/catalog/literal_order.h"

namespace pglatch::locks {
namespace {

enum class Holds : std::uint8_t { no, maybe, yes };

bool is_infinite(const Constant& bound) {
  return bound.type.empty() && (bound.text == "MINVALUE" || bound.text == "MAXVALUE");
}

// The order of a constant and a bound of a range; the infinite ones are beyond all.
LiteralOrder order(const Constant& value, const Constant& bound, const TypeRef& type) {
  if (is_infinite(bound)) return bound.text == "MINVALUE" ? LiteralOrder::greater : LiteralOrder::less;
  return compare_literals(value, bound, type);
}

bool is_known(LiteralOrder found) { return found != LiteralOrder::unknown && found != LiteralOrder::different; }

// Some value of the list satisfies the comparison.
Holds list_holds(const PartitionBound& bound, std::string_view op, const Constant& value, const TypeRef& type) {
  Holds result = Holds::no;
  for (const Constant& one : bound.list) {
    if (one.null) continue;
    const LiteralOrder found = compare_literals(one, value, type);
    const bool equal = found == LiteralOrder::equal;
    if (op == "=") {
      if (equal) return Holds::yes;
      if (found == LiteralOrder::unknown) result = Holds::maybe;
      continue;
    }
    if (!is_known(found) || (found == LiteralOrder::less && op.front() == '<') ||
        (found == LiteralOrder::greater && op.front() == '>') || (equal && op.size() == 2)) {
      result = Holds::maybe;
    }
  }
  return result;
}

// Some value of the range satisfies the comparison. Of a key of several columns the bounds are those of the
// first: rows with that very value can be on both sides.
Holds range_holds(const PartitionBound& bound, std::string_view op, const Constant& value, const TypeRef& type) {
  if (bound.from.empty() || bound.to.empty()) return Holds::maybe;
  const bool several = bound.from.size() > 1;
  const LiteralOrder low = order(value, bound.from.front(), type);
  const LiteralOrder high = order(value, bound.to.front(), type);
  const bool below = low == LiteralOrder::less;
  const bool above = high == LiteralOrder::greater || (!several && high == LiteralOrder::equal);
  if (op == "=") {
    if (below || above) return Holds::no;
    const bool inside = low == LiteralOrder::greater || (!several && low == LiteralOrder::equal);
    return inside && high == LiteralOrder::less ? Holds::yes : Holds::maybe;
  }
  if (op == "<") return below || low == LiteralOrder::equal ? Holds::no : Holds::maybe;
  if (op == "<=") return below ? Holds::no : Holds::maybe;
  return above ? Holds::no : Holds::maybe;  // > and >=
}

Holds value_holds(const PartitionBound& bound, std::string_view op, const Constant& value, const TypeRef& type) {
  switch (bound.strategy) {
    case PartitionStrategy::list:
      return list_holds(bound, op, value, type);
    case PartitionStrategy::range:
      return range_holds(bound, op, value, type);
    default:
      return Holds::maybe;  // hash: the server alone can compute it
  }
}

Holds null_holds(const PartitionBound& bound) {
  if (bound.strategy == PartitionStrategy::hash) return Holds::maybe;
  const bool has_null = std::any_of(bound.list.begin(), bound.list.end(), [](const Constant& one) { return one.null; });
  return has_null ? Holds::yes : Holds::no;
}

// The bound allows for rows that pass the test; `yes` where such rows are in no other partition.
Holds holds(const PartitionBound& bound, const Conjunct& test, const TypeRef& type) {
  if (test.kind == Conjunct::Kind::is_null) return null_holds(bound);
  if (test.kind == Conjunct::Kind::compare) {
    return test.constants.empty() ? Holds::maybe : value_holds(bound, test.op, test.constants.front(), type);
  }
  if (test.kind != Conjunct::Kind::in_list || test.constants.empty()) return Holds::maybe;
  bool some = false;
  bool all = true;
  for (const Constant& value : test.constants) {
    const Holds one = value.null ? Holds::no : value_holds(bound, "=", value, type);
    some = some || one != Holds::no;
    all = all && one == Holds::yes;
  }
  if (!some) return Holds::no;
  return all ? Holds::yes : Holds::maybe;
}

const Column* key_column(const Relation& parent) {
  return parent.partition_key.columns.empty() ? nullptr : parent.column(parent.partition_key.columns.front());
}

// The range holds all values between two bounds of the tests, so that the default partition has none.
bool encloses(const PartitionBound& bound, const std::vector<const Conjunct*>& tests, const TypeRef& type) {
  const auto inside = [&](char direction) {
    return std::any_of(tests.begin(), tests.end(), [&](const Conjunct* test) {
      return test->kind == Conjunct::Kind::compare && test->op.front() == direction && !test->constants.empty() &&
             range_holds(bound, "=", test->constants.front(), type) == Holds::yes;
    });
  };
  return bound.strategy == PartitionStrategy::range && inside('<') && inside('>');
}

void choose(const Catalog& catalog, RelationId id, const std::vector<ColumnTest>& all_tests,
            std::vector<RelationId>& chosen) {
  chosen.push_back(id);
  const Relation& parent = *catalog.find(id);
  const Column* key = key_column(parent);
  std::vector<const Conjunct*> tests;
  for (const ColumnTest& test : all_tests) {
    if (key != nullptr && test.conjunct.column == key->name) tests.push_back(&test.conjunct);
  }
  const RelationId default_partition = catalog.default_partition(parent);
  bool elsewhere = false;  // all rows are in some partition that is not the default one
  for (const RelationId part : parent.partitions) {
    if (part == default_partition) continue;
    const PartitionBound& bound = *catalog.find(part)->bound;
    bool left = true;
    for (const Conjunct* test : tests) {
      const Holds found = holds(bound, *test, key->type);
      left = left && found != Holds::no;
      elsewhere = elsewhere || found == Holds::yes;
    }
    if (!tests.empty()) elsewhere = elsewhere || encloses(bound, tests, key->type);
    if (left) choose(catalog, part, all_tests, chosen);
  }
  if (default_partition != kNoRelation && !elsewhere) choose(catalog, default_partition, all_tests, chosen);
}

}  // namespace

std::vector<RelationId> chosen_partitions(const Catalog& catalog, RelationId root,
                                          const std::vector<ColumnTest>& tests) {
  const Relation& top = *catalog.find(root);
  if (top.partitions.empty()) {
    if (top.inherited_by.empty()) return {root};
    return catalog.with_descendants(root);
  }
  std::vector<RelationId> chosen;
  choose(catalog, root, tests, chosen);
  return chosen;
}

std::vector<RelationId> partitions_for_row(const Catalog& catalog, RelationId root, const std::vector<NewValue>& row) {
  std::vector<ColumnTest> tests;
  for (const NewValue& value : row) {
    ColumnTest& test = tests.emplace_back();
    test.conjunct.kind = value.constant.null ? Conjunct::Kind::is_null : Conjunct::Kind::compare;
    test.conjunct.op = "=";
    test.conjunct.column = value.column;
    if (!value.constant.null) test.conjunct.constants.push_back(value.constant);
  }
  return chosen_partitions(catalog, root, tests);
}

}  // namespace pglatch::locks
