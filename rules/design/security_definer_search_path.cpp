#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/function_options.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// Names in code of these are looked up when it runs.
bool looks_names_up(const std::string& language) { return language != "c" && language != "internal"; }

// The function whose owner's rights callers are given by the statement, without a search_path; else no name.
NameView exposed_function(const StatementContext& context) {
  if (const auto* create = as<CreateFunctionStmt>(context.statement.node)) {
    const FunctionOptions options(create->options);
    // BEGIN ATOMIC and RETURN are parsed once, when the function is created.
    if (create->sql_body != nullptr || options.security_definer() == nullptr) return {};
    return options.sets_search_path() || !looks_names_up(options.language()) ? NameView() : name_of(create->funcname);
  }
  const auto* alter = as<AlterFunctionStmt>(context.statement.node);
  if (alter == nullptr || FunctionOptions(alter->actions).security_definer() == nullptr) return {};
  if (FunctionOptions(alter->actions).sets_search_path()) return {};
  const NameView name = name_of(alter->func->objname);
  const FunctionObject* function = context.catalog.find_function(name, context.session.search_path());
  // One that had those rights before was found then.
  const bool is_no_news = function != nullptr && (function->security_definer || function->sets_search_path ||
                                                  function->body_is_sql || !looks_names_up(function->language));
  return is_no_news ? NameView() : name;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const NameView function = exposed_function(context);
  if (function.name.empty() || context.effects.refused()) return;
  std::string schema = function.schema.empty()
                           ? context.catalog.schema_of_function(function, context.session.search_path())
                           : std::string(function.schema);
  if (schema.empty()) schema = creation_schema(context.session.search_path());
  if (schema == kTemporarySchema) return;
  const std::string name = quote_qualified(schema, function.name);

  const ByteRange statement = context.statement.range;
  Finding finding = make_finding(
      context, rule, find_words(context.sql, statement, {"security", "definer"}).value_or(statement), kNoRelation);
  finding.message = fmt::format(
      "{} runs with its owner's rights and its caller's search_path. A caller who puts a schema of his own in front "
      "makes it use his tables, functions and operators.",
      name);
  finding.help =
      "Add SET search_path = '' and qualify all names in the body; or name the schemas that only you can "
      "write to, and pg_temp last.";
  // A function that only ALTER FUNCTION has named is not in the catalog.
  const bool is_known = context.statement.tag() == T_CreateFunctionStmt ||
                        context.catalog.find_function(function, context.session.search_path()) != nullptr;
  finding.holds_at_end = [schema = std::move(schema), name = std::string(function.name),
                          is_known](const Catalog& at_end) {
    const FunctionObject* left = at_end.find_function(NameView{schema, name}, {});
    return left == nullptr ? !is_known : left->security_definer && !left->sets_search_path;
  };
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_CreateFunctionStmt, T_AlterFunctionStmt};

}  // namespace

extern const Rule kSecurityDefinerSearchPath;
const Rule kSecurityDefinerSearchPath{
    "security-definer-search-path",
    "design",
    Severity::warning,
    "A SECURITY DEFINER function without a search_path of its own runs what its caller puts in the way.",
    kNodes,
    check,
    true};

}  // namespace pglatch
