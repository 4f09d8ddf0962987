#include "rules/support/stored_query.h"

#include "analyzer/parse/identifier.h"
#include "analyzer/source/lexer.h"
#include "rules/support/function_options.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

std::string created_name(const StatementContext& context, NameView name) {
  return quote_qualified(name.schema.empty() ? creation_schema(context.session.search_path()) : name.schema, name.name);
}

}  // namespace

StoredQuery::StoredQuery(const StatementContext& context) : context_(context) {
  const Node* node = context.statement.node;
  if (const auto* view = as<ViewStmt>(node)) {
    name_ = created_name(context, name_of(view->view));
    kind_ = "view";
    query_ = as<SelectStmt>(view->query);
  } else if (const auto* table = as<CreateTableAsStmt>(node)) {
    if (table->objtype != OBJECT_MATVIEW) return;
    name_ = created_name(context, name_of(table->into->rel));
    kind_ = "materialized view";
    query_ = as<SelectStmt>(table->query);
  } else if (const auto* function = as<CreateFunctionStmt>(node)) {
    name_ = created_name(context, name_of(function->funcname));
    kind_ = function->is_procedure ? "procedure" : "function";
    read_function(*function);
  }
}

void StoredQuery::read_function(const CreateFunctionStmt& function) {
  if (function.sql_body != nullptr) {
    const auto* list = as<List>(function.sql_body);
    if (list == nullptr || each(list).empty()) return;
    const auto* statements = as<List>(each(list)[0]);
    if (statements != nullptr && !each(statements).empty()) query_ = as<SelectStmt>(each(statements).back());
    return;
  }
  const FunctionOptions options(function.options);
  if (options.language() != "sql") return;
  body_ = options.body();
  if (body_.find('\0') != std::string::npos) return;
  parsed_ = parse(body_);
  if (parsed_->errors.empty() && !parsed_->statements.empty()) {
    query_ = as<SelectStmt>(parsed_->statements.back().node);
  }
}

ByteRange StoredQuery::token_at(int location) const {
  if (parsed_) return leading_words(context_, {"create", "or", "replace", "function", "procedure"});
  return Lexer(context_.sql, context_.statement.offset(location)).next_code().range;
}

}  // namespace pglatch
