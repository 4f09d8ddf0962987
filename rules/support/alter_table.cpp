#include "rules/support/alter_table.h"

#include <fmt/core.h>

#include "analyzer/base/concat.h"
#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

bool is_key(const Constraint& constraint) {
  return constraint.contype == CONSTR_UNIQUE || constraint.contype == CONSTR_PRIMARY;
}

// The columns by which PostgreSQL names the constraint, joined by underscores.
std::string name_of_columns(const Subcommand& subcommand, const Constraint& constraint) {
  if (constraint.contype == CONSTR_PRIMARY) return {};
  if (const auto* column = as<ColumnDef>(subcommand.command.def)) return std::string(text(column->colname));
  std::string joined;
  if (constraint.contype == CONSTR_CHECK) {
    // ChooseConstraintName takes the column only where the condition mentions exactly one.
    const auto columns = columns_of(reinterpret_cast<const Node*>(constraint.raw_expr));
    return columns.size() == 1 ? columns.front() : joined;
  }
  for (const Node* key : each(is_key(constraint) ? constraint.keys : constraint.fk_attrs)) {
    if (!joined.empty()) joined += '_';
    joined += string_value(key);
  }
  return joined;
}

// The name that is written, or the one that PostgreSQL makes of table, columns and suffix while that is short enough.
std::string name_or_usual(const Subcommand& subcommand, const Constraint& constraint, std::string_view suffix) {
  if (constraint.conname != nullptr) return constraint.conname;
  const std::string columns = name_of_columns(subcommand, constraint);
  std::string name = subcommand.target.name;
  if (!columns.empty()) name += "_" + columns;
  return name + fmt::format("_{}", suffix);
}

// The name of a constraint, of the index to build for it, and what has to come before ADD CONSTRAINT.
struct KeyNames {
  std::string constraint;
  std::string index;
  std::string before;
};

// Until the statement drops it, an older constraint has the name, and an index of that name.
KeyNames key_names(const Subcommand& subcommand, const Constraint& constraint, std::string_view suffix) {
  const Relation& table = subcommand.target;
  const Catalog& catalog = subcommand.context.catalog;
  const std::string name = name_or_usual(subcommand, constraint, suffix);
  const std::string quoted = constraint_name(subcommand, constraint, suffix);
  if (catalog.find({table.schema, name}, {}) == nullptr) return {quoted, quoted, {}};
  const std::string index = quote_identifier_sql(choose_relation_name(catalog, table.schema, name, {}, "new", false));
  bool drops_column = false;
  for (const AlterTableCmd* command : each<AlterTableCmd>(subcommand.statement.cmds)) {
    if (command->subtype == AT_DropConstraint && text(command->name) == name) {
      return {quoted, index, fmt::format("DROP CONSTRAINT {}, ", quoted)};
    }
    drops_column = drops_column || command->subtype == AT_DropColumn;
  }
  if (constraint.conname != nullptr || drops_column) return {quoted, index, "…, "};
  const std::string free = quote_identifier_sql(
      choose_relation_name(catalog, table.schema, table.name, name_of_columns(subcommand, constraint), suffix, true));
  return {free, free, {}};
}

}  // namespace

const Constraint* added_constraint(const AlterTableCmd& command, ConstrType type) {
  if (command.subtype == AT_AddConstraint) {
    const auto* constraint = as<Constraint>(command.def);
    return constraint != nullptr && constraint->contype == type ? constraint : nullptr;
  }
  if (command.subtype != AT_AddColumn) return nullptr;
  const auto* column = as<ColumnDef>(command.def);
  if (column == nullptr) return nullptr;
  for (const Constraint* constraint : each<Constraint>(column->constraints)) {
    if (constraint->contype == type) return constraint;
  }
  return nullptr;
}

std::string constraint_name(const Subcommand& subcommand, const Constraint& constraint, std::string_view suffix) {
  const std::string name = name_or_usual(subcommand, constraint, suffix);
  // PostgreSQL shortens the parts of a longer name by a rule of its own: leave it to the reader.
  return name.size() > kMaxIdentifierBytes ? "…" : quote_identifier_sql(name);
}

std::string not_valid_help(const Subcommand& subcommand, const Constraint& constraint, std::string_view suffix) {
  const std::string validate = concat({"ALTER TABLE ", subcommand.table(), " VALIDATE CONSTRAINT ",
                                       constraint_name(subcommand, constraint, suffix), ";"});
  if (subcommand.command.subtype == AT_AddColumn) {
    return fmt::format(
        "Add the column alone, then the constraint by ALTER TABLE … ADD CONSTRAINT … NOT VALID, and check the old "
        "rows in a transaction of its own: {}",
        validate);
  }
  const std::uint32_t end = subcommand.range().end;
  const Edit edit{{end, end}, " NOT VALID"};
  const auto add = subcommand.is_only_one() ? edited_statement(subcommand.context, {&edit, 1}) : std::nullopt;
  return concat({"Add it NOT VALID, which checks new rows only: ",
                 add.value_or("ALTER TABLE … ADD CONSTRAINT … NOT VALID, in a statement of its own."),
                 " Then check the old rows in a transaction of its own, while writes go on: ", validate});
}

std::string key_help(const Subcommand& subcommand, const Constraint& constraint, std::string_view kind,
                     std::string_view suffix) {
  if (subcommand.target.kind == RelationKind::partitioned_table) {
    return "Create the unique index ON ONLY the parent, build it CONCURRENTLY on each partition, ALTER INDEX … ATTACH "
           "PARTITION each; a partitioned table takes no USING INDEX, but such an index is as good as the constraint.";
  }
  std::string columns;
  if (const auto* column = as<ColumnDef>(subcommand.command.def)) columns = quote_identifier_sql(column->colname);
  for (const Node* key : each(constraint.keys)) {
    if (!columns.empty()) columns += ", ";
    columns += quote_identifier_sql(string_value(key));
  }
  const KeyNames names = key_names(subcommand, constraint, suffix);
  return fmt::format(
      "{}Build the index while writes go on: CREATE UNIQUE INDEX CONCURRENTLY {} ON {} ({}); then ALTER TABLE {} {}ADD "
      "CONSTRAINT {} {} USING INDEX {};",
      subcommand.command.subtype == AT_AddColumn ? "Add the column alone. " : "", names.index, subcommand.table(),
      columns, subcommand.table(), names.before, names.constraint, kind, names.index);
}

}  // namespace pglatch
