// ADD COLUMN with values that differ from row to row: the column comes first, empty but with its default, so that new
// rows have their values from the beginning; then the old rows are filled in batches; then it is made NOT NULL. An
// identity is numbered by a sequence of the plan's own until it can be one.
//
// ATExecAddColumn(), ATExecAddIdentity() in tablecmds.c; recipes for serial columns follow generateSerialExtraStmts().
#include <fmt/format.h>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/alter_table_rewrite.h"
#include "rules/recipes/batches.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/partitioned_index.h"
#include "rules/recipes/recipes.h"

namespace pglatch {
namespace {

constexpr int kFirstWithUnloggedSequences = 15;

std::string is_identity(const AlterTable& alter, const FilledColumn& column) {
  return fmt::format(
      "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass({}) AND a.attname = {} AND a.attidentity <> "
      "'')",
      quote_literal_sql(alter.name), quote_literal_sql(column.name));
}

Step create_sequence(const AlterTable& alter, const FilledColumn& column) {
  const bool unlogged = alter.table.unlogged && alter.context.pg_version >= kFirstWithUnloggedSequences;
  std::string done = fmt::format(
      "SELECT EXISTS (SELECT FROM pg_sequence s WHERE s.seqrelid = to_regclass({}) AND s.seqtypid = {}::regtype)",
      quote_literal_sql(column.sequence), quote_literal_sql(column.type));
  // The identity has a sequence of its own, and this one is dropped.
  if (column.source == ValueSource::identity) done += fmt::format("\n  OR {}", is_identity(alter, column));
  Step step = brief_step(
      fmt::format("Create the sequence {} for new and old rows", column.sequence),
      fmt::format("CREATE {}SEQUENCE {} {}", unlogged ? "UNLOGGED " : "", column.sequence, column.options), done);
  // Who inserts needs no privilege on the sequence of an identity.
  if (column.source == ValueSource::identity) {
    step.sql.push_back(fmt::format("GRANT USAGE ON SEQUENCE {} TO PUBLIC", column.sequence));
  }
  step.on_failure = fmt::format(
      "Nothing is left behind: run the script again. Where something else is named {}, rename "
      "that first.",
      column.sequence);
  step.rollback = {{StepClass::brief, fmt::format("DROP SEQUENCE IF EXISTS {}", column.sequence)}};
  return step;
}

// A sequence can only belong to a table of the same owner.
Step give_to_owner(const AlterTable& alter, const FilledColumn& column) {
  Step step;
  step.title = fmt::format("Give {} to the owner of {}", column.sequence, alter.name);
  step.step_class = StepClass::brief;
  step.generator = true;
  step.sql = {
      fmt::format("SELECT format('ALTER SEQUENCE %s OWNER TO %I', s.oid::regclass, pg_get_userbyid(t.relowner))\n"
                  "FROM pg_class s, pg_class t WHERE s.oid = to_regclass({}) AND t.oid = to_regclass({})\n"
                  "  AND s.relowner <> t.relowner",
                  quote_literal_sql(column.sequence), quote_literal_sql(alter.name))};
  step.sample = fmt::format("ALTER SEQUENCE {} OWNER TO CURRENT_USER", column.sequence);
  step.on_failure = kRunAgain;
  return step;
}

Step become_identity(const AlterTable& alter, const FilledColumn& column) {
  const std::string name = quote_identifier_sql(column.name);
  Step step = brief_step(
      fmt::format("Make {}.{} an identity that goes on where {} is", alter.name, name, column.sequence),
      fmt::format("{} ALTER COLUMN {} DROP DEFAULT", alter.alter(), name), "SELECT " + is_identity(alter, column));
  step.sql.push_back(fmt::format("{} ALTER COLUMN {} ADD {}", alter.alter(), name, column.identity));
  step.sql.push_back(fmt::format("SELECT setval(pg_get_serial_sequence({}, {}), last_value, is_called) FROM {}",
                                 quote_literal_sql(alter.name), quote_literal_sql(column.name), column.sequence));
  step.sql.push_back(fmt::format("DROP SEQUENCE {}", column.sequence));
  return step;
}

std::string note(const AlterTable& alter, const FilledColumn& column) {
  const std::string what = fmt::format("{}.{}", alter.name, quote_identifier_sql(column.name));
  switch (column.source) {
    case ValueSource::serial:
    case ValueSource::identity:
      return fmt::format(
          "The old rows get {} in the order of the key, and rows that come meanwhile numbers in between.", what);
    case ValueSource::domain:
    case ValueSource::expression:
      break;
  }
  return fmt::format("{} is NULL in old rows until they are filled: code that reads it has to wait for the plan's end.",
                     what);
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  return rewrite_alter_table(context, PartKind::column);
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};
constexpr std::string_view kRules[] = {"add-column-constrained-domain", "add-column-stored-generated",
                                       "add-column-volatile-default"};

}  // namespace

std::vector<Step> prepare_column(const AlterTable& alter, const FilledColumn& column) {
  if (column.sequence.empty()) return {};
  std::vector<Step> steps = {create_sequence(alter, column)};
  if (column.source == ValueSource::serial) steps.push_back(give_to_owner(alter, column));
  return steps;
}

std::optional<std::string> complete_column(const AlterTable& alter, const FilledColumn& column) {
  const std::string name = quote_identifier_sql(column.name);
  if (column.source == ValueSource::serial) {
    return fmt::format("ALTER SEQUENCE {} OWNED BY {}.{}", column.sequence, alter.name, name);
  }
  if (column.source == ValueSource::domain) {
    return fmt::format("{} ALTER COLUMN {} DROP DEFAULT", alter.alter(), name);
  }
  return std::nullopt;
}

std::optional<Refusal> fill_column(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite) {
  const FilledColumn& column = part.filled;
  if (walk_key(alter.table, alter.context.catalog).empty()) return no_walk_key(alter.name);
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Fill {}.{}", alter.name, quote_identifier_sql(column.name)),
            {fill_nulls(alter.table, alter.context.catalog, column.name,
                        column.sequence.empty() ? "DEFAULT" : column.value)});
  rewrite.notes.push_back(note(alter, column));
  if (auto triggers = note_triggers(alter.table)) rewrite.notes.push_back(std::move(*triggers));
  if (!column.not_null) return std::nullopt;
  if (auto refusal = set_not_null(alter, column.name, true, rewrite, column.not_null_name)) return refusal;
  if (column.source == ValueSource::identity) {
    add_steps(rewrite, PhaseKind::switch_, fmt::format("Make {} an identity", quote_identifier_sql(column.name)),
              {become_identity(alter, column)});
  }
  return std::nullopt;
}

const Recipe kAddColumnRecipe{"add-column", "ADD COLUMN with values for each row: empty, then filled in batches",
                              kNodes, kRules, rewrite};

}  // namespace pglatch
