// A table becomes a partitioned one by a copy, while it is in use: a trigger writes into the new table what is written
// into the old one, the rows that were there before follow in ranges of the key, and two renames let the new table take
// over. Rows are read FOR SHARE: one that is deleted meanwhile cannot come back to life in the copy.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/batches.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/conversion_script.h"
#include "rules/recipes/identity_steps.h"
#include "rules/recipes/insist.h"

namespace pglatch {
namespace {

std::string list_of(const std::vector<std::string>& names, std::string_view prefix) {
  std::string out;
  for (const std::string& name : names) {
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ", prefix, quote_identifier_sql(name));
  }
  return out;
}

struct Copy {
  const Relation& table;
  const ConversionScript& script;
  std::vector<std::string> columns{};
  std::string sync{};      // name of the trigger, quoted
  std::string function{};  // qualified

  // As the owner, since clients need no privileges on the new table yet.
  [[nodiscard]] std::string function_body() const {
    const std::string key = list_of(script.primary_key, {});
    return fmt::format(
        "BEGIN\n"
        "  IF TG_OP = 'TRUNCATE' THEN\n"
        "    TRUNCATE {table};\n"
        "    RETURN NULL;\n"
        "  END IF;\n"
        "  IF TG_OP <> 'INSERT' THEN\n"
        "    DELETE FROM {table} WHERE ({key}) = ({old});\n"
        "  END IF;\n"
        "  IF TG_OP <> 'DELETE' THEN\n"
        "    INSERT INTO {table} ({columns}) {overriding}VALUES ({row});\n"
        "  END IF;\n"
        "  RETURN NULL;\n"
        "END",
        fmt::arg("table", script.passing_name), fmt::arg("key", key),
        fmt::arg("old", list_of(script.primary_key, "OLD.")), fmt::arg("columns", list_of(columns, {})),
        fmt::arg("row", list_of(columns, "NEW.")), fmt::arg("overriding", overriding()));
  }

  // Identity columns take the old rows' numbers.
  [[nodiscard]] std::string_view overriding() const {
    return script.identity.empty() ? std::string_view() : "OVERRIDING SYSTEM VALUE ";
  }
};

std::optional<Refusal> refuse(const Copy& copy, const std::vector<std::string>& walk) {
  if (copy.script.partman) {
    return Refusal{
        fmt::format("The partitions have to be there before the rows are copied, and pg_partman names them after the "
                    "table, which is {} until then.",
                    copy.script.passing_name),
        "Make the plan without --param split=copy; or write the partitions into the migration, and give the table to "
        "pg_partman in a later one."};
  }
  if (walk.empty()) return no_walk_key(copy.script.name);
  const TableConstraint* old = copy.table.primary_key();
  const auto& key = copy.script.primary_key;
  const bool contains =
      old != nullptr && std::all_of(old->columns.begin(), old->columns.end(), [&](const std::string& column) {
        return std::find(key.begin(), key.end(), column) != key.end();
      });
  if (!contains) {
    return Refusal{
        "The new table needs a primary key with the columns of the old one's, so that each row is copied once.",
        "Add it before the copy, in this migration."};
  }
  for (const Column& column : copy.table.columns) {
    if (column.generated == 0) continue;
    return Refusal{fmt::format("{} is a generated column: its values cannot be copied as they are.",
                               quote_identifier_sql(column.name)),
                   "Drop the column first, and generate it anew in the new table."};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> convert_by_copy(const StatementContext& context, const ConversionScript& script,
                                       Rewrite& rewrite) {
  const Relation& table = *context.catalog.find(script.table);
  Copy copy{table, script};
  for (const Column& column : table.columns) copy.columns.push_back(column.name);
  const std::string sync = make_object_name(table.name, {}, "pglatch_sync");
  copy.sync = quote_identifier_sql(sync);
  copy.function = quote_qualified(table.schema, sync);
  const std::string empty = quote_identifier_sql(make_object_name(table.name, {}, "pglatch_empty"));
  const auto walk = walk_key(table, context.catalog);
  if (auto refusal = refuse(copy, walk)) return refusal;
  const std::string done = fmt::format("EXISTS (SELECT FROM pg_class WHERE oid = to_regclass({}) AND relkind = 'p')",
                                       quote_literal_sql(script.name));

  Step create =
      brief_step(fmt::format("Create the partitioned table, as {} for now", script.passing_name), script.create,
                 fmt::format("SELECT {} OR to_regclass({}) IS NOT NULL", done, quote_literal_sql(script.passing_name)));
  const auto names = name_sequences(table, script);
  create.sql.insert(create.sql.end(), names.begin(), names.end());
  create.sql.insert(create.sql.end(), script.additions.begin(), script.additions.end());
  for (const ConversionPartition& partition : script.partitions) create.sql.push_back(partition.sql);
  create.rollback = {{StepClass::brief, fmt::format("DROP TABLE IF EXISTS {}", script.passing_name)}};

  Step watch = brief_step(
      fmt::format("Let a trigger write into {} too what is written into {}", script.passing_name, script.name),
      fmt::format(
          "CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, "
          "pg_temp AS {}",
          copy.function, quote_literal_sql(copy.function_body())),
      fmt::format("SELECT {} OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass({}) AND tgname = {})", done,
                  quote_literal_sql(script.name), quote_literal_sql(sync)));
  watch.sql.push_back(
      fmt::format("CREATE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION {}()",
                  copy.sync, script.name, copy.function));
  watch.sql.push_back(fmt::format("CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
                                  empty, script.name, copy.function));
  for (const std::string& trigger : {copy.sync, empty}) {
    watch.sql.push_back(fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", script.name, trigger));
  }
  watch.rollback = {{StepClass::brief, fmt::format("DROP FUNCTION IF EXISTS {}() CASCADE", copy.function)}};

  Batch batch;
  batch.table = script.name;
  batch.keys = walk;
  const std::string columns = list_of(copy.columns, {});
  Step rows = batch_step(
      fmt::format("Copy the rows of {} into {}, a range of keys at a time", script.name, script.passing_name), batch,
      fmt::format("WITH range AS MATERIALIZED (SELECT {0} FROM {1} WHERE {2} FOR SHARE)\n"
                  "INSERT INTO {3} ({0}) {4}SELECT {0} FROM range ON CONFLICT DO NOTHING",
                  columns, script.name, in_range(batch, script.name), script.passing_name, copy.overriding()));

  std::string same;
  for (const std::string& column : script.primary_key) {
    same += fmt::format("{0}n.{1} = o.{1}", same.empty() ? "" : " AND ", quote_identifier_sql(column));
  }
  Step compare;
  compare.title = fmt::format("Compare: {} has all rows of {}, and no others", script.passing_name, script.name);
  compare.step_class = StepClass::validate;
  compare.sql = {
      insist(fmt::format("SELECT (SELECT count(*) FROM {0}) = (SELECT count(*) FROM {1})\n"
                         "  AND NOT EXISTS (SELECT FROM {0} o WHERE NOT EXISTS (SELECT FROM {1} n WHERE {2}))",
                         script.name, script.passing_name, same),
             fmt::format("{} and {} differ", script.name, script.passing_name))};
  compare.on_failure = fmt::format(
      "Rows of {} are missing in {}, or are too many. Look for sessions that wrote with triggers switched off "
      "(session_replication_role), mend the difference, and run the script again.",
      script.name, script.passing_name);

  const std::string taken = fmt::format("Let the partitioned table take over from {}", script.name);
  Step change = brief_step(taken, fmt::format("DROP TRIGGER {} ON {}", copy.sync, script.name), "SELECT " + done);
  change.sql.push_back(fmt::format("DROP TRIGGER {} ON {}", empty, script.name));
  change.sql.push_back(fmt::format("DROP FUNCTION {}()", copy.function));
  const auto numbers = hand_numbers_over(script);
  change.sql.insert(change.sql.end(), numbers.begin(), numbers.end());
  change.sql.push_back(fmt::format("ALTER TABLE {} RENAME TO {}", script.name, script.old_identifier));
  change.sql.push_back(
      fmt::format("ALTER TABLE {} RENAME TO {}", script.passing_name, quote_identifier_sql(table.name)));
  for (const auto* more : {&script.last, &script.inbound.statements}) {
    change.sql.insert(change.sql.end(), more->begin(), more->end());
  }
  change.on_failure = fmt::format(
      "Nothing has changed: {} is still the table that everybody uses, and the trigger is at work. Run the script "
      "again.",
      script.name);

  add_steps(rewrite, PhaseKind::expand, fmt::format("Create the table that takes over from {}", script.name),
            {std::move(create), std::move(watch)});
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Copy the rows of {}", script.name),
            {std::move(rows), std::move(compare)});
  add_steps(rewrite, PhaseKind::switch_, taken, {std::move(change)});
  check_inbound(script.inbound, rewrite);
  rewrite.notes.push_back(fmt::format(
      "The copy needs the space of {} once more, and its WAL. From the trigger on, a row for which {} has no "
      "partition is refused by {} as well.",
      script.name, script.passing_name, script.name));
  rewrite.notes.push_back(fmt::format(
      "From the renames on, nothing that is written reaches {}: the way back needs the rows of {} that came "
      "later.",
      script.old_name, script.name));
  return std::nullopt;
}

}  // namespace pglatch
