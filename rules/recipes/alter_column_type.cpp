// ALTER COLUMN … TYPE that rewrites the table: a new column beside the old one, kept in step by a trigger and filled in
// batches, gets its own indexes and foreign keys while writes go on; then the two change places in one short
// transaction. What stands on the column ends as the original leaves it; the column itself becomes the table's last.
//
// ATExecAlterColumnType() in tablecmds.c: what it carries over is carried over here.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "analyzer/catalog/volatility.h"
#include "analyzer/locks/type_change.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/parse/walk.h"
#include "rules/recipes/alter_table_rewrite.h"
#include "rules/recipes/batches.h"
#include "rules/recipes/code_tokens.h"
#include "rules/recipes/column_change_checks.h"
#include "rules/recipes/column_change_switch.h"
#include "rules/recipes/column_change_tree.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/not_null_name.h"
#include "rules/recipes/recipes.h"
#include "rules/support/alter_table.h"
#include "rules/support/column_type_change.h"

namespace pglatch {
namespace {

constexpr std::string_view kWindow = "Change the type while nobody needs the table.";
constexpr std::string_view kSchema = "Make the plan again with the schema of the database (--schema).";

// The subcommands that rewrite by a change of type, or build an index anew.
std::vector<const AlterTableCmd*> type_changes(const StatementContext& context) {
  std::vector<const AlterTableCmd*> found;
  each_subcommand(context, {AT_AlterColumnType}, [&](const Subcommand& subcommand) {
    if (new_type(subcommand) == nullptr) return;
    const bool is_long = !subcommand.blocked_during(WorkKind::rewrite).empty() ||
                         !subcommand.blocked_during(WorkKind::index_build).empty();
    if (is_long) {
      found.push_back(&subcommand.command);
    }
  });
  return found;
}

// The expression behind USING, as written.
std::string using_expression(const StatementContext& context, const AlterTableStmt& statement,
                             const ColumnDef& definition) {
  if (definition.raw_default == nullptr) return {};
  const std::string sql = without_comments(subcommand_ranges(context, statement).front().of(context.sql));
  const Tokens tokens = code_tokens(sql);
  for (std::size_t i = 0; i < tokens.size(); i = tokens[i].is('(', sql) ? skip_group(sql, tokens, i) : i + 1) {
    if (tokens[i].is_word("using", sql)) return text_of(sql, tokens, i + 1, tokens.size());
  }
  return {};
}

// The type as SQL writes it wherever it is read: with its schema, unless it is built in.
std::string type_name(const StatementContext& context, const ColumnDef& definition) {
  TypeRef type = type_ref(definition.typeName);
  const NameView name = name_of(definition.typeName->names);
  if (type.schema.empty()) {
    type.schema = context.catalog.schema_of_type({type.schema, name.name}, context.session.search_path());
  }
  return format_type(type);
}

std::string collation_name(const ColumnDef& definition) {
  if (definition.collClause == nullptr) return {};
  const NameView name = name_of(definition.collClause->collname);
  return name.schema.empty() ? quote_identifier_sql(name.name) : quote_qualified(name.schema, name.name);
}

// Of types whose values are written and read by the settings of the session.
bool is_read_by_settings(std::string_view type) {
  constexpr std::string_view kTypes[] = {"date",   "time",  "timetz", "timestamp", "timestamptz", "interval", "float4",
                                         "float8", "money", "bytea",  "tsrange",   "tstzrange",   "daterange"};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

// It has another value tomorrow, or in another session, though it is not volatile.
bool depends_on_the_moment(const Node* expression) {
  constexpr std::string_view kFunctions[] = {"now",
                                             "transaction_timestamp",
                                             "statement_timestamp",
                                             "timeofday",
                                             "current_setting",
                                             "pg_backend_pid",
                                             "current_schema",
                                             "current_schemas"};
  bool found = false;
  walk(expression, [&](const Node* node) {
    const auto* call = as<FuncCall>(node);
    found = found || node->type == T_SQLValueFunction ||
            (call != nullptr && std::find(std::begin(kFunctions), std::end(kFunctions), name_of(call->funcname).name) !=
                                    std::end(kFunctions));
    return found ? Walk::stop : Walk::into;
  });
  return found;
}

const Relation* owned_sequence(const StatementContext& context, const Relation& table, std::string_view column) {
  for (const RelationId id : table.owned_sequences) {
    const Relation* sequence = context.catalog.find(id);
    if (sequence != nullptr && sequence->owned_by_column == column) return sequence;
  }
  return nullptr;
}

std::optional<Refusal> refuse_table(const StatementContext& context, const Relation& table) {
  const std::string name = display_name(table);
  if (table.kind == RelationKind::partitioned_table) return refuse_tree(context, table);
  if (table.kind != RelationKind::table || table.partition_of != kNoRelation || !table.inherits.empty() ||
      !table.inherited_by.empty() || table.of_type != kNoRelation) {
    return Refusal{
        fmt::format("{} is part of a tree of tables, or of a type: a second column would have to come and go "
                    "in all of them, and names be swapped in all at once.",
                    name),
        fmt::format("{} Or make a new partitioned table and move the partitions over one by one.", kWindow)};
  }
  if (!table.columns_known) {
    return Refusal{fmt::format("What stands on the column of {} has to be carried over, and is not known here.", name),
                   std::string(kSchema)};
  }
  if (walk_key(table, context.catalog).empty()) return no_walk_key(name);
  return std::nullopt;
}

// With USING alone there is nothing to tell the new column from the old one by.
bool is_same_type(const ColumnChange& change, const ColumnDef& definition) {
  const bool same_collation = change.collation.empty()
                                  ? change.column.collation.empty()
                                  : name_of(definition.collClause->collname).name == change.column.collation;
  return same_collation && format_type(type_ref(definition.typeName)) == format_type(change.column.type);
}

std::optional<Refusal> refuse_column(const ColumnChange& change, const ColumnDef& definition) {
  const std::string name = fmt::format("{}.{}", change.name, quote_identifier_sql(change.column.name));
  if (is_same_type(change, definition)) {
    return Refusal{fmt::format("{} keeps its type: what changes are its values.", name),
                   "Write it as an UPDATE, which a plan does in batches."};
  }
  if (change.is_partitioned()) {
    if (auto refusal = refuse_column_of_tree(change)) return refusal;
  }
  const StatementContext& context = change.context;
  if (locks::is_constrained_domain(type_ref(definition.typeName), context.catalog, context.session.search_path())) {
    return Refusal{fmt::format("The domain {} has constraints: PostgreSQL tries them on each row that is there, even "
                               "where the new column is still NULL in all of them.",
                               change.type),
                   "Give the column the domain's base type, and a CHECK of its own that is added NOT VALID and "
                   "validated afterwards."};
  }
  if (change.column.generated != 0) {
    return Refusal{fmt::format("{} is generated: no trigger can keep another column in step with it.", name),
                   "Add a generated column of the new type beside it, and drop the old one once no code uses it."};
  }
  if (definition.raw_default != nullptr) {
    if (change.conversion.empty() || depends_on_the_moment(definition.raw_default) ||
        is_volatile(definition.raw_default, change.context.catalog, change.context.session.search_path())) {
      return Refusal{
          fmt::format("The expression after USING for {} may give another value each time it is evaluated.", name),
          "Write an expression that is IMMUTABLE."};
    }
  }
  if (change.is_identity() && (change.sequence == nullptr || change.sequence->schema != change.table.schema)) {
    return Refusal{fmt::format("The sequence of {} is not known here.", name), std::string(kSchema)};
  }
  for (const DependentExpression& expression : change.table.expressions) {
    const bool own_default = expression.kind == ExpressionKind::default_value && expression.name == change.column.name;
    if (own_default || !change.is_in(expression.columns)) continue;
    return Refusal{fmt::format("{} is used by {} of {}, which would go on with the old column.", name,
                               quote_identifier_sql(expression.name), change.name),
                   "Drop what uses the column first and make it again afterwards, in statements of their own."};
  }
  return std::nullopt;
}

// They run for each row that the fill changes.
void mention_triggers(const ColumnChange& change, Rewrite& rewrite) {
  rewrite.preflight.push_back({fmt::format("Triggers of {} that the batches set off, once for each row", change.name),
                               fmt::format("SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t\n"
                                           "WHERE t.tgrelid {} AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')\n"
                                           "  AND t.tgtype & 16 <> 0 AND t.tgname <> {}",
                                           change.is_of_tree(), quote_literal_sql(change.trigger)),
                               "no rows, or none that matters when every row is updated once", false});
}

// A subscriber that lacks the new column stops.
void mention_publications(const ColumnChange& change, Rewrite& rewrite) {
  rewrite.preflight.push_back(
      {fmt::format("Publications of {}: their subscribers need the column {} before this server has it", change.name,
                   quote_identifier_sql(change.successor)),
       fmt::format("SELECT pubname FROM pg_publication_tables WHERE schemaname = {} AND tablename = {}",
                   quote_literal_sql(change.table.schema), quote_literal_sql(change.table.name)),
       "no rows", false});
}

void mention_order(const ColumnChange& change, Rewrite& rewrite) {
  const std::string column = quote_identifier_sql(change.column.name);
  rewrite.reordered.push_back(change.name);
  for (const Relation* partition : change.partitions()) rewrite.reordered.push_back(display_name(*partition));
  rewrite.notes.push_back(fmt::format(
      "{}.{} becomes the last column of {}: code that relies on the order of columns (INSERT without a list "
      "of columns, SELECT *, COPY) has to name them before this plan runs.",
      change.name, column, change.name));
  if (change.is_serial()) {
    rewrite.notes.push_back(fmt::format(
        "{} counts on within the limits of the type that it has, as after the original: ALTER SEQUENCE … AS changes "
        "that.",
        display_name(*change.sequence)));
  }
}

// The identity's sequence is made anew, as the original would have changed it.
std::optional<Assumption> plain_sequence(const ColumnChange& change) {
  if (!change.is_identity()) return std::nullopt;
  const std::string sequence = display_name(*change.sequence);
  return Assumption{
      fmt::format("{} has the options that an identity has by default, no comment and no privileges.", sequence),
      fmt::format("SELECT EXISTS (\n"
                  "  SELECT FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid\n"
                  "  WHERE c.oid = to_regclass({}) AND s.seqstart = 1 AND s.seqincrement = 1 AND s.seqmin = 1\n"
                  "    AND s.seqcache = 1 AND NOT s.seqcycle AND c.relacl IS NULL\n"
                  "    AND obj_description(c.oid, 'pg_class') IS NULL)",
                  quote_literal_sql(sequence)),
      "Set the options back for the time being, and again after the plan; or change the type while nobody needs the "
      "table."};
}

// Once the columns have changed places, nothing before that is to be done any more.
void skip_once_switched(const ColumnChange& change, Rewrite& rewrite) {
  const std::string switched = "SELECT " + change.is_switched();
  const auto add = [&](std::string& query) {
    query = query.empty() ? switched : fmt::format("{} OR (\n{})", switched, query);
  };
  for (Phase& phase : rewrite.phases) {
    for (Step& step : phase.steps) {
      if (step.step_class == StepClass::check || step.generator) continue;
      add(step.already_done);
      if (!step.verify.empty()) add(step.verify);
    }
  }
}

std::optional<Refusal> plan(const ColumnChange& change, const StandIns& all, Rewrite& rewrite) {
  const std::string column = quote_identifier_sql(change.column.name);
  add_steps(rewrite, PhaseKind::expand, fmt::format("Keep a second column in step with {}.{}", change.name, column),
            add_successor(change));
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Fill the new column of {}", change.name),
            {fill_successor(change)});
  if (change.column.not_null) {
    const AlterTable alter{change.context, change.table, change.name};
    if (auto refusal = set_not_null(alter, change.successor, true, rewrite)) return refusal;
  }
  make_checks(change, all, rewrite);
  make_stand_ins(change, all, rewrite);
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Equip the new column of {}", change.name),
            {analyze_successor(change), equip_successor(change)});
  skip_once_switched(change, rewrite);

  add_steps(rewrite, PhaseKind::switch_, fmt::format("Change {}.{}", change.name, column),
            {switch_columns(change, all)});
  std::vector<Step> rest = remove_predecessor(change, all);
  if (auto rename = rename_not_null_if_named(change)) rest.push_back(std::move(*rename));
  add_steps(rewrite, PhaseKind::contract, fmt::format("Drop what {}.{} was", change.name, column), std::move(rest));

  rewrite.assumptions.push_back(nothing_else_depends(change, known_dependents(change, all)));
  if (change.is_partitioned()) assume_tree(change, rewrite);
  if (auto assumption = plain_sequence(change)) rewrite.assumptions.push_back(std::move(*assumption));
  if (auto assumption = not_null_is_named(change)) rewrite.assumptions.push_back(std::move(*assumption));
  mention_triggers(change, rewrite);
  mention_publications(change, rewrite);
  mention_order(change, rewrite);
  return std::nullopt;
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<AlterTableStmt>(context.statement.node);
  if (statement.objtype != OBJECT_TABLE || context.effects.fails) return std::nullopt;
  const auto changes = type_changes(context);
  if (changes.empty()) return std::nullopt;
  const Relation* table = find_relation(context, statement.relation);
  Rewrite result;
  if (each(statement.cmds).size() > 1) {
    result.refusal = Refusal{
        "Each column that gets another type needs a plan of its own, and so does what else the "
        "statement does.",
        "Write the subcommands as statements of their own, and make the plan again."};
    return result;
  }
  result.refusal = refuse_table(context, *table);
  if (result.refusal) return result;
  const std::string name(text(changes.front()->name));
  const Column* column = table->column(name);
  if (column == nullptr) return std::nullopt;
  const auto& definition = *as<ColumnDef>(changes.front()->def);
  const ColumnChange change{
      context,
      *table,
      *column,
      display_name(*table),
      type_name(context, definition),
      collation_name(definition),
      !type_ref(definition.typeName).modifiers.empty(),
      using_expression(context, statement, definition),
      is_read_by_settings(column->type.name) || is_read_by_settings(type_ref(definition.typeName).name),
      owned_sequence(context, *table, name),
      stand_in_name(name),
      replaced_name(name),
      prefixed_name("zz_pglatch_sync_", name),
      prefixed_name("pglatch_sync_", fmt::format("{}_{}", table->name, name))};
  result.refusal = refuse_column(change, definition);
  if (result.refusal) return result;
  const StandIns all = stand_ins(change);
  result.refusal = all.refusal ? all.refusal : plan(change, all, result);
  return result;
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};
constexpr std::string_view kRules[] = {"alter-column-type-rewrite"};

}  // namespace

const Recipe kAlterColumnTypeRecipe{"alter-column-type",
                                    "ALTER COLUMN TYPE that rewrites: a second column, filled in batches, takes over",
                                    kNodes, kRules, rewrite};

}  // namespace pglatch
