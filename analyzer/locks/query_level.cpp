#include "analyzer/locks/query_level.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/parse/walk.h"

namespace pglatch::locks {
namespace {

// Views of views, joins of joins: what nests deeper has no names.
constexpr int kMaxNesting = 100;

std::string_view operator_of(const A_Expr& expression) {
  const auto names = each(expression.name);
  return names.empty() ? std::string_view() : string_value(names.back());
}

bool is_btree_operator(std::string_view op) { return op == "=" || op == "<" || op == "<=" || op == ">" || op == ">="; }

std::string_view commuted(std::string_view op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

Conjunct make_test(Conjunct::Kind kind, std::string_view op = {}, const Node* value = nullptr) {
  Conjunct conjunct;
  conjunct.kind = kind;
  conjunct.op = op;
  Constant constant;
  if (value != nullptr && constant_of(value, constant) && !constant.null) {
    conjunct.constants.push_back(std::move(constant));
  }
  return conjunct;
}

const List* as_list(const Node* node) {
  return node != nullptr && node->type == T_List ? reinterpret_cast<const List*>(node) : nullptr;
}

bool mentions(const Source& source, std::string_view column) {
  return std::any_of(source.tests.begin(), source.tests.end(), [&](const ColumnTest& test) {
    return test.conjunct.column == column ||
           std::find(test.mentioned.begin(), test.mentioned.end(), column) != test.mentioned.end();
  });
}

// An index method of another kind than these is made for operators of its own.
bool fits_method(const std::string& method, const Conjunct& conjunct) {
  if (conjunct.kind == Conjunct::Kind::other) return method != "btree" && method != "hash" && method != "brin";
  if (method == "hash") return conjunct.op == "=" || conjunct.kind == Conjunct::Kind::in_list;
  return method != "gin";
}

}  // namespace

bool has_index_for(const Catalog& catalog, const Relation& relation, const Source& source, const ColumnTest& test) {
  if (relation.origin == Origin::unknown) return true;
  for (const RelationId id : relation.indexes) {
    const IndexDetails& index = *catalog.find(id)->index;
    if (!index.valid || index.columns.empty() || !fits_method(index.method, test.conjunct)) continue;
    const auto is_mentioned = [&](const std::string& column) { return mentions(source, column); };
    const bool is_expression = index.columns.front().empty();
    // Which of the columns that a partial index or an expression mentions stand where is not kept: those of
    // the query have to cover them all.
    if ((index.partial || is_expression) &&
        !std::all_of(index.mentioned.begin(), index.mentioned.end(), is_mentioned)) {
      continue;
    }
    if (is_expression ? !test.mentioned.empty() : index.columns.front() == test.conjunct.column) return true;
  }
  return false;
}

void QueryLevel::add_equality(LevelColumn left, LevelColumn right, SourceSet restricts) {
  if (left.source >= 0 && right.source >= 0) equalities_.push_back({left, right, restricts});
}

void QueryLevel::add_equality(const Node* left, LevelColumn right, SourceSet restricts) {
  if (right.source < 0) return;
  const LevelColumn column = resolve(left);
  if (column.source >= 0) return add_equality(column, right, restricts);
  const SourceSet on = sources_of(left);
  if (on == 0) return add_test(right, make_test(Conjunct::Kind::compare, "=", left), restricts);
  dependences_.push_back({right, on, restricts});
}

LevelColumn QueryLevel::resolve(const RangeName& name, std::string_view column) const {
  if (name.columns != nullptr && !each(name.columns->colnames).empty()) return {};  // renamed: not followed
  if (name.select != nullptr) {
    for (const ResTarget* target : each<ResTarget>(name.select->targetList)) {
      const auto* reference = as<ColumnRef>(target->val);
      if (reference == nullptr) continue;
      const std::string_view own = string_value(each(reference->fields).back());
      if (own.empty()) {  // *
        const LevelColumn found = resolve(name.inner, column);
        if (found.source >= 0) return found;
      } else if ((target->name != nullptr ? text(target->name) : own) == column) {
        return resolve(name.inner, own);
      }
    }
    return {};
  }
  if (name.source < 0) return resolve(name.inner, column);
  const Source& source = sources[static_cast<std::size_t>(name.source)];
  const Relation* relation = catalog_.find(source.relation);
  if (relation == nullptr || (relation->columns_known && relation->column(column) == nullptr)) return {};
  return {name.source, column};
}

LevelColumn QueryLevel::resolve(const std::vector<RangeName>& among, std::string_view column) const {
  // A table whose columns are known is surer to have it than one whose are not.
  LevelColumn guess;
  for (const RangeName& name : among) {
    const LevelColumn found = resolve(name, column);
    if (found.source < 0) continue;
    const Relation* relation = catalog_.find(sources[static_cast<std::size_t>(found.source)].relation);
    if (relation != nullptr && relation->column(column) != nullptr) return found;
    if (guess.source < 0) guess = found;
  }
  return guess;
}

namespace {

const RangeName* find_name(const std::vector<RangeName>& names, std::string_view alias, int depth) {
  if (depth == kMaxNesting) return nullptr;
  for (const RangeName& name : names) {
    if (name.alias == alias) return &name;
    if (!name.alias.empty()) continue;  // hides what is inside
    if (const RangeName* found = find_name(name.inner, alias, depth + 1)) return found;
  }
  return nullptr;
}

}  // namespace

LevelColumn QueryLevel::resolve(const Node* node) const {
  // A cast to another type is still the same column for an index more often than not: varchar to text.
  if (const auto* cast = as<TypeCast>(node)) node = cast->arg;
  const auto* reference = as<ColumnRef>(node);
  if (reference == nullptr) return {};
  const auto fields = each(reference->fields);
  const std::string_view column = string_value(fields.back());
  if (column.empty()) return {};
  if (fields.size() == 1) return resolve(names, column);
  const RangeName* name = find_name(names, string_value(fields[fields.size() - 2]), 0);
  return name == nullptr ? LevelColumn{} : resolve(*name, column);
}

bool QueryLevel::lacks(const ColumnRef& reference) const {
  constexpr std::array<std::string_view, 6> kSystemColumns{"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"};
  const auto fields = each(reference.fields);
  const std::string_view column = string_value(fields.back());
  if (column.empty() || fields.size() > 2 || outer_ != nullptr || names.empty()) return false;
  if (std::find(kSystemColumns.begin(), kSystemColumns.end(), column) != kSystemColumns.end()) return false;
  const std::string_view qualifier = fields.size() == 2 ? string_value(fields[0]) : std::string_view();
  bool named = qualifier.empty();
  for (const RangeName& name : names) {
    if (name.source < 0 || (name.columns != nullptr && name.columns->colnames != nullptr)) return false;
    const Relation* relation = catalog_.find(sources[static_cast<std::size_t>(name.source)].relation);
    if (relation == nullptr || !relation->columns_known) return false;
    const bool meant = qualifier.empty() || qualifier == name.alias;
    named = named || meant;
    if (name.alias == column || (meant && relation->column(column) != nullptr)) return false;
  }
  return named;
}

SourceSet QueryLevel::sources_of(const Node* expression, int depth) const {
  if (depth == kMaxNesting) return kAllSources;
  SourceSet result = 0;
  walk(expression, [&](const Node* node) {
    if (const auto* link = as<SubLink>(node)) {
      result |= sources_of_subquery(*link, depth);
      return Walk::over;
    }
    if (node->type != T_ColumnRef) return Walk::into;
    const LevelColumn column = resolve(node);
    if (column.source >= 0) {
      result |= set_of(static_cast<std::size_t>(column.source));
    } else if (outer_ == nullptr || outer_->resolve(node).source < 0) {
      // Not found anywhere: of a function or subquery of this level, if it has one.
      for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i].relation == kNoRelation) result |= set_of(i);
      }
    }
    return Walk::into;
  });
  return result;
}

// What a subquery mentions that is of none of its own tables.
SourceSet QueryLevel::sources_of_subquery(const SubLink& link, int depth) const {
  std::vector<const RangeVar*> tables;
  walk(link.subselect, [&](const Node* node) {
    if (const auto* table = as<RangeVar>(node)) tables.push_back(table);
    return Walk::into;
  });
  const auto is_own = [&](const ColumnRef& reference) {
    const auto fields = each(reference.fields);
    const std::string_view column = string_value(fields.back());
    return std::any_of(tables.begin(), tables.end(), [&](const RangeVar* table) {
      if (fields.size() > 1) {
        const std::string_view qualifier = string_value(fields[fields.size() - 2]);
        return qualifier == (table->alias == nullptr ? text(table->relname) : text(table->alias->aliasname));
      }
      const Relation* relation = catalog_.find(name_of(table), {});
      return relation == nullptr || !relation->columns_known || relation->column(column) != nullptr;
    });
  };
  SourceSet result = link.testexpr == nullptr ? 0 : sources_of(link.testexpr, depth + 1);
  walk(link.subselect, [&](const Node* node) {
    const auto* reference = as<ColumnRef>(node);
    if (reference == nullptr || is_own(*reference)) return Walk::into;
    const LevelColumn column = resolve(node);
    if (column.source >= 0) result |= set_of(static_cast<std::size_t>(column.source));
    return Walk::into;
  });
  return result;
}

void QueryLevel::add_test(LevelColumn column, Conjunct conjunct, SourceSet restricts) {
  const auto source = static_cast<std::size_t>(column.source);
  if ((restricts & set_of(source)) == 0) return;
  conjunct.column = column.column;
  sources[source].tests.push_back({std::move(conjunct), {}});
}

void QueryLevel::add_comparison(const Node* left, std::string_view op, const Node* right, SourceSet restricts) {
  const LevelColumn column = resolve(left);
  const Conjunct::Kind kind = is_btree_operator(op) ? Conjunct::Kind::compare : Conjunct::Kind::other;
  const SourceSet on = sources_of(right);
  if (column.source >= 0) {
    if (on == 0) return add_test(column, make_test(kind, op, right), restricts);
    if ((on & set_of(static_cast<std::size_t>(column.source))) == 0 && op == "=") {
      dependences_.push_back({column, on, restricts});
    }
    return;
  }
  if (on != 0 || op != "=") return;
  // expression = value: for an index on the expression.
  ColumnTest test{make_test(kind, op), {}};
  int source = -1;
  walk(left, [&](const Node* node) {
    if (node->type != T_ColumnRef) return Walk::into;
    const LevelColumn part = resolve(node);
    if (part.source < 0 || (source >= 0 && source != part.source)) {
      source = -1;
      return Walk::stop;
    }
    source = part.source;
    test.mentioned.push_back(part.column);
    return Walk::over;
  });
  if (source < 0 || (restricts & set_of(static_cast<std::size_t>(source))) == 0) return;
  sources[static_cast<std::size_t>(source)].tests.push_back(std::move(test));
}

void QueryLevel::add_expression(const A_Expr& expression, SourceSet restricts) {
  const std::string_view op = operator_of(expression);
  switch (expression.kind) {
    case AEXPR_OP: {
      if (op == "<>" || expression.lexpr == nullptr || expression.rexpr == nullptr) return;
      const LevelColumn left = resolve(expression.lexpr);
      const LevelColumn right = resolve(expression.rexpr);
      if (op == "=" && left.source >= 0 && right.source >= 0) return add_equality(left, right, restricts);
      if (right.source >= 0 && left.source < 0) {
        return add_comparison(expression.rexpr, commuted(op), expression.lexpr, restricts);
      }
      if (left.source < 0 && sources_of(expression.lexpr) == 0) {
        return add_comparison(expression.rexpr, commuted(op), expression.lexpr, restricts);
      }
      return add_comparison(expression.lexpr, op, expression.rexpr, restricts);
    }
    case AEXPR_OP_ANY:
      if (op == "=") add_comparison(expression.lexpr, op, expression.rexpr, restricts);
      return;
    case AEXPR_IN: {
      const LevelColumn column = resolve(expression.lexpr);
      if (op != "=" || column.source < 0 || sources_of(expression.rexpr) != 0) return;
      Conjunct list = make_test(Conjunct::Kind::in_list);
      for (const Node* value : each(as_list(expression.rexpr))) {
        if (constant_of(value, list.constants.emplace_back())) continue;
        list.constants.clear();
        break;
      }
      return add_test(column, std::move(list), restricts);
    }
    case AEXPR_BETWEEN: {
      const auto bounds = each(as_list(expression.rexpr));
      if (bounds.size() != 2) return;
      add_comparison(expression.lexpr, ">=", bounds[0], restricts);
      return add_comparison(expression.lexpr, "<=", bounds[1], restricts);
    }
    case AEXPR_LIKE:
    case AEXPR_ILIKE:
    case AEXPR_SIMILAR:
      return add_comparison(expression.lexpr, op, expression.rexpr, restricts);
    default:
      return;
  }
}

// A bitmap of several indexes answers an OR where every arm can use one.
void QueryLevel::add_or(const BoolExpr& either, SourceSet restricts) {
  std::vector<std::vector<ColumnTest>> found(sources.size());
  std::size_t arms = 0;
  for (const Node* arm : each(either.args)) {
    std::vector<std::size_t> before;
    for (const Source& source : sources) before.push_back(source.tests.size());
    const std::size_t equalities = equalities_.size();
    const std::size_t dependences = dependences_.size();
    if (const auto* expression = as<A_Expr>(arm)) {
      add_expression(*expression, restricts);
    } else if (const auto* all = as<BoolExpr>(arm); all != nullptr && all->boolop == AND_EXPR) {
      for (const Node* part : each(all->args)) {
        if (const auto* inner = as<A_Expr>(part)) add_expression(*inner, restricts);
      }
    }
    equalities_.resize(equalities);
    dependences_.resize(dependences);
    ++arms;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      std::vector<ColumnTest>& tests = sources[i].tests;
      if (tests.size() > before[i] && found[i].size() + 1 == arms) found[i].push_back(tests[before[i]]);
      tests.erase(tests.begin() + static_cast<std::ptrdiff_t>(before[i]), tests.end());
    }
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (found[i].size() == arms) sources[i].alternatives.push_back(std::move(found[i]));
  }
}

void QueryLevel::add_condition(const Node* node, SourceSet restricts) {
  if (const auto* expression = as<A_Expr>(node)) return add_expression(*expression, restricts);
  if (const auto* test = as<NullTest>(node)) {
    const LevelColumn column = resolve(reinterpret_cast<const Node*>(test->arg));
    if (test->nulltesttype != IS_NULL || column.source < 0) return;
    return add_test(column, make_test(Conjunct::Kind::is_null), restricts);
  }
  if (const auto* boolean = as<BoolExpr>(node)) {
    if (boolean->boolop == OR_EXPR) add_or(*boolean, restricts);
    return;
  }
  Constant constant;
  if (restricts == kAllSources && constant_of(node, constant)) {
    never_ = never_ || constant.null || constant.text == "false" || constant.text == "f";
  }
}

bool QueryLevel::is_looked_up(const Source& source, const Relation& part) const {
  if (is_tested(source, part)) return true;
  return source.view >= 0 && std::any_of(sources.begin(), sources.end(), [&](const Source& other) {
           const Relation* relation = catalog_.find(other.relation);
           return other.view == source.view && relation != nullptr && is_tested(other, *relation);
         });
}

bool QueryLevel::is_tested(const Source& source, const Relation& part) const {
  const auto usable = [&](const ColumnTest& test) { return has_index_for(catalog_, part, source, test); };
  return std::any_of(source.tests.begin(), source.tests.end(), usable) ||
         std::any_of(source.alternatives.begin(), source.alternatives.end(),
                     [&](const auto& arms) { return std::all_of(arms.begin(), arms.end(), usable); });
}

bool QueryLevel::has_few(int index) const {
  const Source& source = sources[static_cast<std::size_t>(index)];
  const Relation* relation = catalog_.find(source.relation);
  return relation == nullptr ? source.few : is_looked_up(source, *relation);
}

bool QueryLevel::is_small() const {
  if (never_) return true;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!has_few(static_cast<int>(i))) return false;
  }
  return true;
}

// The rows that are joined with give values to look up in the column's index. True where that is new.
bool QueryLevel::look_up(LevelColumn column, SourceSet restricts) {
  const Relation* relation = catalog_.find(sources[static_cast<std::size_t>(column.source)].relation);
  if (relation == nullptr || has_few(column.source)) return false;
  add_test(column, make_test(Conjunct::Kind::compare, "="), restricts);
  return has_few(column.source);
}

void QueryLevel::conclude() {
  // What equals a constant passes it on to its equals (EquivalenceClasses in equivclass.c).
  for (std::size_t round = 0; round < equalities_.size(); ++round) {
    bool changed = false;
    const auto pass = [&](LevelColumn from, LevelColumn to, SourceSet restricts) {
      const auto& tests = sources[static_cast<std::size_t>(from.source)].tests;
      const auto known = std::find_if(tests.begin(), tests.end(), [&](const ColumnTest& test) {
        return test.conjunct.column == from.column && test.conjunct.op == "=";
      });
      if (known == tests.end()) return;
      const auto& others = sources[static_cast<std::size_t>(to.source)].tests;
      const bool has = std::any_of(others.begin(), others.end(), [&](const ColumnTest& test) {
        return test.conjunct.column == to.column && test.conjunct.op == "=";
      });
      if (has || (restricts & set_of(static_cast<std::size_t>(to.source))) == 0) return;
      add_test(to, known->conjunct, restricts);
      changed = true;
    };
    for (const Equality& equality : equalities_) {
      pass(equality.left, equality.right, equality.restricts);
      pass(equality.right, equality.left, equality.restricts);
    }
    if (!changed) break;
  }
  for (std::size_t round = 0; round < sources.size(); ++round) {
    bool changed = false;
    for (const Equality& equality : equalities_) {
      if (has_few(equality.left.source)) changed = look_up(equality.right, equality.restricts) || changed;
      if (has_few(equality.right.source)) changed = look_up(equality.left, equality.restricts) || changed;
    }
    for (const Dependence& dependence : dependences_) {
      bool all = true;
      for (std::size_t i = 0; i < sources.size(); ++i) {
        if ((dependence.on & set_of(i)) != 0) all = all && has_few(static_cast<int>(i));
      }
      if (all) changed = look_up(dependence.column, dependence.restricts) || changed;
    }
    if (!changed) break;
  }
}

}  // namespace pglatch::locks
