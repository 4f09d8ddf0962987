#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/parse/identifier.h"
#include "rules/support/dropped_objects.h"
#include "rules/support/script_names.h"
#include "rules/support/word_list.h"

namespace pglatch {
namespace {

bool is_looked_at(ObjectType type) {
  switch (type) {
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
    case OBJECT_AGGREGATE:
      return true;
    default:
      return false;
  }
}

ObjectName name_of_object(const StatementContext& context, const DroppedObject& dropped, ObjectType type) {
  if (dropped.address.object_class != ObjectClass::relation) {
    return {name_space(type), dropped.address.schema, dropped.address.name};
  }
  const Relation& relation = *context.catalog.find(dropped.address.relation);
  return {NameSpace::relation, relation.schema, relation.name};
}

// An earlier statement drops a table, a column or its default, a trigger, or changes a column's type.
bool lets_go(const Statement& statement) {
  if (const auto* drop = as<DropStmt>(statement.node)) {
    return drop->removeType == OBJECT_TABLE || drop->removeType == OBJECT_TRIGGER;
  }
  const auto* alter = as<AlterTableStmt>(statement.node);
  if (alter == nullptr) return false;
  const auto commands = each<AlterTableCmd>(alter->cmds);
  return std::any_of(commands.begin(), commands.end(), [](const AlterTableCmd* command) {
    return command->subtype == AT_DropColumn || command->subtype == AT_AlterColumnType ||
           command->subtype == AT_ColumnDefault;
  });
}

// What used types, sequences and trigger functions is mostly the schema itself: where the script takes that away first,
// there is nothing to add to what was said of it. Code calls no trigger function.
bool is_a_part(const StatementContext& context, const DroppedObject& dropped, ObjectType type) {
  const bool lets_go_before = std::any_of(context.preceding.begin(), context.preceding.end(), lets_go);
  switch (type) {
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
    case OBJECT_SEQUENCE:
      return lets_go_before;
    case OBJECT_FUNCTION:
    case OBJECT_ROUTINE: {
      const FunctionObject* function =
          context.catalog.find_function({dropped.address.schema, dropped.address.name}, context.session.search_path());
      return function == nullptr ? lets_go_before : function->returns_trigger;
    }
    default:
      return false;
  }
}

// What is lost besides the name.
std::string_view lost(ObjectType type) {
  switch (type) {
    case OBJECT_MATVIEW:
      return " Its rows and indexes have to be computed anew should it be needed again.";
    case OBJECT_SEQUENCE:
      return " How far it has counted is lost.";
    default:
      return "";
  }
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<DropStmt>(context.statement.node);
  if (!is_looked_at(stmt.removeType) || context.effects.refused()) return;
  std::vector<std::string> names;
  ObjectName last;
  for (const DroppedObject& dropped : dropped_objects(context, stmt)) {
    if (!dropped.live || is_a_part(context, dropped, stmt.removeType)) continue;
    const ObjectName name = name_of_object(context, dropped, stmt.removeType);
    if (is_given_later(context, name, Reach::script) || was_given_before(context, name)) continue;
    names.push_back(quote_qualified(name.schema, name.name));
    last = name;
  }
  if (names.empty()) return;

  Finding finding = make_finding(context, rule, context.statement.range, kNoRelation);
  if (name_space(stmt.removeType) == NameSpace::relation) finding.relations = names;
  finding.message = fmt::format(
      "Dropping {}{} {} breaks the code that still uses {}. Old code runs on while a release is rolled out, and fails "
      "from the commit on.{}",
      kind_name(stmt.removeType), names.size() == 1 ? "" : "s", word_list(names, 2), names.size() == 1 ? "it" : "them",
      lost(stmt.removeType));
  finding.help =
      "Deploy code that no longer uses it first, and drop it in a later migration; to change it, create it "
      "anew in the same transaction.";
  if (names.size() == 1) settle_in_code(context, last, finding);
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_DropStmt};

}  // namespace

extern const Rule kDropView;
const Rule kDropView{"drop-view",
                     "compat",
                     Severity::warning,
                     "Dropping a view, function, type or sequence breaks the code that uses it.",
                     kNodes,
                     check};

}  // namespace pglatch
