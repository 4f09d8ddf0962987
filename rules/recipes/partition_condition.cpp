#include "rules/recipes/partition_condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "analyzer/catalog/literal_order.h"
#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

constexpr int kMaxLevels = 100;  // of partitions of partitions; a longer chain is a mistake in the catalog

bool is_infinite(const Constant& value) {
  return value.type.empty() && (value.text == "MINVALUE" || value.text == "MAXVALUE");
}

bool is_minimum(const Constant& value) { return is_infinite(value) && value.text == "MINVALUE"; }
bool is_maximum(const Constant& value) { return is_infinite(value) && value.text == "MAXVALUE"; }

bool has_null(const PartitionBound& bound) {
  return std::any_of(bound.list.begin(), bound.list.end(), [](const Constant& value) { return value.null; });
}

std::string joined(const std::vector<std::string>& conditions, std::string_view separator) {
  return fmt::format("{}", fmt::join(conditions, separator));
}

// '2024-01-01 10:00' has no zone; 'infinity' and what is not known better count as such too, which does no harm.
bool names_zone(std::string_view text) {
  const std::size_t time = text.find(':');
  if (time == std::string_view::npos) return false;
  return text.find_first_of("+-", time) != std::string_view::npos || text.back() == 'Z' || text.back() == 'z';
}

// Types whose values hash the same whatever the collation: a CHECK on a collatable key carries one, the server's
// own condition does not, and its prover takes them for two.
bool is_hashed_without_collation(const TypeRef& type) {
  constexpr std::string_view kTypes[] = {"int2", "int4", "int8", "oid",         "uuid",    "date",  "timestamp",
                                         "bool", "time", "inet", "timestamptz", "numeric", "bytea", "float8"};
  return type.schema.empty() && !type.array &&
         std::find(std::begin(kTypes), std::end(kTypes), type.name) != std::end(kTypes);
}

// The key of a partitioned table, with the columns that it consists of.
class Key {
 public:
  explicit Key(const Relation& parent) : parent_(parent) {
    const PartitionKey& key = parent.partition_key;
    if (key.strategy == PartitionStrategy::none || key.columns.empty()) {
      why_not_ = fmt::format("The partition key of {} is not known here.", display_name(parent));
      return;
    }
    for (const std::string& name : key.columns) {
      const Column* column = name.empty() ? nullptr : parent.column(name);
      if (column == nullptr) {
        why_not_ = name.empty() ? fmt::format("{} is partitioned by an expression.", display_name(parent))
                                : fmt::format("The type of {}.{} is not known here.", display_name(parent),
                                              quote_identifier_sql(name));
        return;
      }
      columns_.push_back(column);
    }
  }

  [[nodiscard]] const std::string& why_not() const { return why_not_; }
  [[nodiscard]] const std::vector<std::string>& zoneless() const { return zoneless_; }
  [[nodiscard]] std::size_t size() const { return columns_.size(); }
  [[nodiscard]] PartitionStrategy strategy() const { return parent_.partition_key.strategy; }
  [[nodiscard]] const TypeRef& type(std::size_t i) const { return columns_[i]->type; }
  [[nodiscard]] std::string name(std::size_t i) const { return quote_identifier_sql(columns_[i]->name); }

  // All columns of the key have a value.
  [[nodiscard]] std::string not_null() const {
    std::vector<std::string> tests;
    for (std::size_t i = 0; i < size(); ++i) tests.push_back(name(i) + " IS NOT NULL");
    return joined(tests, " AND ");
  }

  // The value as a literal that takes the column's type.
  std::string literal(std::size_t i, const Constant& value) {
    if (!fits(value, type(i))) {
      why_not_ = value.type == "expression" ? fmt::format("A bound of {} is an expression.", display_name(parent_))
                                            : fmt::format("A bound of {} is a literal of the type {}, the key is {}.",
                                                          display_name(parent_), value.type, format_type(type(i)));
    } else if (compare_literals({value.text, {}}, {value.text, {}}, type(i)) != LiteralOrder::equal) {
      // More digits than the type keeps: the bound is rounded, the CHECK's constant is not.
      why_not_ = fmt::format("What {} is as a value of {} cannot be told here.", quote_literal_sql(value.text),
                             format_type(type(i)));
    }
    if (type(i).name == "timestamptz" && !names_zone(value.text)) zoneless_.push_back(value.text);
    return quote_literal_sql(value.text);
  }

  std::string list(const PartitionBound& bound) {
    std::vector<std::string> values;
    for (const Constant& value : bound.list) {
      if (!value.null) values.push_back(literal(0, value));
    }
    return joined(values, ", ");
  }

  // The range without the tests for NULL; empty where it has no limits.
  std::string range(const PartitionBound& bound) {
    if (bound.from.size() != size() || bound.to.size() != size()) {
      why_not_ = fmt::format("The bound does not fit the key of {}.", display_name(parent_));
      return {};
    }
    std::vector<std::string> conditions;
    std::size_t first = 0;
    for (; first + 1 < size() && is_same(first, bound); ++first) {
      conditions.push_back(fmt::format("{} = {}", name(first), literal(first, bound.from[first])));
    }
    for (const std::string& limit : {limit_of(bound.from, first, true), limit_of(bound.to, first, false)}) {
      if (!limit.empty()) conditions.push_back(limit);
    }
    return joined(conditions, " AND ");
  }

  std::string hash(const PartitionBound& bound) {
    std::vector<std::string> arguments;
    for (std::size_t i = 0; i < size(); ++i) {
      arguments.push_back(name(i));
      if (is_hashed_without_collation(type(i))) continue;
      why_not_ = fmt::format(
          "{} is partitioned by the hash of {}, of type {}: PostgreSQL takes no CHECK as a proof where a collation "
          "could "
          "matter.",
          display_name(parent_), name(i), format_type(type(i)));
    }
    return fmt::format("satisfies_hash_partition({}::regclass, {}, {}, {})", quote_literal_sql(display_name(parent_)),
                       bound.modulus, bound.remainder, joined(arguments, ", "));
  }

 private:
  // As a literal without a type it is the same value.
  static bool fits(const Constant& value, const TypeRef& type) {
    const auto is_integer = [](std::string_view name) { return name == "int2" || name == "int4" || name == "int8"; };
    if (value.type.empty() || value.type == type.name || value.type == type.schema + "." + type.name) return true;
    if (is_integer(value.type)) return is_integer(type.name) || type.name == "numeric" || type.name == "float8";
    return value.type == "numeric" && type.name == "float8";
  }

  bool is_same(std::size_t i, const PartitionBound& bound) {
    if (is_infinite(bound.from[i]) || is_infinite(bound.to[i])) return false;
    const LiteralOrder order = compare_literals(bound.from[i], bound.to[i], type(i));
    if (order == LiteralOrder::unknown) why_not_ = "Which of the two limits is greater cannot be told here.";
    return order == LiteralOrder::equal;
  }

  // One limit of a range, from column `first` on: one arm of an OR for each column that decides.
  std::string limit_of(const std::vector<Constant>& limit, std::size_t first, bool lower) {
    std::vector<std::string> arms;
    std::string equal;
    for (std::size_t i = first; i < size() && !is_infinite(limit[i]); ++i) {
      const bool last = i + 1 == size();
      const bool open = !last && (lower ? is_minimum(limit[i + 1]) : is_maximum(limit[i + 1]));
      const std::string_view op = lower ? (last || open ? ">=" : ">") : (open ? "<=" : "<");
      const std::string value = literal(i, limit[i]);
      const std::string arm = fmt::format("{}{} {} {}", equal, name(i), op, value);
      arms.push_back(equal.empty() ? arm : fmt::format("({})", arm));
      equal += fmt::format("{} = {} AND ", name(i), value);
    }
    if (arms.size() > 1) return fmt::format("({})", joined(arms, " OR "));
    return arms.empty() ? std::string() : arms.front();
  }

  const Relation& parent_;
  std::vector<const Column*> columns_{};
  std::vector<std::string> zoneless_{};
  std::string why_not_{};
};

std::string list_condition(Key& key, const PartitionBound& bound) {
  const std::string values = key.list(bound);
  if (values.empty()) return key.name(0) + " IS NULL";
  return fmt::format("{0} {1} {0} IN ({2})", key.name(0), has_null(bound) ? "IS NULL OR" : "IS NOT NULL AND", values);
}

std::string range_condition(Key& key, const PartitionBound& bound) {
  const std::string range = key.range(bound);
  return key.not_null() + (range.empty() ? "" : " AND ") + range;
}

// What no other partition takes.
std::string default_condition(Key& key, const std::vector<const PartitionBound*>& others) {
  if (others.empty()) return {};
  if (key.strategy() == PartitionStrategy::list) {
    std::vector<std::string> values;
    bool null = false;
    for (const PartitionBound* other : others) {
      null = null || has_null(*other);
      if (std::string list = key.list(*other); !list.empty()) values.push_back(std::move(list));
    }
    std::string condition = null ? key.name(0) + " IS NOT NULL" : std::string();
    if (values.empty()) return condition;
    return fmt::format("{}{}{} NOT IN ({})", condition, null ? " AND " : "", key.name(0), joined(values, ", "));
  }
  std::vector<std::string> ranges;
  for (const PartitionBound* other : others) {
    std::string range = key.range(*other);
    if (range.empty()) return fmt::format("NOT ({})", key.not_null());
    ranges.push_back(others.size() == 1 ? std::move(range) : fmt::format("({})", range));
  }
  return fmt::format("NOT ({} AND {}{}{})", key.not_null(), ranges.size() == 1 ? "" : "(", joined(ranges, " OR "),
                     ranges.size() == 1 ? "" : ")");
}

PartitionCondition finished(const Key& key, std::string sql, bool beyond_model) {
  PartitionCondition condition;
  condition.sql = std::move(sql);
  condition.why_not = key.why_not();
  condition.beyond_model = beyond_model || key.size() > 1 || key.strategy() == PartitionStrategy::hash;
  condition.zoneless = key.zoneless();
  return condition;
}

// Of one level.
PartitionCondition inside_level(const Catalog& catalog, const Relation& parent, const PartitionBound& bound,
                                RelationId partition) {
  Key key(parent);
  if (!key.why_not().empty()) return finished(key, {}, false);
  if (bound.is_default) {
    std::vector<const PartitionBound*> others;
    for (const RelationId id : parent.partitions) {
      const Relation* other = catalog.find(id);
      if (id != partition && other != nullptr) others.push_back(&*other->bound);
    }
    return finished(key, default_condition(key, others), true);
  }
  switch (key.strategy()) {
    case PartitionStrategy::list:
      return finished(key, list_condition(key, bound), false);
    case PartitionStrategy::range:
      return finished(key, range_condition(key, bound), false);
    default:
      return finished(key, key.hash(bound), true);
  }
}

}  // namespace

PartitionCondition inside_bound(const Catalog& catalog, const Relation& parent, const PartitionBound& bound,
                                RelationId partition) {
  PartitionCondition whole = inside_level(catalog, parent, bound, partition);
  const Relation* inner = &parent;
  for (int level = 0; inner->partition_of != kNoRelation && level < kMaxLevels; ++level) {
    const Relation* outer = catalog.find(inner->partition_of);
    if (outer == nullptr) break;
    PartitionCondition above = inside_level(catalog, *outer, *inner->bound, inner->id);
    if (!whole.sql.empty() && !above.sql.empty()) {
      whole.sql = fmt::format("({}) AND ({})", whole.sql, above.sql);
    } else {
      whole.sql += above.sql;
    }
    if (whole.why_not.empty()) whole.why_not = std::move(above.why_not);
    whole.beyond_model = whole.beyond_model || above.beyond_model;
    whole.zoneless.insert(whole.zoneless.end(), above.zoneless.begin(), above.zoneless.end());
    inner = outer;
  }
  return whole;
}

PartitionCondition outside_bound(const Relation& parent, const PartitionBound& bound) {
  Key key(parent);
  if (!key.why_not().empty()) return finished(key, {}, false);
  if (key.strategy() != PartitionStrategy::range || key.size() > 1) {
    return finished(key, default_condition(key, {&bound}), false);
  }
  // A CHECK passes NULLs anyway: two plain comparisons say it.
  if (bound.from.size() != 1 || bound.to.size() != 1) return finished(key, default_condition(key, {&bound}), true);
  std::vector<std::string> sides;
  if (!is_infinite(bound.from[0])) sides.push_back(fmt::format("{} < {}", key.name(0), key.literal(0, bound.from[0])));
  if (!is_infinite(bound.to[0])) sides.push_back(fmt::format("{} >= {}", key.name(0), key.literal(0, bound.to[0])));
  return finished(key, sides.empty() ? key.name(0) + " IS NULL" : joined(sides, " OR "), false);
}

std::string bound_sql(const PartitionBound& bound) {
  if (bound.is_default) return "DEFAULT";
  if (bound.strategy == PartitionStrategy::hash) {
    return fmt::format("FOR VALUES WITH (MODULUS {}, REMAINDER {})", bound.modulus, bound.remainder);
  }
  bool literal = true;
  const auto values = [&](const std::vector<Constant>& constants) {
    std::vector<std::string> all;
    for (const Constant& value : constants) {
      literal = literal && value.type != "expression";
      if (value.null) {
        all.emplace_back("NULL");
      } else {
        all.push_back(is_infinite(value) ? value.text : quote_literal_sql(value.text));
      }
    }
    return joined(all, ", ");
  };
  const std::string sql = bound.strategy == PartitionStrategy::list
                              ? fmt::format("FOR VALUES IN ({})", values(bound.list))
                              : fmt::format("FOR VALUES FROM ({}) TO ({})", values(bound.from), values(bound.to));
  return literal ? sql : std::string();
}

}  // namespace pglatch
