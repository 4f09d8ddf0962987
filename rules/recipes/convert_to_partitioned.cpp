// A big table becomes a partitioned one without a copy: the old table, as it is, becomes the partition of all rows
// there are ("floor" to "cut"), and new partitions take those to come. A validated CHECK proves that its rows belong
// there, its keys and indexes are those of the new parent before it is attached, and two renames at once let the parent
// take over.
//
// PostgreSQL documentation, "Table Partitioning", 5.12.2.2; ALTER TABLE, "ATTACH PARTITION".
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/conversion_script.h"
#include "rules/recipes/identity_steps.h"
#include "rules/recipes/partition_side.h"
#include "rules/recipes/partition_steps.h"
#include "rules/recipes/partman_steps.h"
#include "rules/recipes/recipes.h"
#include "rules/recipes/scene.h"
#include "rules/recipes/sub_statement.h"
#include "rules/support/column_list.h"

namespace pglatch {
namespace {

constexpr std::string_view kFloor = "floor";
constexpr std::string_view kCut = "cut";
constexpr std::string_view kSplit = "split";
constexpr std::string_view kCopy = "copy";

// What neither form can do.
std::optional<Refusal> refuse_table(const StatementContext& context, const ConversionScript& script) {
  if (script.refusal) return script.refusal;
  const Relation& table = *context.catalog.find(script.table);
  const std::string& name = script.name;
  const std::string key = script.key.columns.empty() ? std::string() : script.key.columns.front();
  const std::string quoted = quote_identifier_sql(key);
  if (!table.columns_known) {
    return Refusal{fmt::format("What {} has is not known here: its columns, constraints and indexes.", name),
                   "Make the plan again with the schema of the database (--schema)."};
  }
  if (table.partition_of != kNoRelation || !table.inherits.empty() || !table.inherited_by.empty()) {
    return Refusal{fmt::format("{} is a part of another table, or others are of it.", name),
                   "Take it out of there first."};
  }
  if (script.stays_referenced) {
    return Refusal{fmt::format("Foreign keys reference {}: they would hold on to the old table, and a key of the new "
                               "one has to contain {}.",
                               name, quoted),
                   "Drop each of them in this migration, after the rename, and add it again after the new table's key, "
                   "with that column: ALTER TABLE … DROP CONSTRAINT …; ALTER TABLE … ADD CONSTRAINT …."};
  }
  if (!table.used_by.empty()) {
    return Refusal{fmt::format("The view {} reads {}: it would stay with the old table, and miss all new rows.",
                               context.name(table.used_by.front()), name),
                   "Drop the views before and create them after the conversion, in this migration."};
  }
  for (const Column& column : table.columns) {
    const bool kept = std::any_of(script.identity.begin(), script.identity.end(),
                                  [&](const IdentityColumn& one) { return one.name == column.name; });
    if (column.identity == 0 || kept) continue;
    return Refusal{fmt::format("{}.{} is an identity column, and in the new table it is none: new rows would get no "
                               "number.",
                               name, quote_identifier_sql(column.name)),
                   "Make the new table LIKE the old one INCLUDING IDENTITY."};
  }
  return std::nullopt;
}

class Conversion {
 public:
  Conversion(const StatementContext& context, const ConversionScript& script)
      : context_(context), script_(script), done_(is_partition_condition(script.old_name, script.name)) {
    if (script.key.columns.size() == 1) column_ = quote_identifier_sql(script.key.columns.front());
    if (context.decisions != nullptr) {
      floor_ = quote_literal_sql(context.decisions->parameter(kFloor));
      cut_ = quote_literal_sql(context.decisions->parameter(kCut));
    }
    if (script.partman) partman_.emplace(context, script, cut_);
  }

  std::optional<Refusal> plan(Rewrite& rewrite) {
    if (auto refusal = refuse()) return refusal;
    for (auto take : {&Conversion::change_key, &Conversion::create_parent, &Conversion::attach}) {
      if (auto refusal = (this->*take)(rewrite)) return refusal;
    }
    // None of what comes before the renames can be asked of the tables by their names any more once these are done.
    for (Phase& phase : rewrite.phases) {
      for (Step& step : phase.steps) {
        if (!step.already_done.empty()) step.already_done = or_done(step.already_done);
        if (step.step_class == StepClass::check) step.sql.front() = or_done(step.sql.front());
      }
    }
    for (Assumption& assumption : rewrite.assumptions) {
      if (!assumption.check.empty()) assumption.check = or_done(assumption.check);
    }
    swap(rewrite);
    add_notes(rewrite);
    check_inbound(script_.inbound, rewrite);
    if (partman_) partman_->add(rewrite);
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::string or_done(const std::string& query) const {
    return fmt::format("SELECT {} OR (\n{})", done_, query);
  }

  [[nodiscard]] std::string bound() const { return fmt::format("FOR VALUES FROM ({}) TO ({})", floor_, cut_); }

  [[nodiscard]] const Relation& table() const { return *context_.catalog.find(script_.table); }

  [[nodiscard]] std::optional<Refusal> refuse() const {
    const std::string& name = script_.name;
    const auto instead = [](std::string what) {
      return fmt::format("{} Or let the rows be copied, while a trigger keeps the new table up to date: --param {}={}.",
                         what, kSplit, kCopy);
    };
    if (auto refusal = refuse_table(context_, script_)) return refusal;
    if (context_.pg_version < kFirstThatAttachesOnline) {
      return Refusal{fmt::format("PostgreSQL {} attaches no partition while others work.", context_.pg_version),
                     "Convert the table once the server is PostgreSQL 12 or newer."};
    }
    if (script_.key.strategy != PartitionStrategy::range || column_.empty() || script_.key.columns.front().empty()) {
      return Refusal{fmt::format("The rows of {} fit one partition only where it is partitioned by the range of one "
                                 "column.",
                                 name),
                     instead("Partition it so.")};
    }
    if (floor_.size() > 2 && cut_.size() > 2) return std::nullopt;
    return Refusal{
        fmt::format("The rows are not copied: {} becomes the partition of those there are. From which value of {} on, "
                    "and up to which, no SQL tells.",
                    name, column_),
        fmt::format(
            "Look with SELECT min({0}), max({0}), count(*) FILTER (WHERE {0} IS NULL) FROM {1}. The floor is at or "
            "below "
            "the first (and finite). The cut is where a partition begins that the migration makes, above the last, and "
            "so late that the plan is done by then: from its first steps on, rows at or above the cut are refused "
            "until "
            "the end. Then make the plan with --param floor=… --param cut=…",
            column_, name)};
  }

  // The key of the new table, on the old one.
  std::optional<Refusal> change_key(Rewrite& rewrite) {
    const TableConstraint* old = table().primary_key();
    if (old == nullptr || script_.primary_key.empty() || old->columns == script_.primary_key) return std::nullopt;
    const std::string key = quote_identifier_sql(old->name);
    const std::string sql = fmt::format("ALTER TABLE {} DROP CONSTRAINT {}, ADD CONSTRAINT {} PRIMARY KEY ({})",
                                        script_.name, key, key, column_list(script_.primary_key));
    constexpr const Recipe* kKey[] = {&kAddKeyRecipe};
    auto made = rewrite_of(context_, sql, kKey);
    if (!made) return Refusal{fmt::format("No recipe makes the key of the new table: {}.", sql), "Make it before."};
    if (made->refusal) return made->refusal;
    append_rewrite(rewrite, std::move(*made));
    scene_.run(sql);
    return std::nullopt;
  }

  std::optional<Refusal> create_parent(Rewrite& rewrite) {
    Step step =
        brief_step(fmt::format("Create the partitioned table, as {} for now", script_.passing_name), script_.create,
                   fmt::format("SELECT to_regclass({}) IS NOT NULL", quote_literal_sql(script_.passing_name)));
    for (std::string& name : name_sequences(table(), script_)) step.sql.push_back(std::move(name));
    for (const std::string& addition : script_.additions) step.sql.push_back(addition);
    for (const std::string& sql : step.sql) scene_.run(sql);
    if (partman_) {
      if (auto refusal = partman_->refuse(*new_parent(context_, script_))) return refusal;
      makes_default_ = partman_->makes_default();
    }
    bool takes_new_rows = partman_.has_value();
    for (const ConversionPartition& partition : script_.partitions) {
      const PartitionSide side = side_of(context_, script_, partition, cut_);
      if (side == PartitionSide::across) {
        return Refusal{fmt::format("The partition {} is to take rows from below the cut and from above it, or that "
                                   "cannot be told.",
                                   partition.name),
                       "Choose the cut where a partition begins, and write bounds as plain literals."};
      }
      if (side == PartitionSide::below) {
        rewrite.notes.push_back(
            fmt::format("The partition {} is not made: its rows stay in {}.", partition.name, script_.old_name));
        continue;
      }
      if (partman_ && (side != PartitionSide::rest || makes_default_)) {
        return Refusal{fmt::format("{} takes rows for which pg_partman is to make partitions as well.", partition.name),
                       "Leave the partitions from the cut on to pg_partman, or pg_partman out of this migration."};
      }
      makes_default_ = makes_default_ || side == PartitionSide::rest;
      takes_new_rows = true;
      scene_.run(partition.sql);
      step.sql.push_back(partition.sql);
    }
    if (!takes_new_rows) {
      return Refusal{fmt::format("The migration makes no partition for rows at or above the cut ({}): they would be "
                                 "refused.",
                                 cut_),
                     "Let it make the partitions that come next, before the copy."};
    }
    step.rollback = {{StepClass::brief, fmt::format("DROP TABLE IF EXISTS {}", script_.passing_name)}};
    add_steps(rewrite, PhaseKind::expand, fmt::format("Create the table that takes over from {}", script_.name),
              {std::move(step)});
    return std::nullopt;
  }

  std::optional<Refusal> attach(Rewrite& rewrite) {
    const std::string sql =
        fmt::format("ALTER TABLE {} ATTACH PARTITION {} {}", script_.passing_name, script_.name, bound());
    constexpr const Recipe* kAttach[] = {&kAttachPartitionRecipe};
    // With which the old one's sequence goes.
    for (const IdentityColumn& identity : script_.identity) scene_.run(drop_identity(script_, identity));
    auto made = rewrite_of(context_, sql, kAttach);
    if (!made) {
      return Refusal{fmt::format("{} cannot be attached as it is: {}.", script_.name, sql),
                     "Look at the bounds (--param floor, cut) and at the columns of both tables."};
    }
    if (made->refusal) return made->refusal;
    append_rewrite(rewrite, std::move(*made));
    return std::nullopt;
  }

  [[nodiscard]] Step& attach_in(Rewrite& rewrite) const {
    const std::string begin = fmt::format("ALTER TABLE {} ATTACH PARTITION {} ", script_.passing_name, script_.name);
    Step* found = nullptr;
    for (Phase& phase : rewrite.phases) {
      for (Step& step : phase.steps) {
        if (!step.sql.empty() && step.sql.front().rfind(begin, 0) == 0) found = &step;
      }
    }
    assert(found != nullptr);
    return *found;
  }

  void swap(Rewrite& rewrite) const {
    const Relation& table = this->table();
    Step step =
        brief_step(fmt::format("Let the partitioned table take over from {}{}", script_.name,
                               partman_ ? ", and give it to pg_partman" : ""),
                   fmt::format("ALTER TABLE {} RENAME TO {}", script_.name, script_.old_identifier), "SELECT " + done_);
    step.sql.push_back(
        fmt::format("ALTER TABLE {} RENAME TO {}", script_.passing_name, quote_identifier_sql(table.name)));
    for (const RelationId id : table.owned_sequences) {
      const Relation* sequence = context_.catalog.find(id);
      if (sequence == nullptr || !script_.with_defaults) continue;
      step.sql.push_back(fmt::format("ALTER SEQUENCE {} OWNED BY {}.{}", display_name(*sequence), script_.name,
                                     quote_identifier_sql(sequence->owned_by_column)));
    }
    for (const auto* more : {&script_.last, &script_.inbound.statements}) {
      step.sql.insert(step.sql.end(), more->begin(), more->end());
    }
    if (partman_) partman_->hand_over(step);
    if (!script_.identity.empty()) give_identity_up(script_, context_.pg_version, attach_in(rewrite), step);
    step.on_failure = fmt::format(
        "Nothing has changed: {} is still the table that everybody uses, and a partition of {}. Run the script again.",
        script_.name, script_.passing_name);
    step.irreversible = false;
    Step analyze;
    analyze.title = fmt::format("Gather statistics of {} as a whole, which autovacuum never does", script_.name);
    analyze.step_class = StepClass::validate;
    analyze.sql = {fmt::format("ANALYZE {}", script_.name)};
    analyze.already_done =
        fmt::format("SELECT EXISTS (SELECT FROM pg_statistic s WHERE s.starelid = to_regclass({}) AND s.stainherit)",
                    quote_literal_sql(script_.name));
    analyze.watch =
        "SELECT pid, relid::regclass, phase, sample_blks_scanned, sample_blks_total FROM "
        "pg_stat_progress_analyze";
    analyze.on_failure = "Nothing is left behind: run the script again, it goes on here.";
    add_steps(rewrite, PhaseKind::switch_, fmt::format("Let the partitioned table take over from {}", script_.name),
              {std::move(step), std::move(analyze)});
  }

  void add_notes(Rewrite& rewrite) const {
    rewrite.preflight.insert(
        rewrite.preflight.begin(),
        {fmt::format("The rows of {} lie between floor and cut (reads the whole table where {} has no index)",
                     script_.name, column_),
         or_done(fmt::format("SELECT coalesce(min({0}) >= {1} AND max({0}) < {2}, true) FROM {3}", column_, floor_,
                             cut_, script_.name)),
         "true", true});
    rewrite.notes.push_back(
        fmt::format("The rows of {0} are not copied: the old table becomes the partition {1} of the new one, for {2} "
                    "from {3} to {4}. To let it go: ALTER TABLE {0} DETACH PARTITION {1}{5}, then DROP TABLE.",
                    script_.name, script_.old_name, column_, floor_, cut_,
                    makes_default_ ? " (not CONCURRENTLY, since there is a default partition)" : " CONCURRENTLY"));
    rewrite.notes.push_back(fmt::format(
        "The cut is a deadline: until {} has taken over, the old table refuses rows with {} at or above {}.",
        script_.passing_name, column_, cut_));
    if (script_.drops_old) {
      rewrite.notes.push_back(fmt::format("DROP TABLE {} is left out: the rows are in it.", script_.old_name));
    }
    for (const IdentityColumn& identity : script_.identity) {
      rewrite.notes.push_back(fmt::format(
          "The sequence of {}.{} goes, and {} goes on in its place: see that nothing asks for the old one by "
          "its name.",
          script_.name, quote_identifier_sql(identity.name), quote_identifier_sql(identity.sequence)));
    }
    rewrite.notes.push_back(
        fmt::format("As in the migration itself, the new table has no privileges, owner, triggers, policies and "
                    "publications but those that a statement gives it: compare with \\d+ and \\dp of {}.",
                    script_.name));
    rewrite.notes.push_back(fmt::format(
        "The way back, without loss, in one transaction: LOCK TABLE {0}; ALTER TABLE {0} DETACH PARTITION "
        "{1}; INSERT INTO {1} SELECT * FROM {0}; then both renames the other way round.{2}",
        script_.name, script_.old_name,
        script_.identity.empty() ? "" : " Its identity columns need ADD GENERATED … AS IDENTITY and a setval()."));
  }

  const StatementContext& context_;
  const ConversionScript& script_;
  Scene scene_{context_};
  std::string done_;  // SQL condition
  std::string column_;
  std::string floor_;  // SQL literals; '' where the user gave none
  std::string cut_;
  std::optional<PartmanPart> partman_;
  bool makes_default_ = false;  // there is a default partition in the end
};

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto script = conversion_script(context);
  if (!script) return std::nullopt;
  Rewrite rewrite;
  rewrite.covers = script->covers;
  const std::string_view split =
      context.decisions == nullptr ? std::string_view() : context.decisions->parameter(kSplit);
  if (split != kCopy) {
    rewrite.ends_otherwise = true;  // the old table is a partition in the end
    rewrite.refusal = Conversion(context, *script).plan(rewrite);
  } else if (!(rewrite.refusal = refuse_table(context, *script))) {
    rewrite.refusal = convert_by_copy(context, *script, rewrite);
    // The old table is left as the migration leaves it: dropping it is a statement of its own.
    if (script->drops_old) --rewrite.covers;
  }
  return rewrite;
}

constexpr NodeTag kNodes[] = {T_RenameStmt};
constexpr std::string_view kRules[] = {"rename-table"};
constexpr std::string_view kParameters[] = {kFloor, kCut, kSplit, kPartmanParameter};

}  // namespace

const Recipe kConvertToPartitionedRecipe{"convert-to-partitioned",
                                         "A table becomes a partitioned one: it is attached instead of copied",
                                         kNodes,
                                         kRules,
                                         rewrite,
                                         {},
                                         kParameters};

}  // namespace pglatch
