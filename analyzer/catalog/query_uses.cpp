// What a query reads: enough to know which views stand in the way of a change. PostgreSQL records a view's dependencies
// by column; so does this, but for names that are not qualified it does not follow the nesting of queries.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/parse/walk.h"

namespace pglatch::applying {
namespace {

// WITH inside WITH inside …: deeper ones are not looked into.
constexpr int kMaxWithDepth = 100;

struct Source {
  std::string_view alias;
  RelationId relation;
};

struct Mention {
  std::string_view qualifier;  // empty: none
  std::string_view column;     // empty: all of them
};

// Walks a query once and gathers the relations in its FROM clauses and all its column references.
class Gatherer {
 public:
  explicit Gatherer(const Context& context) : context_(context) {}

  void gather(const Node* query) {
    walk(query, [this](const Node* node) { return visit(node); });
  }

  std::vector<ColumnUse> uses() const;

 private:
  Walk visit(const Node* node);
  void visit_with(const Node* query, const WithClause& with);
  void add_reference(const ColumnRef& reference);
  void add_mention(Mention mention);
  void add_shared(std::vector<ColumnUse>& uses) const;

  const Context& context_;
  std::vector<Source> sources_;
  std::vector<Mention> mentions_;
  std::vector<std::string_view> with_names_;  // those in scope
  bool natural_ = false;                      // some join is by all columns that both sides have
  const Node* entered_ = nullptr;             // the query whose WITH is already dealt with
  int depth_ = 0;
};

Walk Gatherer::visit(const Node* node) {
  switch (node->type) {
    case T_SelectStmt: {
      const WithClause* with = as<SelectStmt>(node)->withClause;
      if (with == nullptr || node == entered_) return Walk::into;
      visit_with(node, *with);
      return Walk::over;
    }
    case T_WithClause:
    case T_IntoClause:
    case T_LockingClause:
      return Walk::over;
    case T_RangeVar: {
      const auto* name = as<RangeVar>(node);
      const bool is_with_name = name->schemaname == nullptr && std::find(with_names_.begin(), with_names_.end(),
                                                                         text(name->relname)) != with_names_.end();
      if (is_with_name) return Walk::over;
      const std::string_view alias = name->alias != nullptr ? text(name->alias->aliasname) : text(name->relname);
      sources_.push_back({alias, context_.resolve(name)});
      return Walk::over;
    }
    case T_JoinExpr: {
      const auto* join = as<JoinExpr>(node);
      natural_ = natural_ || join->isNatural;
      for (const Node* column : each(join->usingClause)) add_mention({{}, string_value(column)});
      return Walk::into;
    }
    case T_ColumnRef:
      add_reference(*as<ColumnRef>(node));
      return Walk::over;
    default:
      return Walk::into;
  }
}

// A WITH query sees those before it, all of them if RECURSIVE; the query itself sees all.
void Gatherer::visit_with(const Node* query, const WithClause& with) {
  if (depth_ == kMaxWithDepth) return;
  ++depth_;
  const std::size_t outside = with_names_.size();
  const auto expressions = each<CommonTableExpr>(with.ctes);
  if (with.recursive) {
    for (const CommonTableExpr* expression : expressions) with_names_.push_back(text(expression->ctename));
  }
  for (const CommonTableExpr* expression : expressions) {
    gather(expression->ctequery);
    if (!with.recursive) with_names_.push_back(text(expression->ctename));
  }
  const Node* outer = entered_;
  entered_ = query;
  gather(query);
  entered_ = outer;
  with_names_.resize(outside);
  --depth_;
}

void Gatherer::add_reference(const ColumnRef& reference) {
  const auto fields = each(reference.fields);
  Mention mention;
  mention.column = string_value(fields.back());  // empty for *
  if (fields.size() > 1) mention.qualifier = string_value(fields[fields.size() - 2]);
  add_mention(mention);
}

void Gatherer::add_mention(Mention mention) {
  const auto same = [&](const Mention& other) {
    return other.qualifier == mention.qualifier && other.column == mention.column;
  };
  if (std::none_of(mentions_.begin(), mentions_.end(), same)) mentions_.push_back(mention);
}

void add_use(std::vector<ColumnUse>& uses, RelationId relation, std::string_view column) {
  const auto same = [&](const ColumnUse& use) { return use.relation == relation && use.column == column; };
  if (std::none_of(uses.begin(), uses.end(), same)) uses.push_back({relation, std::string(column)});
}

// "*" is every column that there is now; of a relation of which not all are known, it as a whole.
void add_all(std::vector<ColumnUse>& uses, const Relation& relation) {
  if (!relation.columns_known) return add_use(uses, relation.id, {});
  for (const Column& column : relation.columns) add_use(uses, relation.id, column.name);
}

// The columns that another source has as well: what NATURAL joins by, if it is these two that it joins.
void Gatherer::add_shared(std::vector<ColumnUse>& uses) const {
  for (const Source& source : sources_) {
    const Relation& relation = context_.relation(source.relation);
    if (!relation.columns_known) add_use(uses, source.relation, {});
    for (const Column& column : relation.columns) {
      const bool shared = std::any_of(sources_.begin(), sources_.end(), [&](const Source& other) {
        const Relation& joined = context_.relation(other.relation);
        return &other != &source && (!joined.columns_known || joined.column(column.name) != nullptr);
      });
      if (shared) add_use(uses, source.relation, column.name);
    }
  }
}

std::vector<ColumnUse> Gatherer::uses() const {
  std::vector<ColumnUse> result;
  for (const Mention& mention : mentions_) {
    for (const Source& source : sources_) {
      const Relation& relation = context_.relation(source.relation);
      const bool has_column = !relation.columns_known || relation.column(mention.column) != nullptr;
      if (!mention.qualifier.empty() && mention.qualifier != source.alias) continue;
      if (mention.column.empty()) {
        add_all(result, relation);
      } else if (!mention.qualifier.empty()) {
        add_use(result, source.relation, mention.column);
      } else if (mention.column == source.alias && !has_column) {
        add_use(result, source.relation, {});  // the row as a whole
      } else if (has_column) {
        add_use(result, source.relation, mention.column);
      }
    }
  }
  if (natural_) add_shared(result);
  for (const Source& source : sources_) {
    const bool used = std::any_of(result.begin(), result.end(),
                                  [&](const ColumnUse& use) { return use.relation == source.relation; });
    if (!used) add_use(result, source.relation, {});
  }
  return result;
}

}  // namespace

std::vector<ColumnUse> uses_of(const Context& context, const Node* query) {
  Gatherer gatherer(context);
  gatherer.gather(query);
  return gatherer.uses();
}

}  // namespace pglatch::applying
