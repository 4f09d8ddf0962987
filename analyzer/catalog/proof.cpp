// Proofs by CHECK constraints, a part of what predicate_implied_by() in predtest.c does.
#include "analyzer/catalog/proof.h"

#include <algorithm>

#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/literal_order.h"

namespace pglatch {
namespace {

// What the validated CHECKs of a table promise. PostgreSQL does not use what is NOT VALID or NOT
// ENFORCED (get_relation_constraints(), ConstraintImpliedByRelConstraint()).
std::vector<const Conjunct*> promises_of(const Relation& relation, std::string_view except = {}) {
  std::vector<const Conjunct*> result;
  for (const TableConstraint& constraint : relation.constraints) {
    if (constraint.kind != ConstraintKind::check || !constraint.validated || !constraint.enforced) continue;
    if (!except.empty() && constraint.name == except) continue;
    for (const Conjunct& conjunct : constraint.proof) result.push_back(&conjunct);
  }
  return result;
}

// The key column of a partitioned table, and what its values are.
struct Key {
  std::string_view column;
  const TypeRef& type;
};

// "column op value", as a goal of a proof.
struct Goal {
  std::string_view op;
  const Constant& value;
};

// "column has_op has" implies the goal: the tables of operator_predicate_proof().
bool comparison_implies(const Key& key, std::string_view has_op, const Constant& has, const Goal& goal) {
  const LiteralOrder order = compare_literals(has, goal.value, key.type);
  const bool less = order == LiteralOrder::less;
  const bool equal = order == LiteralOrder::equal;
  const bool greater = order == LiteralOrder::greater;
  const std::string_view want = goal.op;
  if (want == has_op && equal) return true;
  if (want == ">=") return (has_op == "=" || has_op == ">=" || has_op == ">") && (greater || equal);
  if (want == ">") return (has_op == ">" || has_op == "=" || has_op == ">=") && greater;
  if (want == "<=") return (has_op == "=" || has_op == "<=" || has_op == "<") && (less || equal);
  if (want == "<") return (has_op == "<" || has_op == "=" || has_op == "<=") && less;
  if (want == "<>") {
    if (has_op == "=") return less || greater || order == LiteralOrder::different;
    if (has_op == "<") return less || equal;
    if (has_op == "<=") return less;
    if (has_op == ">") return greater || equal;
    if (has_op == ">=") return greater;
  }
  return false;
}

// Some condition, of which every possible value must satisfy `test`: `test(op, constant)` is asked
// for each comparison, `null_ok` is the answer for IS NULL.
template <class Test>
bool always(const Key& key, const Conjunct& promise, bool null_ok, const Test& test) {
  switch (promise.kind) {
    case Conjunct::Kind::compare:
      return promise.column == key.column && test(promise.op, promise.constants.front());
    case Conjunct::Kind::in_list:
      return promise.column == key.column &&
             std::all_of(promise.constants.begin(), promise.constants.end(),
                         [&](const Constant& constant) { return test(std::string_view("="), constant); });
    case Conjunct::Kind::is_null:
      return null_ok && promise.column == key.column;
    case Conjunct::Kind::any_of:
      return std::all_of(promise.alternatives.begin(), promise.alternatives.end(),
                         [&](const Conjunct& alternative) { return always(key, alternative, null_ok, test); });
    case Conjunct::Kind::is_not_null:
    case Conjunct::Kind::other:
      return false;
  }
  return false;
}

bool says_not_null(const Conjunct& promise, std::string_view column) {
  if (promise.kind == Conjunct::Kind::any_of) {
    return std::all_of(promise.alternatives.begin(), promise.alternatives.end(),
                       [&](const Conjunct& alternative) { return says_not_null(alternative, column); });
  }
  return promise.kind == Conjunct::Kind::is_not_null && promise.column == column;
}

bool is_not_null(const Relation& relation, std::string_view column) {
  const Column* found = relation.column(column);
  return (found != nullptr && found->not_null) || proves_not_null(relation, column);
}

// One promise alone implies the goal.
bool some_promise_implies(const std::vector<const Conjunct*>& promises, const Key& key, const Goal& goal,
                          bool null_ok) {
  return std::any_of(promises.begin(), promises.end(), [&](const Conjunct* promise) {
    return always(key, *promise, null_ok, [&](std::string_view op, const Constant& constant) {
      return comparison_implies(key, op, constant, goal);
    });
  });
}

bool has_null(const PartitionBound& bound) {
  return std::any_of(bound.list.begin(), bound.list.end(), [](const Constant& value) { return value.null; });
}

bool is_infinite(const Constant& value, std::string_view word) { return value.type.empty() && value.text == word; }

// The column of a key of one column of a known type, or null.
const Column* key_column(const Relation& relation, const PartitionKey& key) {
  return key.columns.size() == 1 ? relation.column(key.columns.front()) : nullptr;
}

bool usable_range(const PartitionBound& bound) { return bound.from.size() == 1 && bound.to.size() == 1; }

}  // namespace

bool proves_not_null(const Relation& relation, std::string_view column, std::string_view except) {
  const auto promises = promises_of(relation, except);
  return std::any_of(promises.begin(), promises.end(),
                     [&](const Conjunct* promise) { return says_not_null(*promise, column); });
}

// get_qual_for_range() and get_qual_for_list() in partbounds.c say what is to be proved.
bool proves_bound(const Relation& partition, const PartitionKey& key, const PartitionBound& bound) {
  const Column* column = key_column(partition, key);
  if (bound.is_default || column == nullptr) return false;
  const Key proof_key{column->name, column->type};
  const auto promises = promises_of(partition);

  if (key.strategy == PartitionStrategy::range && usable_range(bound)) {
    if (!is_not_null(partition, column->name)) return false;
    const Constant& from = bound.from.front();
    const Constant& to = bound.to.front();
    return (is_infinite(from, "MINVALUE") || some_promise_implies(promises, proof_key, {">=", from}, false)) &&
           (is_infinite(to, "MAXVALUE") || some_promise_implies(promises, proof_key, {"<", to}, false));
  }
  if (key.strategy == PartitionStrategy::list && !bound.list.empty()) {
    const bool null_ok = has_null(bound);
    if (!null_ok && !is_not_null(partition, column->name)) return false;
    const auto in_bound = [&](std::string_view op, const Constant& constant) {
      return std::any_of(bound.list.begin(), bound.list.end(), [&](const Constant& value) {
        return !value.null && comparison_implies(proof_key, op, constant, {"=", value});
      });
    };
    return std::any_of(promises.begin(), promises.end(),
                       [&](const Conjunct* promise) { return always(proof_key, *promise, null_ok, in_bound); });
  }
  return false;
}

bool proves_partition(const Catalog& catalog, const Relation& partition, const Relation& parent,
                      const PartitionBound& bound) {
  if (!proves_bound(partition, parent.partition_key, bound)) return false;
  // A chain of partitions longer than this is a mistake in the catalog.
  constexpr int kMaxLevels = 100;
  const Relation* inner = &parent;
  for (int level = 0; inner->partition_of != kNoRelation; ++level) {
    const Relation* outer = catalog.find(inner->partition_of);
    if (outer == nullptr || level == kMaxLevels) return false;
    if (!proves_bound(partition, outer->partition_key, *inner->bound)) return false;
    inner = outer;
  }
  return true;
}

// get_proposed_default_constraint() in partbounds.c: the default partition must satisfy the negation
// of the new bound, which for RANGE is "k IS NULL OR k < from OR k >= to".
bool proves_outside(const Relation& default_partition, const PartitionKey& key, const PartitionBound& bound) {
  const Column* column = key_column(default_partition, key);
  if (bound.is_default || column == nullptr) return false;
  const Key proof_key{column->name, column->type};
  const auto promises = promises_of(default_partition);

  if (key.strategy == PartitionStrategy::range && usable_range(bound)) {
    const Constant& from = bound.from.front();
    const Constant& to = bound.to.front();
    const auto outside = [&](std::string_view op, const Constant& constant) {
      return (!is_infinite(from, "MINVALUE") && comparison_implies(proof_key, op, constant, {"<", from})) ||
             (!is_infinite(to, "MAXVALUE") && comparison_implies(proof_key, op, constant, {">=", to}));
    };
    return std::any_of(promises.begin(), promises.end(),
                       [&](const Conjunct* promise) { return always(proof_key, *promise, true, outside); });
  }
  if (key.strategy == PartitionStrategy::list && !bound.list.empty()) {
    const bool excludes_null = has_null(bound);
    if (excludes_null && !is_not_null(default_partition, column->name)) return false;
    const auto differs = [&](std::string_view op, const Constant& constant) {
      return std::all_of(bound.list.begin(), bound.list.end(), [&](const Constant& value) {
        return value.null || comparison_implies(proof_key, op, constant, {"<>", value});
      });
    };
    // Either one promise does it all (then NULLs may be in it), or each value is ruled out by one.
    if (std::any_of(promises.begin(), promises.end(),
                    [&](const Conjunct* promise) { return always(proof_key, *promise, !excludes_null, differs); })) {
      return true;
    }
    return std::all_of(bound.list.begin(), bound.list.end(), [&](const Constant& value) {
      return value.null || some_promise_implies(promises, proof_key, {"<>", value}, false);
    });
  }
  return false;
}

}  // namespace pglatch
