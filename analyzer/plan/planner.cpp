#include "analyzer/plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/plan/danger.h"
#include "analyzer/plan/index_part.h"
#include "analyzer/plan/manual_page.h"
#include "analyzer/plan/plan_builder.h"
#include "analyzer/plan/psql_source.h"
#include "analyzer/plan/statement_traits.h"
#include "analyzer/plan/step_check.h"
#include "analyzer/plan/touched.h"
#include "analyzer/plan/transaction_group.h"

namespace pglatch {
namespace {

constexpr std::string_view kCompat = "compat";  // the group of rules about running code
// One of them that is about more: what it takes with it.
constexpr std::string_view kDropCascade = "drop-cascade";

class Planner final : public Visitor, private Reporter {
 public:
  Planner(Catalog& catalog, const PlannerOptions& options)
      : options_(options), checker_(catalog, options.pg_version), builder_(options.pg_version), part_(options.part) {}

  void begin(const Script& script, const ParsedScript& parsed) override {
    builder_.begin_script(script);
    settings_ = options_.settings_of ? &options_.settings_of(*script.file) : nullptr;
    errors_ = parsed.errors;
    commands_ = psql_commands(script, parsed);
    for (const ByteRange command : commands_) {
      if (!is_conditional(script, command)) continue;
      return stop(script, command.start, "psql's conditionals cannot be planned: plan the branch that will run");
    }
    const bool one_transaction = script.mode != ExecutionMode::autocommit && script.mode != ExecutionMode::unknown;
    if (one_transaction && parsed.statements.size() > 1) {
      group_.begin(fmt::format("transaction of {}", script.file->path()));
    }
  }

  void visit(const StatementContext& context) override {
    if (error_) return;
    take_what_comes_before(context.script, context.statement.range.start);
    if (covered_left_ > 0) return take_covered(context);
    if (const auto* control = as<TransactionStmt>(context.statement.node)) return follow(context, *control);
    PlannedItem item = plan_statement(context);
    covered_left_ = conditions_.covers;
    if (covered_left_ > 0) {
      // It is about more than indexes.
      if (part_.leaves_rest()) leave_behind_whole(item);
    } else if (part_.select(context, item)) {
      leave_behind(item);
    }
    if (!item.phases.empty()) builder_.add_conditions(conditions_);
    conditions_ = {};
    if (covered_left_ == 0) return take(std::move(item));
    covering_ = std::move(item);
  }

  void end(const Script& script, const ParsedScript& /*parsed*/) override {
    if (error_) return;
    take_what_comes_before(script, static_cast<std::uint32_t>(script.sql().size()) + 1);
    if (group_.is_open()) group_.commit();
  }

  Result<Plan> finish() && {
    if (error_) return std::move(*error_);
    return std::move(builder_).finish(checker_.has_contested_names());
  }

 private:
  void take(PlannedItem item) { group_.is_open() ? group_.add(std::move(item)) : builder_.append(std::move(item)); }

  // A statement that the rewrite of an earlier one stands for too.
  void take_covered(const StatementContext& context) {
    const std::size_t number = builder_.add_original(context.script, context.statement.range);
    OriginalStatement& original = builder_.original(number);
    describe(context, original);
    const OriginalStatement& first = builder_.original(covering_.statements.front());
    original.disposition = first.disposition;
    original.elsewhere = first.elsewhere;
    if (original.origin.rule.empty()) original.origin.rule = first.origin.rule;
    covering_.statements.push_back(number);
    if (--covered_left_ == 0) take(std::exchange(covering_, {}));
  }

  PlannedItem plan_statement(const StatementContext& context) {
    const std::size_t number = builder_.add_original(context.script, context.statement.range);
    describe(context, builder_.original(number));
    if (!context.effects.refused() || context.session.in_transaction() != InTransaction::yes) {
      return plan_statement(context, number);
    }
    // A refusal that only the transaction is to blame for goes away with it.
    const Effects alone = checker_.effects_alone(context);
    if (alone.refused()) return plan_statement(context, number);
    const StatementContext by_itself{
        context.script, context.sql,        context.statement,  context.catalog,   context.session,   alone,
        context.held,   context.pg_version, context.statements, context.preceding, context.following, context.code,
        context.origin, context.sizes,      context.timeouts,   context.walked,    context.decisions, context.so_far};
    PlannedItem item = plan_statement(by_itself, number);
    item.after_commit = true;
    return item;
  }

  PlannedItem plan_statement(const StatementContext& context, std::size_t number) {
    const Node* node = context.statement.node;
    if (auto why = why_by_hand(context)) {
      return builder_.not_covered(number, {std::move(*why), "Carry it out by hand."}, StepClass::validate, true);
    }
    if (node->type == T_DiscardStmt) return leave_out(number, "it would end what the script holds");
    if (auto setting = setting_of(node)) {
      if (setting->is_timeout) return leave_out(number, "every step sets its own timeouts");
      PlannedItem item = builder_.as_written(number, StepClass::setting);
      // A runner's transaction is none of the plan's.
      if (setting->is_local && !group_.is_open() && context.session.mode() != ExecutionMode::autocommit) {
        setting->is_local = false;
        make_session_setting(item);
      }
      item.setting = std::move(setting);
      return item;
    }
    for (const Recipe* recipe : options_.recipes) {
      // What fails has no safe form, unless it is only CONCURRENTLY that is refused.
      if (context.effects.refused() && !must_be_alone(node)) break;
      if (std::find(recipe->nodes.begin(), recipe->nodes.end(), node->type) == recipe->nodes.end()) continue;
      auto rewrite = recipe->rewrite(context);
      if (!rewrite) continue;
      if (!rewrite->refusal) return take_rewrite(number, context, *recipe, std::move(*rewrite));
      return builder_.not_covered(number, {std::move(rewrite->refusal->reason), std::move(rewrite->refusal->manual)},
                                  class_of_dangerous(context), false);
    }
    if (auto danger = find_danger(context, found_)) {
      return builder_.not_covered(number, std::move(*danger), class_of_dangerous(context), false);
    }
    const StepClass step_class = class_of(context);
    PlannedItem item = builder_.as_written(number, step_class);
    item.may_share = step_class == StepClass::brief;
    item.after_commit = passes_after_commit(found_);
    item.bond = bond_of(node);
    item.only_locks = node->type == T_LockStmt;
    item.tables = locked_tables(context);
    Step& step = item.phases.front().steps.front();
    add_effects(context.effects, context.catalog, step.locks, step.work);
    return item;
  }

  void describe(const StatementContext& context, OriginalStatement& original) {
    add_effects(context.effects, context.catalog, original.locks, original.work);
    original.command = command_name(context.statement.node);
    original.tables = touched_tables(context);
    original.indexes = new_indexes(context);
    find_hazards(context, original);
  }

  void find_hazards(const StatementContext& context, OriginalStatement& original) {
    found_.clear();
    for (const Rule* rule : settings_ == nullptr ? options_.rules : std::span(settings_->rules)) {
      // How a schema is best designed is no danger, and those that look at every statement look at its transaction.
      if (rule->opt_in) continue;
      if (std::find(rule->nodes.begin(), rule->nodes.end(), context.statement.tag()) == rule->nodes.end()) continue;
      const std::size_t first = found_.size();
      rule->check(context, *rule, *this);
      if (rule->group == kCompat && rule->id != kDropCascade) note_for_whoever_deploys(first, original);
    }
    for (const Finding& finding : found_) {
      if (finding.severity == Severity::info) continue;
      original.hazards.push_back({std::string(finding.rule), finding.message});
      if (original.origin.rule.empty()) original.origin.rule = finding.rule;
    }
  }

  // That running code may break is to be known, but no other way of running the statement changes it.
  void note_for_whoever_deploys(std::size_t first, OriginalStatement& original) {
    for (std::size_t i = first; i < found_.size(); ++i) {
      if (found_[i].severity != Severity::warning) continue;
      original.hazards.push_back({std::string(found_[i].rule), found_[i].message, true});
      found_[i].severity = Severity::info;
    }
  }

  void report(Finding finding) override {
    if (finding.holds_at_end) return;  // what comes later may settle it
    const auto chosen = settings_ == nullptr ? std::nullopt : settings_->chosen_severity(finding.rule);
    finding.severity = chosen.value_or(finding.severity);
    found_.push_back(std::move(finding));
  }

  static std::optional<std::string> why_by_hand(const StatementContext& context) {
    if (reads_standard_input(context.statement.node)) return "Its data lines are not part of a plan.";
    if (has_psql_variables(context.script, context.statement.range)) {
      return "It has variables of psql or of a template, whose values the plan does not know.";
    }
    if (is_sent_by_psql(context.script, context.statement.range)) {
      return "It is sent by a command of psql (\\gexec, \\gset …) that does more than send it.";
    }
    return std::nullopt;
  }

  void leave_behind(const PlannedItem& item) {
    builder_.leave_behind(item);
    if (options_.part == PlanPart::indexes) {
      builder_.note("The rest of the migrations is left behind: its plan (--only others) is run before this one.");
    } else {
      builder_.note(
          "Indexes are left out, with what needs them: their plan (--only indexes) is run after this one, and until "
          "then no unique index or key among them keeps duplicates out.");
    }
  }

  void leave_behind_whole(PlannedItem& item) {
    item.phases.clear();
    leave_behind(item);
  }

  PlannedItem leave_out(std::size_t number, std::string_view why) {
    builder_.leave_out(number, why);
    PlannedItem item;
    item.statements = {number};
    return item;
  }

  PlannedItem take_rewrite(std::size_t number, const StatementContext& context, const Recipe& recipe, Rewrite rewrite) {
    OriginalStatement& original = builder_.original(number);
    original.disposition = Disposition::rewritten;
    if (original.origin.rule.empty()) original.origin.rule = recipe.rules.empty() ? recipe.id : recipe.rules.front();
    for (Phase& phase : rewrite.phases) {
      for (Step& step : phase.steps) step.origin = original.origin;
    }
    auto broken = checker_.check(rewrite, context, number);
    if (broken && context.effects.refused()) {
      return builder_.not_covered(number, *find_danger(context, found_), class_of_dangerous(context), false);
    }
    if (broken) error_ = std::move(broken);
    PlannedItem item;
    item.statements = {number};
    item.phases = std::move(rewrite.phases);
    item.partitioned = rewrite.partitioned;
    item.head = rewrite.head;
    item.partition_of = rewrite.partition_of;
    conditions_ = std::move(rewrite);
    return item;
  }

  // What did not parse and what only psql understands, each in its place.
  void take_what_comes_before(const Script& script, std::uint32_t offset) {
    while (true) {
      const std::uint32_t error = errors_.empty() ? offset : errors_.front().range.start;
      const std::uint32_t command = commands_.empty() ? offset : commands_.front().start;
      if (error >= offset && command >= offset) return;
      if (error < command) {
        take_by_hand(script, errors_.front().range,
                     {fmt::format("It does not parse: {}.", errors_.front().message), "Correct the statement."});
        errors_ = errors_.subspan(1);
      } else {
        take_by_hand(script, commands_.front(),
                     {"It is a command of psql, which a plan cannot carry out.",
                      "Carry it out by hand, or write into the migration what it stands for."});
        commands_.erase(commands_.begin());
      }
    }
  }

  void take_by_hand(const Script& script, ByteRange range, Danger danger) {
    const std::size_t number = builder_.add_original(script, range);
    PlannedItem item = builder_.not_covered(number, std::move(danger), StepClass::validate, true);
    if (part_.leaves_rest()) leave_behind_whole(item);
    take(std::move(item));
  }

  void follow(const StatementContext& context, const TransactionStmt& control) {
    const auto where = [&] {
      return fmt::format("transaction that begins at {}:{}", context.script.file->path(),
                         context.script.file->lines().line(context.statement.range.start));
    };
    switch (control.kind) {
      case TRANS_STMT_BEGIN:
      case TRANS_STMT_START:
        return group_.begin(where());
      case TRANS_STMT_COMMIT:
        group_.commit();
        break;
      case TRANS_STMT_ROLLBACK:
        group_.rollback();
        break;
      case TRANS_STMT_SAVEPOINT:
        return group_.savepoint(text(control.savepoint_name));
      case TRANS_STMT_ROLLBACK_TO:
        return group_.rollback_to(text(control.savepoint_name));
      case TRANS_STMT_RELEASE:
        return;
      case TRANS_STMT_PREPARE:
      case TRANS_STMT_COMMIT_PREPARED:
      case TRANS_STMT_ROLLBACK_PREPARED:
        return stop(context.script, context.statement.range.start,
                    "two-phase transactions cannot be planned: take PREPARE TRANSACTION out of the migration");
    }
    if (control.chain) group_.begin(where());
  }

  void stop(const Script& script, std::uint32_t offset, std::string_view why) {
    error_ = Error{fmt::format("{}:{}: {}.", script.file->path(), script.file->lines().line(offset), why)};
  }

  const PlannerOptions& options_;
  StepChecker checker_;
  PlanBuilder builder_;
  IndexPart part_;
  TransactionGroup group_{builder_};
  std::optional<Error> error_;
  Rewrite conditions_;                      // of the statement; its steps are not in here any more
  const RuleSettings* settings_ = nullptr;  // of the script's file; null: none of its own
  std::vector<Finding> found_;
  std::span<const SyntaxError> errors_;  // of the script, those that are still to come
  std::vector<ByteRange> commands_;      // the same for psql's commands
  PlannedItem covering_;                 // stands for statements that are still to come,
  std::size_t covered_left_ = 0;         // so many
};

}  // namespace

Result<Plan> make_plan(Walker& walker, std::span<const Script> scripts, const PlannerOptions& options) {
  Planner planner(walker.catalog(), options);
  walker.walk(scripts, planner);
  return std::move(planner).finish();
}

}  // namespace pglatch
