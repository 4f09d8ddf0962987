#include "analyzer/base/concat.h"
#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// A key may be added by any later statement, and a partition has its parent's.
bool lacks_key(const Catalog& catalog, const std::string& schema, const std::string& name) {
  const Relation* table = catalog.find(NameView{schema, name}, {});
  if (table == nullptr || (table->kind != RelationKind::table && table->kind != RelationKind::partitioned_table)) {
    return false;
  }
  return table->columns_known && table->primary_key() == nullptr && table->partition_of == kNoRelation;
}

// The table that the statement creates; null where it creates none that stays, or one may be there.
const RangeVar* created_table(const StatementContext& context) {
  const RangeVar* table = nullptr;
  bool if_not_exists = false;
  if (const auto* create = as<CreateStmt>(context.statement.node)) {
    if (create->partbound != nullptr) return nullptr;
    table = create->relation;
    if_not_exists = create->if_not_exists;
  } else if (const auto* query = as<CreateTableAsStmt>(context.statement.node)) {
    if (query->objtype != OBJECT_TABLE) return nullptr;
    table = query->into->rel;
    if_not_exists = query->if_not_exists;
  }
  if (table == nullptr || table->relpersistence == RELPERSISTENCE_TEMP) return nullptr;
  const Relation* there = if_not_exists ? find_relation(context, table) : nullptr;
  return there == nullptr || there->origin == Origin::unknown ? table : nullptr;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const RangeVar* table = context.effects.refused() ? nullptr : created_table(context);
  if (table == nullptr) return;
  std::string schema(table->schemaname == nullptr ? creation_schema(context.session.search_path())
                                                  : text(table->schemaname));
  if (schema == kTemporarySchema) return;
  std::string name(text(table->relname));

  Finding finding = make_finding(context, rule, leading_words(context, {"create", "unlogged", "table"}), kNoRelation);
  finding.relations.push_back(quote_qualified(schema, name));
  finding.message = concat({finding.relations.front(),
                            " has no primary key. Nothing names one of its rows, duplicates stay unnoticed, and a "
                            "publication with it makes UPDATE and DELETE fail."});
  finding.help =
      "Declare the columns that identify a row as PRIMARY KEY, or add a column of type bigint that is GENERATED ALWAYS "
      "AS IDENTITY PRIMARY KEY.";
  finding.holds_at_end = [schema = std::move(schema), name = std::move(name)](const Catalog& at_end) {
    return lacks_key(at_end, schema, name);
  };
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_CreateStmt, T_CreateTableAsStmt};

}  // namespace

extern const Rule kMissingPrimaryKey;
const Rule kMissingPrimaryKey{"missing-primary-key",
                              "design",
                              Severity::warning,
                              "A table without a primary key has no way to name one row.",
                              kNodes,
                              check,
                              true};

}  // namespace pglatch
