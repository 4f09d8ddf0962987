#include "analyzer/catalog/query_columns.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/expression_type.h"
#include "analyzer/catalog/object_names.h"

namespace pglatch::applying {
namespace {

// Queries and joins nested deeper are not looked into.
constexpr int kMaxDepth = 100;

// The columns of something that stands in FROM or WITH, or of a query's result.
struct Result {
  std::vector<Column> columns;
  bool known = true;  // these are all

  [[nodiscard]] const Column* column(std::string_view name) const {
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const Column& one) { return one.name == name; });
    return found == columns.end() ? nullptr : &*found;
  }
};

struct Named {
  std::string_view name;
  Result result;
};

// A column copied from another relation has nothing of it but name, type and collation.
Column plain_copy(const Column& original) {
  Column copy;
  copy.name = original.name;
  copy.type = original.type;
  copy.type.serial = false;
  copy.collation = original.collation;
  return copy;
}

void append(Result& result, const Result& other) {
  result.known = result.known && other.known;
  result.columns.insert(result.columns.end(), other.columns.begin(), other.columns.end());
}

// Names for the first columns; of a result that is not known, they are what is known.
void rename(Result& result, const List* names) {
  std::size_t index = 0;
  for (const Node* name : each(names)) {
    if (index == result.columns.size()) {
      if (result.known) break;
      result.columns.emplace_back();
    }
    result.columns[index++].name = string_value(name);
  }
}

// JOIN: the columns that it joins by come first, once (transformFromClauseItem() in parse_clause.c).
Result joined(const JoinExpr& join, const Result& left, const Result& right) {
  Result result;
  result.known = left.known && right.known;
  std::vector<std::string> shared;
  for (const Node* name : each(join.usingClause)) shared.emplace_back(string_value(name));
  if (join.isNatural) {
    for (const Column& column : left.columns) {
      if (right.column(column.name) != nullptr) shared.push_back(column.name);
    }
  }
  for (const std::string& name : shared) {
    const Column* column = left.column(name);
    result.columns.push_back(column == nullptr ? Column() : *column);
    result.columns.back().name = name;
  }
  for (const Result* side : {&left, &right}) {
    std::copy_if(side->columns.begin(), side->columns.end(), std::back_inserter(result.columns),
                 [&](const Column& column) { return !contains(shared, column.name); });
  }
  return result;
}

class Reader {
 public:
  explicit Reader(const Context& context) : context_(context) {}

  Result query(const Node* node);

 private:
  // What stands in FROM: by name for "t.c", all together for "c" and "*".
  struct From {
    std::vector<Named> items;
    Result all;
  };

  void add_with(const WithClause& with);
  Result arms(const SelectStmt& select);
  Result plain(const SelectStmt& select);
  Result item(const Node* node, From& from);
  [[nodiscard]] Result relation(const RangeVar& name) const;
  static const Result* source_of(const ColumnRef& reference, const From& from);
  static const Column* column_of(const ColumnRef& reference, const From& from);
  static void add_target(const ResTarget& target, const From& from, Result& result);

  const Context& context_;
  std::vector<Named> with_;  // those in scope
  int depth_ = 0;
};

Result Reader::query(const Node* node) {
  const auto* select = as<SelectStmt>(node);
  if (select == nullptr || depth_ == kMaxDepth) return {{}, false};
  ++depth_;
  const std::size_t outside = with_.size();
  if (select->withClause != nullptr) add_with(*select->withClause);
  Result result = arms(*select);
  with_.resize(outside);
  --depth_;
  return result;
}

void Reader::add_with(const WithClause& with) {
  for (const CommonTableExpr* expression : each<CommonTableExpr>(with.ctes)) {
    Named named{text(expression->ctename), {}};
    const auto* select = as<SelectStmt>(expression->ctequery);
    if (with.recursive && select != nullptr && select->larg != nullptr) {
      // What does not refer to itself comes first, and says what all of it looks like.
      named.result = query(reinterpret_cast<const Node*>(select->larg));
    } else {
      named.result = query(expression->ctequery);
    }
    rename(named.result, expression->aliascolnames);
    // SEARCH and CYCLE add columns.
    if (expression->search_clause != nullptr || expression->cycle_clause != nullptr) named.result.known = false;
    with_.push_back(std::move(named));
  }
}

// UNION and the like: names are those of the first query. Where types differ, the common one is not worth finding out.
Result Reader::arms(const SelectStmt& select) {
  std::vector<const SelectStmt*> others;
  const SelectStmt* first = &select;
  for (; first->larg != nullptr; first = first->larg) others.push_back(first->rarg);
  Result result = others.empty() ? plain(select) : query(reinterpret_cast<const Node*>(first));
  for (const SelectStmt* other : others) {
    const Result arm = query(reinterpret_cast<const Node*>(other));
    for (std::size_t i = 0; i < result.columns.size(); ++i) {
      if (i >= arm.columns.size() || arm.columns[i].type != result.columns[i].type) result.columns[i].type = TypeRef();
    }
  }
  return result;
}

Result Reader::plain(const SelectStmt& select) {
  Result result;
  if (select.valuesLists != nullptr) {
    const std::size_t count = each(reinterpret_cast<const List*>(each(select.valuesLists)[0])).size();
    for (std::size_t i = 1; i <= count; ++i) result.columns.emplace_back().name = "column" + std::to_string(i);
  }
  From from;
  for (const Node* node : each(select.fromClause)) append(from.all, item(node, from));
  for (const ResTarget* target : each<ResTarget>(select.targetList)) add_target(*target, from, result);
  return result;
}

// Gives the columns of an item, and enters it under the names that it has.
Result Reader::item(const Node* node, From& from) {
  const auto named = [&](Result result, const Alias* alias, std::string_view name) {
    if (alias != nullptr) {
      name = text(alias->aliasname);
      rename(result, alias->colnames);
    }
    if (!name.empty()) from.items.push_back({name, result});
    return result;
  };
  if (const auto* table = as<RangeVar>(node)) return named(relation(*table), table->alias, text(table->relname));
  if (const auto* select = as<RangeSubselect>(node)) return named(query(select->subquery), select->alias, {});
  if (const auto* join = as<JoinExpr>(node); join != nullptr && depth_ < kMaxDepth) {
    ++depth_;
    const Result left = item(join->larg, from);
    const Result right = item(join->rarg, from);
    --depth_;
    return named(joined(*join, left, right), join->alias, {});
  }
  const auto* function = as<RangeFunction>(node);
  return named({{}, false}, function == nullptr ? nullptr : function->alias, {});
}

Result Reader::relation(const RangeVar& name) const {
  if (name.schemaname == nullptr) {
    const auto found =
        std::find_if(with_.rbegin(), with_.rend(), [&](const Named& one) { return one.name == text(name.relname); });
    if (found != with_.rend()) return found->result;
  }
  const Relation* relation = context_.find(&name);
  if (relation == nullptr) return {{}, false};
  Result result{{}, relation->columns_known};
  for (const Column& column : relation->columns) result.columns.push_back(plain_copy(column));
  return result;
}

// What a reference can mean: a source by its name, or all of them. Null where there is none of that name.
const Result* Reader::source_of(const ColumnRef& reference, const From& from) {
  const auto fields = each(reference.fields);
  if (fields.size() == 1) return &from.all;
  const std::string_view qualifier = string_value(fields[fields.size() - 2]);
  const auto found =
      std::find_if(from.items.begin(), from.items.end(), [&](const Named& one) { return one.name == qualifier; });
  return found == from.items.end() ? nullptr : &found->result;
}

const Column* Reader::column_of(const ColumnRef& reference, const From& from) {
  const Result* source = source_of(reference, from);
  return source == nullptr ? nullptr : source->column(string_value(each(reference.fields).back()));
}

void Reader::add_target(const ResTarget& target, const From& from, Result& result) {
  Column column;
  if (const auto* reference = as<ColumnRef>(target.val)) {
    if (string_value(each(reference->fields).back()).empty()) {  // *
      const Result* source = source_of(*reference, from);
      return append(result, source == nullptr ? Result{{}, false} : *source);
    }
    if (const Column* original = column_of(*reference, from)) column = *original;
  } else {
    column.type = expression_type(target.val, [&](const ColumnRef& inner) {
      const Column* original = column_of(inner, from);
      return original == nullptr ? TypeRef() : original->type;
    });
  }
  column.name = target.name != nullptr ? text(target.name) : figure_column_name(target.val);
  if (column.name.empty()) column.name = "?column?";
  result.columns.push_back(std::move(column));
}

}  // namespace

bool result_columns(const Context& context, const Node* query, const List* names, std::vector<Column>& columns) {
  Result result = Reader(context).query(query);
  rename(result, names);
  columns.insert(columns.end(), std::make_move_iterator(result.columns.begin()),
                 std::make_move_iterator(result.columns.end()));
  return result.known;
}

}  // namespace pglatch::applying

namespace pglatch {

bool query_columns(Catalog& catalog, const SearchPath& path, const Node* query, const List* names,
                   std::vector<Column>& columns) {
  const Statement none;
  return applying::result_columns({none, {}, catalog, path}, query, names, columns);
}

}  // namespace pglatch
