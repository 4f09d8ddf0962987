#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/catalog/dependencies.h"
#include "rules/support/alter_table.h"
#include "rules/support/dropped_objects.h"
#include "rules/support/script_names.h"
#include "rules/support/word_list.h"

namespace pglatch {
namespace {

// One piece of a statement that says CASCADE.
struct Cascade {
  std::vector<ObjectAddress> targets;
  bool known = true;      // all targets
  ByteRange range;        // in which it stands
  bool doubtful = false;  // nothing shows that any target is there, and IF EXISTS asks
};

// What goes along, as far as others use it.
struct Victims {
  std::vector<std::string> named;
  std::vector<std::string> relations;
  bool values = false;    // rows or columns are lost with them
  bool restored = false;  // the script creates some of what goes again, which is not among `named`
};

bool is_target(const Cascade& cascade, const ObjectAddress& object) {
  return std::any_of(cascade.targets.begin(), cascade.targets.end(), [&](const ObjectAddress& target) {
    return target.object_class == object.object_class && target.relation == object.relation &&
           target.schema == object.schema && target.name == object.name;
  });
}

// A view that the script creates again.
bool comes_back(const StatementContext& context, const ObjectAddress& object) {
  if (object.object_class == ObjectClass::function || object.object_class == ObjectClass::type) {
    const auto space = object.object_class == ObjectClass::type ? NameSpace::type : NameSpace::function;
    return is_given_later(context, {space, object.schema, object.name}, Reach::script);
  }
  const Relation* relation = context.catalog.find(object.relation);
  if (object.object_class != ObjectClass::relation || relation == nullptr) return false;
  return is_given_later(context, {NameSpace::relation, relation->schema, relation->name}, Reach::script);
}

bool holds_values(const StatementContext& context, const ObjectAddress& object) {
  if (object.object_class == ObjectClass::column) return true;
  const Relation* relation = context.catalog.find(object.relation);
  return object.object_class == ObjectClass::relation && relation != nullptr && relation->kind == RelationKind::table;
}

Victims victims_of(const StatementContext& context, const Cascade& cascade) {
  Victims victims;
  for (const Dependent& dependent : find_dependents(context.catalog, cascade.targets)) {
    const ObjectAddress& object = dependent.object;
    if (dependent.automatic || is_target(cascade, object)) continue;
    if (comes_back(context, object)) {
      victims.restored = true;
      continue;
    }
    const Relation* relation = context.catalog.find(object.relation);
    if (relation != nullptr && (!context.is_live(relation->id) || made_by_script(context, *relation))) continue;
    victims.values = victims.values || holds_values(context, object);
    victims.named.push_back(describe(context.catalog, context.session.search_path(), object));
    if (relation == nullptr) continue;
    const std::string name = context.name(relation->id);
    if (std::find(victims.relations.begin(), victims.relations.end(), name) == victims.relations.end()) {
      victims.relations.push_back(name);
    }
  }
  return victims;
}

std::string_view what_is_known_of(const Cascade& cascade) {
  if (cascade.known) return "The migrations show nothing that does; what they do not show goes all the same.";
  if (cascade.targets.size() > 1 || !cascade.doubtful) return "What that is only the database knows.";
  return "No earlier migration makes it: where it is not there, nothing happens.";
}

void report(const StatementContext& context, const Cascade& cascade, const Rule& rule, Reporter& reporter) {
  if (cascade.targets.empty()) return;
  const Victims victims = victims_of(context, cascade);
  const bool certain = cascade.known && context.catalog.complete;
  if (victims.named.empty() && (certain || victims.restored)) return;

  const auto word = find_words(context.sql, cascade.range, {"cascade"});
  const RelationId relation = cascade.targets.front().relation;
  Finding finding = make_finding(context, rule, word.value_or(cascade.range), relation);
  for (const std::string& name : victims.relations) {
    if (finding.relations.empty() || finding.relations.front() != name) finding.relations.push_back(name);
  }
  std::string target = describe(context.catalog, context.session.search_path(), cascade.targets.front());
  if (cascade.targets.size() > 1) target += fmt::format(" and {} more", cascade.targets.size() - 1);
  if (victims.named.empty()) {
    finding.message = fmt::format(
        "CASCADE drops whatever depends on {}, without a word: views, foreign keys of other tables, columns. {}",
        target, what_is_known_of(cascade));
    if (cascade.known || cascade.doubtful) finding.severity = Severity::info;
  } else {
    finding.message = fmt::format("CASCADE drops more than {}.", target);
    finding.message += fmt::format(" With it goes what depends on it: {}{}", word_list(victims.named),
                                   certain ? "." : ", and whatever else does that the migrations do not show.");
    if (victims.values) {
      finding.severity = Severity::error;
      finding.message += " Values are lost with that.";
    }
  }
  finding.help =
      "Drop what depends on it first, each by its name, and leave CASCADE out: then PostgreSQL refuses where something "
      "was forgotten, and names it.";
  reporter.report(std::move(finding));
}

// Foreign keys need unique indexes; nothing depends on any other.
bool is_plain_index(const StatementContext& context, const DroppedObject& dropped) {
  const Relation* relation = context.catalog.find(dropped.address.relation);
  return dropped.known && relation != nullptr && relation->is_index() && !relation->index->unique;
}

// DROP SCHEMA is drop-schema's; triggers, policies and rules have nothing that depends on them.
bool is_looked_at(ObjectType type) {
  return type != OBJECT_SCHEMA && type != OBJECT_TRIGGER && type != OBJECT_POLICY && type != OBJECT_RULE;
}

// Nothing that is shown has made or named it, and the statement asks whether it is there. Extensions and foreign
// servers are made by whoever runs the server, and views and functions by Flyway's repeatable migrations, which come
// after all others and are there all the same.
bool is_hardly_there(const StatementContext& context, const DropStmt& stmt, const DroppedObject& dropped) {
  if (!stmt.missing_ok || dropped.known || dropped.address.object_class == ObjectClass::other) return false;
  if (context.script.framework == "flyway" && stmt.removeType != OBJECT_TABLE) return false;
  const Relation* relation = context.catalog.find(dropped.address.relation);
  return (relation == nullptr || relation->script == context.catalog.script) && shows_tables(context.catalog);
}

void look_at_drop(const StatementContext& context, const DropStmt& stmt, const Rule& rule, Reporter& reporter) {
  if (stmt.behavior != DROP_CASCADE || !is_looked_at(stmt.removeType)) return;
  Cascade cascade{{}, true, context.statement.range, true};
  for (const DroppedObject& dropped : dropped_objects(context, stmt)) {
    if (!dropped.live || is_plain_index(context, dropped)) continue;
    cascade.known = cascade.known && dropped.known;
    cascade.doubtful = cascade.doubtful && is_hardly_there(context, stmt, dropped);
    cascade.targets.push_back(dropped.address);
  }
  report(context, cascade, rule, reporter);
}

void look_at_subcommand(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const AlterTableCmd& command = subcommand.command;
  const bool column = command.subtype == AT_DropColumn;
  if (command.behavior != DROP_CASCADE) return;
  const StatementContext& context = subcommand.context;
  const Relation& table = subcommand.target;
  if (!context.is_live(table.id) || made_by_script(context, table)) return;
  const std::string_view name = text(command.name);
  const Column* known_column = column ? table.column(name) : nullptr;
  const TableConstraint* constraint = column ? nullptr : table.constraint(name);
  if (known_column != nullptr && made_by_script(context, *known_column)) return;
  const bool known = known_column != nullptr || constraint != nullptr;
  if (!known && table.columns_known) return;
  // Nothing but foreign keys depends on a constraint, and on a key alone.
  if (constraint != nullptr && constraint->index == kNoRelation) return;
  report(context,
         {{column ? ObjectAddress::of_column(table.id, name) : ObjectAddress::of_constraint(table.id, name)},
          known,
          subcommand.range(),
          false},
         rule, reporter);
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.refused()) return;
  if (const auto* drop = as<DropStmt>(context.statement.node)) return look_at_drop(context, *drop, rule, reporter);
  each_command(context, {AT_DropColumn, AT_DropConstraint},
               [&](const Subcommand& subcommand) { look_at_subcommand(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_DropStmt, T_AlterTableStmt};

}  // namespace

extern const Rule kDropCascade;
const Rule kDropCascade{"drop-cascade",
                        "compat",
                        Severity::warning,
                        "CASCADE drops whatever depends on the object, which the statement does not name.",
                        kNodes,
                        check};

}  // namespace pglatch
