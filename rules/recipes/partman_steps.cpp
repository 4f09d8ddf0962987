#include "rules/recipes/partman_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_steps.h"

namespace pglatch {
namespace {

constexpr auto kTimes = std::to_array<std::string_view>({"timestamp", "timestamptz", "date"});
constexpr auto kNumbers = std::to_array<std::string_view>({"int2", "int4", "int8", "numeric"});

bool is_one_of(std::string_view name, const auto& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Column* key_column(const ConversionScript& script, const Relation& table) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.name == script.key.columns.front(); });
  return found == table.columns.end() ? nullptr : &*found;
}

// Those that the plan decides.
bool is_decided(std::string_view name) {
  return is_one_of(name, std::to_array<std::string_view>(
                             {"p_parent_table", "p_control", "p_interval", "p_type", "p_start_partition"}));
}

bool is_false(const PartmanArgument* argument) {
  return argument != nullptr && (argument->sql == "false" || argument->sql == "FALSE");
}

}  // namespace

PartmanPart::PartmanPart(const StatementContext& context, const ConversionScript& script, std::string cut)
    : context_(context), script_(script), call_(*script.partman), cut_(std::move(cut)) {
  const Column* column = key_column(script, *context.catalog.find(script.table));
  by_time_ = column != nullptr && is_one_of(column->type.name, kTimes);
}

int PartmanPart::version() const {
  return context_.decisions != nullptr && context_.decisions->parameter(kPartmanParameter) == "4" ? 4 : 5;
}

std::string PartmanPart::key() const { return quote_literal_sql(call_.value_of("p_parent_table")); }

std::string PartmanPart::interval() const {
  const std::string written = call_.value_of("p_interval");
  return version() == 4 ? written : interval_of_5(written);
}

bool PartmanPart::makes_default() const { return !is_false(call_.find("p_default_table")); }

std::string PartmanPart::where() const { return "WHERE parent_table = " + key(); }

std::optional<Refusal> PartmanPart::refuse(const Relation& made) const {
  const std::string& name = script_.name;
  const std::string wanted(context_.decisions == nullptr ? std::string_view()
                                                         : context_.decisions->parameter(kPartmanParameter));
  if (!wanted.empty() && wanted != "4" && wanted != "5") {
    return Refusal{fmt::format("No plan can be written for version {} of pg_partman.", wanted),
                   "Leave --param partman=… out for version 5, or say --param partman=4."};
  }
  for (const PartmanArgument& argument : call_.arguments) {
    const PartmanParameter known = partman_parameter(argument.name);
    if (known == PartmanParameter::unknown || (known == PartmanParameter::only_of_5 && version() == 4)) {
      return Refusal{fmt::format("create_parent() of pg_partman {} has no parameter {}.", version(), argument.name),
                     "Call it as the version does that the server has."};
    }
    if (is_one_of(argument.name, std::to_array<std::string_view>({"p_epoch", "p_time_encoder", "p_time_decoder"})) &&
        argument.value != "none") {
      return Refusal{fmt::format("With {} the bounds of partitions are not what pg_partman counts in: from which on it "
                                 "is to make them cannot be told.",
                                 argument.name),
                     "Convert the table without pg_partman, with partitions of its own, and hand it over afterwards."};
    }
  }
  const std::string type = call_.value_of("p_type");
  if (call_.find("p_type") != nullptr && type != "range" && type != "native") {
    return Refusal{fmt::format("pg_partman is to partition {} by \"{}\", and the table is partitioned by ranges.", name,
                               call_.find("p_type")->sql),
                   "In pg_partman 5 that is p_type := 'range', in 4 'native'."};
  }
  if (call_.value_of("p_control") != script_.key.columns.front() || interval().empty()) {
    return Refusal{fmt::format("What pg_partman is to go by is not the column that {} is partitioned by, or no "
                               "constant.",
                               name),
                   "Write p_control and p_interval as plain literals."};
  }
  const Column* column = key_column(script_, made);
  if (column == nullptr || (!by_time_ && !is_one_of(column->type.name, kNumbers))) {
    return Refusal{fmt::format("pg_partman counts in times or whole numbers, and {} is neither.",
                               quote_identifier_sql(script_.key.columns.front())),
                   "Convert the table without pg_partman."};
  }
  if (version() == 5 && !column->not_null && !is_false(call_.find("p_control_not_null"))) {
    return Refusal{fmt::format("pg_partman 5 refuses {}, which may be NULL.", quote_identifier_sql(column->name)),
                   "Make it NOT NULL before, in a migration of its own."};
  }
  return std::nullopt;
}

void PartmanPart::hand_over(Step& step) const {
  std::string arguments = fmt::format("p_parent_table := {}, p_control := {}, p_interval := {}, p_type := {}", key(),
                                      quote_literal_sql(script_.key.columns.front()), quote_literal_sql(interval()),
                                      version() == 4 ? "'native'" : "'range'");
  for (const PartmanArgument& argument : call_.arguments) {
    if (is_decided(argument.name)) continue;
    if (version() == 5 && partman_parameter(argument.name) == PartmanParameter::only_of_4) continue;
    arguments += fmt::format(", {} := {}", argument.name, argument.sql);
  }
  step.sql.push_back(fmt::format("SELECT {}create_parent({}, p_start_partition := {})", call_.schema, arguments, cut_));
  for (const PartmanConfig& config : script_.partman_config) {
    if (config.settings.empty()) continue;
    step.sql.push_back(fmt::format("UPDATE {} SET {} {}", config.table, fmt::join(config.settings, ", "), where()));
  }
}

// As create_parent() finds the beginning of its first partition: calculate_time_partition_info() and its like for
// numbers. Where it is another, that partition overlaps with the old table's.
std::string PartmanPart::begins_at_cut() const {
  if (!by_time_) return fmt::format("SELECT {}::numeric % {}::bigint = 0", cut_, quote_literal_sql(interval()));
  std::string unit =
      "CASE WHEN i >= '1000 years' THEN 'millennium' WHEN i >= '100 years' THEN 'century'\n"
      "  WHEN i >= '10 years' THEN 'decade' WHEN i >= '1 year' THEN 'year' WHEN i >= '1 month' THEN 'month'\n"
      "  WHEN i >= '1 day' THEN 'day' WHEN i >= '1 minute' THEN 'hour' ELSE 'minute' END";
  if (const PartmanArgument* given = call_.find("p_date_trunc_interval")) {
    unit = fmt::format("coalesce({}, {})", given->sql, unit);
  } else if (interval() == "weekly" || interval() == "quarterly") {
    unit = interval() == "weekly" ? "'week'" : "'quarter'";
  }
  return fmt::format("SELECT date_trunc({}, t) = t FROM (SELECT {}::interval AS i, {}::timestamptz AS t) s", unit,
                     quote_literal_sql(interval_of_5(interval())), cut_);
}

void PartmanPart::add(Rewrite& rewrite) const {
  const std::string other = version() == 5 ? "4, make the plan with --param partman=4" : "5, without --param partman=4";
  rewrite.preflight.push_back(
      {fmt::format("pg_partman is of version {}; for {}", version(), other),
       fmt::format("SELECT coalesce(\n"
                   "  (SELECT extversion FROM pg_extension WHERE extname = 'pg_partman'),\n"
                   "  (SELECT default_version FROM pg_available_extensions WHERE name = 'pg_partman')) LIKE '{}.%'",
                   version()),
       "true", true});
  rewrite.preflight.push_back(
      {fmt::format("pg_partman begins a partition of {} at the cut, {}", quote_literal_sql(interval()), cut_),
       begins_at_cut(), "true", true});
  if (script_.maintained) {
    Step step = brief_step(fmt::format("Let pg_partman make the next partitions of {}", script_.name),
                           fmt::format("SELECT {}run_maintenance({})", call_.schema, key()), {});
    add_steps(rewrite, PhaseKind::switch_, rewrite.phases.back().title, {std::move(step)});
  }
  add_retention(rewrite);
  add_notes(rewrite);
}

void PartmanPart::add_retention(Rewrite& rewrite) const {
  const auto config = std::find_if(script_.partman_config.rbegin(), script_.partman_config.rend(),
                                   [](const PartmanConfig& one) { return !one.retention.empty(); });
  if (config == script_.partman_config.rend()) return;
  const std::string& old = script_.old_name;
  Step wait;
  wait.title = fmt::format("Wait until no row of {} is needed any more", old);
  wait.step_class = StepClass::validate;
  wait.by_hand = true;
  wait.on_failure = fmt::format(
      "pg_partman counts the age of a partition from its lower bound on, and that of {0} is the floor: with a "
      "retention of {1} its next run would take all rows of {0} away, the latest too. That is right once {1} have "
      "passed since the cut, {2}.",
      old, config->retention, cut_);
  Step set = brief_step(fmt::format("Give pg_partman the retention of {}", script_.name),
                        fmt::format("UPDATE {} SET retention = {} {}", config->table, config->retention, where()), {});
  set.on_failure = "Nothing has changed: run the script again, it goes on here.";
  set.rollback = {{StepClass::brief, fmt::format("UPDATE {} SET retention = NULL {}", config->table, where())}};
  add_steps(rewrite, PhaseKind::contract, fmt::format("Let the retention reach {}", old),
            {std::move(wait), std::move(set)});
  rewrite.notes.push_back(
      fmt::format("The retention is set last, when people say so: at once, pg_partman's next run would take {} away "
                  "with all its rows. Until then nothing is dropped.",
                  old));
}

void PartmanPart::add_notes(Rewrite& rewrite) const {
  const std::string& schema = call_.schema;
  if (call_.is_of_4 && version() == 5) {
    std::vector<std::string> gone;
    for (const PartmanArgument& argument : call_.arguments) {
      if (partman_parameter(argument.name) == PartmanParameter::only_of_4) gone.push_back(argument.name);
    }
    rewrite.notes.push_back(fmt::format(
        "The migration calls create_parent() as pg_partman 4 has it; pg_partman 5 refuses that. The plan calls it as 5 "
        "does: p_interval := {}, p_type := 'range'{}. Where the server has 4: --param partman=4.",
        quote_literal_sql(interval()),
        gone.empty() ? std::string() : fmt::format(", without {}, which it does not know", fmt::join(gone, ", "))));
  }
  rewrite.notes.push_back(fmt::format(
      "pg_partman makes the partitions from the cut on, and no others of {0}: its rows stay together. The next ones "
      "come only while CALL {1}run_maintenance_proc() is run regularly, by its background worker or a scheduler. On "
      "the way back, delete the row of {2} in {1}part_config as well.",
      script_.old_name, schema, key()));
}

}  // namespace pglatch
