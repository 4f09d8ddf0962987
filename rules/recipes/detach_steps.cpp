#include "rules/recipes/detach_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/partition_steps.h"

namespace pglatch {
namespace {

constexpr int kMaxLevels = 100;  // of partitions of partitions; a longer chain is a mistake in the catalog

std::string list_of(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + quote_literal_sql(name);
  return out;
}

// A query whose rows are statements: run briefly, each tried until it has its lock.
Step generated_step(std::string title, std::string query, std::string sample) {
  Step step;
  step.title = std::move(title);
  step.step_class = StepClass::brief;
  step.generator = true;
  step.sql = {std::move(query)};
  step.sample = std::move(sample);
  step.watch = lock_waits();
  step.on_failure = "Nothing is left behind: run the script again, it goes on here.";
  return step;
}

// The columns in the partition's bound, those of the tables above included; nothing where some are not known.
std::optional<std::set<std::string>> bound_columns(const Detachment& detachment) {
  std::set<std::string> columns;
  const Relation* parent = &detachment.parent;
  for (int level = 0; parent != nullptr && level < kMaxLevels; ++level) {
    if (parent->partition_key.columns.empty()) return std::nullopt;
    for (const std::string& column : parent->partition_key.columns) {
      if (column.empty()) return std::nullopt;
      columns.insert(column);
    }
    parent = parent->partition_of == kNoRelation ? nullptr : detachment.context.catalog.find(parent->partition_of);
  }
  return columns;
}

// The names that PostgreSQL can have given to the CHECK (ChooseConstraintName()): a column counts that is the only
// one, and digits follow where another constraint of the schema has the name.
std::vector<std::string> check_names(const Detachment& detachment) {
  std::vector<std::string> middles;
  if (const auto columns = bound_columns(detachment)) {
    middles.push_back(columns->size() == 1 ? *columns->begin() : std::string());
  } else {
    middles.emplace_back();
    for (const Column& column : detachment.partition.columns) middles.push_back(column.name);
  }
  std::vector<std::string> names;
  for (const std::string& middle : middles) {
    for (const std::string_view label : {"check", "check1", "check2", "check3"}) {
      std::string name = make_object_name(detachment.partition.name, middle, label);
      if (detachment.partition.constraint(name) == nullptr) names.push_back(std::move(name));
    }
  }
  return names;
}

std::string is_pending(const Detachment& detachment) {
  return fmt::format(
      "EXISTS (\n  SELECT FROM pg_inherits h\n  WHERE h.inhrelid = to_regclass({}) AND h.inhparent = to_regclass({}) "
      "AND "
      "h.inhdetachpending)",
      quote_literal_sql(detachment.name), quote_literal_sql(detachment.parent_name));
}

// Only the server knows whether an earlier run was broken off.
Step finish_step(const Detachment& detachment) {
  const std::string finalize =
      fmt::format("ALTER TABLE {} DETACH PARTITION {} FINALIZE", detachment.parent_name, detachment.name);
  return generated_step(fmt::format("Finish the detach of {}, if one was interrupted", detachment.name),
                        fmt::format("SELECT {} WHERE {}", quote_literal_sql(finalize), is_pending(detachment)),
                        finalize);
}

// FOR VALUES as it was, where it is known.
std::vector<Rollback> attach_again(const Detachment& detachment) {
  const std::string bound = bound_sql(*detachment.partition.bound);
  if (bound.empty() || detachment.partition.partition_of == kNoRelation) return {};
  return {{StepClass::brief,
           fmt::format("ALTER TABLE {} ATTACH PARTITION {} {}", detachment.parent_name, detachment.name, bound)}};
}

}  // namespace

bool Detachment::is_concurrent() const {
  return context.pg_version >= kFirstThatDetachesConcurrently &&
         context.catalog.default_partition(parent) == kNoRelation;
}

std::optional<Refusal> Detachment::refusal() const {
  for (const TakenLock& lock : context.effects.locks) {
    if (lock.reason != LockReason::referencing || !blocks_writes(lock.mode) || !context.is_live(lock.relation))
      continue;
    return Refusal{
        fmt::format("{} references {}: rows that refer to the partition are looked for while {} is locked, in "
                    "whatever form it is detached.",
                    context.name(lock.relation), parent_name, context.name(lock.relation)),
        "Drop the foreign key first and add it again afterwards, NOT VALID and then validated; or detach the "
        "partition while nobody needs the tables."};
  }
  return std::nullopt;
}

void Detachment::add_steps_to(Rewrite& rewrite, bool goes) const {
  const std::string done =
      fmt::format("SELECT {}NOT {}",
                  goes ? std::string() : fmt::format("to_regclass({}) IS NOT NULL AND ", quote_literal_sql(name)),
                  is_partition_condition(name, parent_name));
  const std::string detach = fmt::format("ALTER TABLE {} DETACH PARTITION {}", parent_name, name);
  std::vector<Step> steps;
  if (is_concurrent()) {
    steps.push_back(finish_step(*this));
    Step step;
    step.title = fmt::format("Detach {} from {} while reads and writes go on", name, parent_name);
    step.step_class = StepClass::concurrent;
    step.sql = {detach + " CONCURRENTLY"};
    step.already_done = done;
    step.verify = done;
    step.watch = lock_waits();
    step.on_failure = fmt::format(
        "It waits for the transactions that use {0}. Once it has begun, {1} takes no more rows by way of {0}, and an "
        "interruption leaves it so: run the script again, which ends the detach by FINALIZE.",
        parent_name, name);
    step.rollback = attach_again(*this);
    steps.push_back(std::move(step));
    assume_no_default(context, parent, rewrite);
    rewrite.preflight.push_back(
        {"Transactions older than 5 minutes: DETACH CONCURRENTLY waits for those that use the table",
         "SELECT pid, usename, state, now() - xact_start AS age, left(query, 80) AS query\n"
         "FROM pg_stat_activity\n"
         "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()\n"
         "  AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL) AND xact_start < now() - interval '5 min'",
         "no rows", false});
  } else {
    steps.push_back(brief_step(fmt::format("Detach {} from {}", name, parent_name), detach, done));
    steps.back().rollback = attach_again(*this);
    const RelationId other = context.catalog.default_partition(parent);
    rewrite.notes.push_back(
        other != kNoRelation
            ? fmt::format("As long as {} has a default partition, {}, PostgreSQL refuses DETACH … CONCURRENTLY: the "
                          "detach locks {} and is tried until it has the lock.",
                          parent_name, context.name(other), parent_name)
            : fmt::format(
                  "Before PostgreSQL 14 there is no DETACH … CONCURRENTLY: the detach locks {} and is tried until "
                  "it has the lock.",
                  parent_name));
  }
  add_steps(rewrite, PhaseKind::switch_, fmt::format("Take {} out of {}", name, parent_name), std::move(steps));
}

void Detachment::drop_left_check(Rewrite& rewrite) const {
  const std::vector<std::string> names = check_names(*this);
  if (names.empty()) return;
  const std::string drop = fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS ", name);
  Step step = generated_step(
      fmt::format("Drop the CHECK with its bound that the detach left on {}", name),
      fmt::format("SELECT {} || quote_ident(k.conname)\n"
                  "FROM pg_constraint k\n"
                  "WHERE k.conrelid = to_regclass({}) AND k.contype = 'c' AND k.conislocal AND k.coninhcount = 0\n"
                  "  AND k.conname IN ({})\n"
                  "  AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = k.conrelid)",
                  quote_literal_sql(drop), quote_literal_sql(name), list_of(names)),
      drop + quote_identifier_sql(names.front()));
  add_steps(rewrite, PhaseKind::contract, fmt::format("Leave {} as DETACH without CONCURRENTLY would", name),
            {std::move(step)});
  if (partition.columns_known) return;
  // A CHECK that was there before must not go: nothing but its name tells it from the other.
  rewrite.assumptions.push_back(
      {fmt::format(
           "{} has no CHECK of its own named like the one that the detach will leave: the migrations do not show "
           "it.",
           name),
       fmt::format(
           "SELECT NOT EXISTS (\n"
           "  SELECT FROM pg_constraint k JOIN pg_inherits h ON h.inhrelid = k.conrelid AND NOT h.inhdetachpending\n"
           "  WHERE k.conrelid = to_regclass({}) AND k.conislocal AND k.coninhcount = 0 AND k.conname IN ({}))",
           quote_literal_sql(name), list_of(names)),
       "Make the plan again with the schema of the database (--schema)."});
}

}  // namespace pglatch
