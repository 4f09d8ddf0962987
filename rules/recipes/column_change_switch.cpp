#include "rules/recipes/column_change_switch.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/column_change_tree.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/not_null_name.h"

namespace pglatch {
namespace {

class Switch {
 public:
  Switch(const ColumnChange& change, const StandIns& all) : change_(change), all_(all) {}

  std::vector<std::string> statements() && {
    lock();
    if (change_.is_partitioned()) say("{}", insist_on_partitions(change_));
    take_off();
    if (change_.is_identity()) move_identity();
    loosen_old_column();
    swap_names();
    if (change_.is_serial()) move_sequence();
    put_on();
    return std::move(sql_);
  }

 private:
  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) {
    sql_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  // All at once, so that a time-out comes before anything is done.
  void lock() {
    std::set<std::string> names = {change_.name};
    for (const ForeignKeyStandIn& one : all_.foreign_keys) {
      names.insert(display_name(*one.table));
      names.insert(display_name(*change_.context.catalog.find(one.key->referenced)));
    }
    say("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", fmt::join(names, ", "));
  }

  void take_off() {
    say("DROP TRIGGER {} ON {}", quote_identifier_sql(change_.trigger), change_.name);
    for (const ForeignKeyStandIn& one : all_.foreign_keys) {
      say("ALTER TABLE {} DROP CONSTRAINT {}", display_name(*one.table), quote_identifier_sql(one.key->name));
    }
    for (const CheckStandIn& one : all_.checks) {
      say("{} DROP CONSTRAINT {}", change_.alter(), quote_identifier_sql(one.check->name));
    }
    for (const IndexStandIn& one : all_.indexes) {
      if (one.key != nullptr) {
        say("{} DROP CONSTRAINT {}", change_.alter(), quote_identifier_sql(one.key->name));
      } else if (change_.is_partitioned()) {
        say("DROP INDEX {}", display_name(*one.index));
      }
    }
  }

  // A sequence of an identity belongs to its column for good: the new one goes on where the old one stands.
  void move_identity() {
    const std::string old = quote_identifier_sql(change_.column.name);
    const std::string made = make_object_name(change_.table.name, change_.successor, "seq");
    const std::string sequence = quote_qualified(change_.table.schema, made);
    say("{} ALTER COLUMN {} ADD GENERATED {} AS IDENTITY", change_.alter(), quote_identifier_sql(change_.successor),
        change_.column.identity == 'a' ? "ALWAYS" : "BY DEFAULT");
    say("SELECT setval({}, last_value, is_called) FROM {}", quote_literal_sql(sequence),
        display_name(*change_.sequence));
    say("{} ALTER COLUMN {} DROP IDENTITY", change_.alter(), old);
    say("ALTER SEQUENCE {} RENAME TO {}", sequence, quote_identifier_sql(change_.sequence->name));
  }

  void loosen_old_column() {
    const std::string old = quote_identifier_sql(change_.column.name);
    if (change_.column.not_null) {
      say("{} ALTER COLUMN {} DROP NOT NULL", change_.alter(), old);
      // Since 18 a partition's own does not go with its parent's.
      for (const Relation* partition : change_.partitions()) {
        say("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL", display_name(*partition), old);
      }
    }
    if (change_.column.has_default && !change_.is_identity())
      say("{} ALTER COLUMN {} DROP DEFAULT", change_.alter(), old);
  }

  void swap_names() {
    const std::string old = quote_identifier_sql(change_.column.name);
    say("{} RENAME COLUMN {} TO {}", change_.alter(), old, quote_identifier_sql(change_.predecessor));
    say("{} RENAME COLUMN {} TO {}", change_.alter(), quote_identifier_sql(change_.successor), old);
    if (change_.column.not_null) {
      for (std::string& sql : rename_not_null(change_)) sql_.push_back(std::move(sql));
    }
  }

  void move_sequence() {
    const std::string old = quote_identifier_sql(change_.column.name);
    const std::string sequence = display_name(*change_.sequence);
    say("ALTER SEQUENCE {} OWNED BY {}.{}", sequence, change_.name, old);
    say("{} ALTER COLUMN {} SET DEFAULT nextval({}::regclass)", change_.alter(), old, quote_literal_sql(sequence));
  }

  void put_on() {
    for (const IndexStandIn& one : all_.indexes) {
      if (change_.is_partitioned()) {
        for (std::string& sql : put_on_tree(change_, one)) sql_.push_back(std::move(sql));
        continue;
      }
      const std::string name = quote_identifier_sql(one.index->name);
      if (one.key == nullptr) {
        say("ALTER INDEX {} RENAME TO {}", display_name(*one.index),
            quote_identifier_sql(replaced_name(one.index->name)));
        say("ALTER INDEX {} RENAME TO {}", quote_qualified(change_.table.schema, one.name), name);
        continue;
      }
      say("{} ADD CONSTRAINT {} {} USING INDEX {}{}", change_.alter(), quote_identifier_sql(one.key->name),
          kind_of_key(*one.key), quote_identifier_sql(one.name), deferrability(*one.key));
    }
    for (const CheckStandIn& one : all_.checks) {
      say("{} RENAME CONSTRAINT {} TO {}", change_.alter(), quote_identifier_sql(one.name),
          quote_identifier_sql(one.check->name));
    }
    for (const ForeignKeyStandIn& one : all_.foreign_keys) {
      say("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", display_name(*one.table), quote_identifier_sql(one.name),
          quote_identifier_sql(one.key->name));
    }
  }

  const ColumnChange& change_;
  const StandIns& all_;
  std::vector<std::string> sql_;
};

}  // namespace

Step switch_columns(const ColumnChange& change, const StandIns& all) {
  Step step = brief_step(
      fmt::format("Put the new column in the place of {}.{}", change.name, quote_identifier_sql(change.column.name)),
      {}, "SELECT " + change.is_switched());
  step.sql = Switch(change, all).statements();
  if (change.is_partitioned()) {
    step.on_failure = fmt::format(
        "Nothing has changed: run the script again. Where {} has other partitions by now, make the plan again with the "
        "schema as it is (--schema); what is done is recognised.",
        change.name);
  }
  // The parts have the parent's very definition: by that PostgreSQL takes them over.
  step.guarded =
      change.is_partitioned() && std::any_of(all.indexes.begin(), all.indexes.end(),
                                             [](const IndexStandIn& one) { return one.index->index->partial; });
  // What is written from here on, the old column does not have.
  step.irreversible = true;
  return step;
}

std::vector<Step> remove_predecessor(const ColumnChange& change, const StandIns& all) {
  std::vector<Step> steps;
  for (const IndexStandIn& one : all.indexes) {
    if (one.key != nullptr || change.is_partitioned()) continue;
    const std::string name = quote_qualified(change.table.schema, replaced_name(one.index->name));
    Step drop;
    drop.title = fmt::format("Drop {} without blocking its table", name);
    drop.step_class = StepClass::concurrent;
    drop.sql = {fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", name)};
    drop.already_done = fmt::format("SELECT to_regclass({}) IS NULL", quote_literal_sql(name));
    drop.verify = drop.already_done;
    drop.watch = lock_waits();
    drop.on_failure = fmt::format("{} may be left INVALID: run the script again, it drops the rest.", name);
    steps.push_back(std::move(drop));
  }
  const std::string old = quote_identifier_sql(change.predecessor);
  Step drop = brief_step(fmt::format("Drop the old column {} of {}", old, change.name),
                         fmt::format("{} DROP COLUMN IF EXISTS {}", change.alter(), old),
                         "SELECT NOT " + change.has_column(change.predecessor));
  drop.irreversible = true;
  steps.push_back(std::move(drop));
  const std::string function = change.function_name();
  steps.push_back(brief_step(fmt::format("Drop the function {}()", function),
                             fmt::format("DROP FUNCTION IF EXISTS {}()", function),
                             fmt::format("SELECT to_regproc({}) IS NULL", quote_literal_sql(function))));
  return steps;
}

}  // namespace pglatch
