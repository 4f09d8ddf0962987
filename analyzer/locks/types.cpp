// Domains, enums and composite types.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/catalog/type_users.h"
#include "analyzer/locks/model.h"
#include "analyzer/locks/type_names.h"

namespace pglatch::locks {
namespace {

bool has_label(const TypeObject& type, std::string_view label) {
  return std::find(type.labels.begin(), type.labels.end(), label) != type.labels.end();
}

// Of a domain that the catalog knows. Returns true where the statement is refused.
bool refuse_domain_constraint(const Model& model, const AlterDomainStmt& statement, const TypeObject& domain,
                              std::string_view name) {
  const auto exists = [&](std::string_view constraint) {
    return std::find(domain.checks.begin(), domain.checks.end(), constraint) != domain.checks.end();
  };
  const auto* constraint = as<Constraint>(statement.def);
  if (statement.subtype == 'C' && constraint != nullptr && constraint->conname != nullptr &&
      exists(text(constraint->conname))) {
    model.effects.fail(
        fmt::format("constraint \"{}\" for domain \"{}\" already exists", text(constraint->conname), name));
    return true;
  }
  const bool names_one = statement.subtype == 'V' || (statement.subtype == 'X' && !statement.missing_ok);
  // A NOT NULL has a name as well since 17, which is not kept.
  if (!names_one || domain.origin == Origin::unknown || domain.not_null || exists(text(statement.name))) return false;
  model.effects.fail(fmt::format("constraint \"{}\" of domain \"{}\" does not exist", text(statement.name), name));
  return true;
}

// The statement makes the domain's values obey something that they need not obey yet.
bool validates(const AlterDomainStmt& statement, const TypeObject* domain) {
  const bool not_null = domain != nullptr && domain->not_null;
  const auto* constraint = as<Constraint>(statement.def);
  switch (statement.subtype) {  // the letters are those of the grammar (AlterDomainStmt in parsenodes.h)
    case 'O':
      return !not_null;
    case 'V':
      return true;
    case 'C':
      if (constraint == nullptr || constraint->skip_validation) return false;
      return constraint->contype != CONSTR_NOTNULL || !not_null;
    default:
      return false;
  }
}

}  // namespace

bool refuse_existing_type(const Model& model, NameView name) {
  const NameView full{name.schema.empty() ? creation_schema(model.path()) : name.schema, name.name};
  const TypeObject* type = model.catalog().find_type(full, model.path());
  const Relation* relation = model.catalog().find(full, model.path());
  const bool has_row_type = relation != nullptr && relation->origin != Origin::unknown && !relation->is_index() &&
                            relation->kind != RelationKind::sequence;
  if ((type == nullptr || type->origin == Origin::unknown) && !has_row_type) return false;
  model.effects.fail(fmt::format("type \"{}\" already exists", name.name));
  return true;
}

void create_domain(const Model& model, const CreateDomainStmt& statement) {
  if (refuse_existing_type(model, name_of(statement.domainname))) return;
  refuse_missing_type(model, statement.typeName);
}

void create_composite_type(const Model& model, const CompositeTypeStmt& statement) {
  const NameView name = name_of(statement.typevar);
  if (refuse_existing_type(model, name) || model.refuse_existing(name)) return;
  for (const ColumnDef* column : each<ColumnDef>(statement.coldeflist)) {
    if (refuse_missing_type(model, column->typeName)) return;
  }
}

// typecmds.c, validateDomainCheckConstraint() and validateDomainNotNullConstraint(): ShareLock on every
// table with a column of the domain, and a scan of it.
void alter_domain(const Model& model, const AlterDomainStmt& statement) {
  const NameView name = name_of(statement.typeName);
  if (refuse_missing_type(model, name)) return;
  const TypeObject* domain = model.catalog().find_type(name, model.path());
  if (domain != nullptr) {
    if (domain->kind != TypeKind::domain) {
      return model.effects.fail(
          fmt::format("{} is not a domain", format_type({"", std::string(name.name), {}, false, false})));
    }
    if (refuse_domain_constraint(model, statement, *domain, name.name)) return;
  }
  if (!validates(statement, domain)) return;
  const DomainUsers users = find_domain_users(model.catalog(), name);
  if (users.container) {
    return model.effects.fail(fmt::format("cannot alter type \"{}\" because column \"{}.{}\" uses it", name.name,
                                          model.relation(users.container->relation).name, users.container->column));
  }
  for (const RelationId table : users.tables) {
    model.lock(table, LockMode::share, LockReason::dependent);
    model.effects.add_work(table, WorkKind::scan);
  }
}

// typecmds.c, AlterEnum(): until 11 refused in a transaction block, unless the type is as new.
void alter_enum(const Model& model, const AlterEnumStmt& statement) {
  const NameView name = name_of(statement.typeName);
  if (refuse_missing_type(model, name)) return;
  if (model.version() <= 11 && statement.oldVal == nullptr) model.refuse_in_transaction("ALTER TYPE ... ADD");
  const TypeObject* type = model.catalog().find_type(name, model.path());
  if (type == nullptr) return;
  if (type->kind != TypeKind::enumeration) {
    return model.effects.fail(
        fmt::format("{} is not an enum", format_type({"", std::string(name.name), {}, false, false})));
  }
  const std::string_view old_label = text(statement.oldVal == nullptr ? statement.newValNeighbor : statement.oldVal);
  const std::string_view new_label = text(statement.newVal);
  const bool exists = has_label(*type, new_label);
  if (statement.oldVal == nullptr && exists && statement.skipIfNewValExists) return;
  const bool names_old = statement.oldVal != nullptr || statement.newValNeighbor != nullptr;
  // AddEnumLabel() looks for the new label first, RenameEnumLabel() for the old one.
  if (exists && statement.oldVal == nullptr) {
    model.effects.fail(fmt::format("enum label \"{}\" already exists", new_label));
  } else if (names_old && !has_label(*type, old_label)) {
    model.effects.fail(fmt::format("\"{}\" is not an existing enum label", old_label));
  } else if (exists) {
    model.effects.fail(fmt::format("enum label \"{}\" already exists", new_label));
  }
}

bool refuse_row_type_use(const Model& model, RelationId table) {
  const Relation& relation = model.relation(table);
  // That a column is of a table's row type is so rare that the search is left to where all is known: it goes
  // through every column there is, for statements as common as ADD COLUMN.
  if (relation.kind != RelationKind::composite_type && !model.catalog().complete) return false;
  const auto use = find_stored_use(model.catalog(), {relation.schema, relation.name});
  if (!use) return false;
  const bool is_type = relation.kind == RelationKind::composite_type;
  const std::string_view kind = is_type                                        ? "type"
                                : relation.kind == RelationKind::foreign_table ? "foreign table"
                                                                               : "table";
  model.effects.fail(fmt::format("cannot alter {} \"{}\" because column \"{}.{}\" uses {}", kind, relation.name,
                                 model.relation(use->relation).name, use->column, is_type ? "it" : "its row type"));
  return true;
}

std::vector<RelationId> lock_typed_tables(const Model& model, RelationId type, bool cascade) {
  std::vector<RelationId> tables = typed_tables(model.catalog(), type);
  if (tables.empty()) return tables;
  if (!cascade) {
    model.effects.fail(
        fmt::format("cannot alter type \"{}\" because it is the type of a typed table", model.relation(type).name));
    return {};
  }
  std::vector<RelationId> all;
  for (const RelationId table : tables) {
    for (const RelationId id : model.tree(table, false)) {
      model.lock(id, LockMode::access_exclusive, LockReason::dependent);
      all.push_back(id);
    }
  }
  return all;
}

}  // namespace pglatch::locks
