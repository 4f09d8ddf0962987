#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/table_definition.h"

namespace pglatch {
namespace {

struct Key {
  std::string schema;
  std::string table;
  std::string column;
};

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A key that is a foreign key too has the type of the key that it references; and later statements may have made it a
// bigint.
bool is_short_at_end(const Catalog& catalog, const Key& key) {
  const Relation* table = catalog.find(NameView{key.schema, key.table}, {});
  const Column* column = table == nullptr ? nullptr : table->column(key.column);
  if (column == nullptr || column->type.array || (column->type.name != "int4" && column->type.name != "int2")) {
    return false;
  }
  return std::none_of(table->constraints.begin(), table->constraints.end(), [&](const TableConstraint& constraint) {
    return constraint.kind == ConstraintKind::foreign_key && contains(constraint.columns, key.column);
  });
}

bool is_short(const TypeRef& type) {
  return type.schema.empty() && !type.array && (type.name == "int4" || type.name == "int2");
}

bool counts_up(const ColumnDef& column) {
  if (type_ref(column.typeName).serial) return true;
  const auto constraints = each<Constraint>(column.constraints);
  return std::any_of(constraints.begin(), constraints.end(),
                     [](const Constraint* constraint) { return constraint->contype == CONSTR_IDENTITY; });
}

const ColumnDef* definition_of(const StatementContext& context, std::string_view name) {
  const auto* create = as<CreateStmt>(context.statement.node);
  if (create == nullptr) return nullptr;
  for (const Node* element : each(create->tableElts)) {
    const auto* column = as<ColumnDef>(element);
    if (column != nullptr && text(column->colname) == name) return column;
  }
  return nullptr;
}

void report(const StatementContext& context, const Rule& rule, Reporter& reporter, const RangeVar& table,
            std::string_view column, const TypeRef& type, ByteRange range) {
  const std::string_view schema =
      table.schemaname == nullptr ? creation_schema(context.session.search_path()) : text(table.schemaname);
  const Relation* known = as<CreateStmt>(context.statement.node) != nullptr ? nullptr : find_relation(context, &table);
  Key key{std::string(known == nullptr ? schema : known->schema), std::string(text(table.relname)),
          std::string(column)};
  Finding finding = make_finding(context, rule, range, kNoRelation);
  finding.relations.push_back(table_name(context, table));
  const bool small = type.name == "int2";
  finding.message = fmt::format(
      "Key {} of {} runs out of values after {}. Then every INSERT fails, and changing the type rewrites the table and "
      "those that reference it.",
      quote_identifier_sql(column), finding.relations.front(), small ? "32,767 rows" : "2,147,483,647 rows");
  finding.help = type.serial ? "Make it bigint GENERATED ALWAYS AS IDENTITY." : "Make it bigint.";
  finding.holds_at_end = [key = std::move(key)](const Catalog& at_end) { return is_short_at_end(at_end, key); };
  reporter.report(std::move(finding));
}

void look_at(const StatementContext& context, const Rule& rule, Reporter& reporter, const Constraint& constraint,
             const RangeVar& table, std::string_view name, const ColumnDef* column, bool alone) {
  if (column != nullptr) {
    // In a key of several columns each may have few values, as a line number in an order has.
    if (column->typeName == nullptr || (!alone && !counts_up(*column))) return;
    const TypeRef type = type_ref(column->typeName);
    if (!is_short(type)) return;
    const TypedColumn typed{context, table, name, *column->typeName, DefinedBy::create_table};
    return report(context, rule, reporter, table, name, type, typed.type_range());
  }
  const Relation* relation = find_relation(context, &table);
  const Column* known = relation == nullptr ? nullptr : relation->column(name);
  if (known == nullptr || !alone || !is_short(known->type)) return;
  const ByteRange from{context.statement.offset(constraint.location), context.statement.range.end};
  report(context, rule, reporter, table, name, known->type,
         find_words(context.sql, from, {"primary", "key"}).value_or(from));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto see = [&](const Constraint& constraint, const RangeVar& table, const ColumnDef* column) {
    if (column != nullptr) {
      return look_at(context, rule, reporter, constraint, table, text(column->colname), column, true);
    }
    const auto keys = each(constraint.keys);
    for (const Node* key : keys) {
      const std::string_view name = string_value(key);
      look_at(context, rule, reporter, constraint, table, name, definition_of(context, name), keys.size() == 1);
    }
  };
  each_new_constraint(context, CONSTR_PRIMARY, see);
}

}  // namespace

extern const Rule kPreferBigintKey;
const Rule kPreferBigintKey{"prefer-bigint-key",
                            "design",
                            Severity::warning,
                            "A key of type integer or smallint runs out of values.",
                            kTableDefinitions,
                            check,
                            true};

}  // namespace pglatch
