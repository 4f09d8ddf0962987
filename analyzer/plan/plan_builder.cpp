#include "analyzer/plan/plan_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "analyzer/base/sha256.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/plan/preflight.h"
#include "analyzer/plan/touched.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::string_view kAsWritten = "Statements as they are written";
constexpr std::size_t kTitleBytes = 70;
constexpr std::size_t kHashDigits = 16;

// Steps whose effect must not come twice; a setting, a check and a generator look for themselves.
bool is_remembered(const Step& step) {
  return step.step_class != StepClass::setting && step.step_class != StepClass::check && !step.generator;
}

}  // namespace

std::string shortened(std::string_view sql) {
  std::string line;
  Lexer lexer(sql);
  std::uint32_t end = 0;
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (!line.empty() && token.range.start > end) line += ' ';
    for (const char c : token.of(sql)) line += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
    end = token.range.end;
    if (line.size() > kTitleBytes) return fmt::format("{}…", truncate_utf8(line, kTitleBytes));
  }
  return line;
}

void PlanBuilder::begin_script(const Script& script) {
  add_rest();
  for (const auto& [name, last] : std::exchange(session_settings_, {})) {
    PlannedItem item = as_written(last.statement, StepClass::setting);
    Step& step = item.phases.front().steps.front();
    step.sql = {name.empty() ? "RESET ALL" : fmt::format("RESET {}", quote_identifier_sql(name))};
    step.title = step.sql.front();
    append(std::move(item));
  }
  script_hash_ = sha256_hex(script.sql()).substr(0, kHashDigits);
  all_scripts_ += script_hash_;
  const std::string& path = script.file->path();
  if (std::find(plan_.sources.begin(), plan_.sources.end(), path) == plan_.sources.end()) plan_.sources.push_back(path);
}

std::size_t PlanBuilder::add_original(const Script& script, ByteRange range) {
  OriginalStatement statement;
  statement.origin.path = script.file->path();
  statement.origin.range = range;
  statement.origin.line = script.file->lines().line(range.start);
  statement.sql = std::string(range.of(script.file->text()));
  plan_.statements.push_back(std::move(statement));
  hashes_.push_back(script_hash_);
  return plan_.statements.size() - 1;
}

PlannedItem PlanBuilder::as_written(std::size_t number, StepClass step_class) const {
  const OriginalStatement& statement = plan_.statements[number];
  Step step;
  step.title = shortened(statement.sql);
  step.step_class = step_class;
  step.disposition = Disposition::unchanged;
  step.sql = {statement.sql};
  step.origin = statement.origin;
  step.locks = statement.locks;
  step.work = statement.work;
  if (step_class == StepClass::concurrent) {
    step.on_failure = "Look at what it left behind before you run the script again.";
  } else if (step_class != StepClass::setting) {
    step.on_failure = "Nothing is left behind: run the script again.";
  }
  PlannedItem item;
  item.statements = {number};
  Phase& phase = item.phases.emplace_back();
  phase.kind = PhaseKind::expand;
  phase.title = kAsWritten;
  phase.steps.push_back(std::move(step));
  return item;
}

PlannedItem PlanBuilder::not_covered(std::size_t number, Danger danger, StepClass step_class, bool by_hand) {
  plan_.statements[number].disposition = Disposition::not_covered;
  PlannedItem item = as_written(number, step_class);
  Step& step = item.phases.front().steps.front();
  step.disposition = Disposition::not_covered;
  step.by_hand = by_hand;
  step.on_failure = danger.reason;
  plan_.not_rewritten.push_back(
      {number, step.origin, {}, step.sql.front(), std::move(danger.reason), std::move(danger.manual)});
  return item;
}

void PlanBuilder::append(PlannedItem item) {
  const bool overtakes = rest_ && !item.partition_of.empty() && item.partition_of == rest_->partitioned;
  if (!overtakes) add_rest();
  if (!overtakes && item.head > 0 && item.head < item.phases.size()) {
    const auto behind = item.phases.begin() + static_cast<std::ptrdiff_t>(item.head);
    std::vector<Phase> phases(std::make_move_iterator(behind), std::make_move_iterator(item.phases.end()));
    item.phases.erase(behind, item.phases.end());
    rest_ = item;
    rest_->phases = std::move(phases);
  }
  add(std::move(item));
}

void PlanBuilder::add_rest() {
  if (auto rest = std::exchange(rest_, std::nullopt)) add(std::move(*rest));
}

void PlanBuilder::add(PlannedItem item) {
  if (item.setting && !item.setting->is_local && !item.phases.empty()) {
    session_settings_[item.setting->name] = {item.statements.front(), item.phases.front().steps.front().sql.front()};
  }
  for (Phase& phase : item.phases) {
    const bool goes_on =
        !plan_.phases.empty() && plan_.phases.back().kind == phase.kind && plan_.phases.back().title == phase.title;
    if (!goes_on) {
      Phase& added = plan_.phases.emplace_back();
      added.kind = phase.kind;
      added.title = phase.title;
    }
    for (Step& step : phase.steps) {
      step.id = fmt::format("S{}", keys_.size() + 1);
      std::string sent;
      for (const std::string& sql : step.sql) sent += sql + '\0';
      keys_.push_back(fmt::format("{}:{}:{}", hashes_[item.statements.front()], step.origin.range.start,
                                  sha256_hex(sent).substr(0, kHashDigits / 2)));
      for (const std::size_t number : item.statements) {
        plan_.statements[number].steps.push_back(step.id);
        for (NotRewritten& left : plan_.not_rewritten) {
          if (left.statement == number) left.step = step.id;
        }
      }
      plan_.phases.back().steps.push_back(std::move(step));
    }
  }
}

void PlanBuilder::leave_out(std::size_t number, std::string_view why) {
  OriginalStatement& statement = plan_.statements[number];
  statement.disposition = Disposition::left_out;
  note(fmt::format("{} is left out: {}.", shortened(statement.sql), why));
}

void PlanBuilder::drop(const PlannedItem& item) {
  for (const std::size_t number : item.statements) {
    OriginalStatement& statement = plan_.statements[number];
    statement.disposition = Disposition::left_out;
    note(fmt::format("{} ({}:{}) is rolled back by the migration itself: it is not in the plan.",
                     shortened(statement.sql), statement.origin.path, statement.origin.line));
    forget_refusal(number);
  }
}

void PlanBuilder::leave_behind(const PlannedItem& item) {
  for (const std::size_t number : item.statements) {
    OriginalStatement& statement = plan_.statements[number];
    statement.elsewhere = true;
    if (!item.phases.empty()) continue;
    statement.disposition = Disposition::left_out;
    forget_refusal(number);
  }
}

void PlanBuilder::forget_refusal(std::size_t statement) {
  auto& left = plan_.not_rewritten;
  left.erase(
      std::remove_if(left.begin(), left.end(), [&](const NotRewritten& one) { return one.statement == statement; }),
      left.end());
}

void PlanBuilder::note(std::string text) {
  if (std::find(plan_.notes.begin(), plan_.notes.end(), text) == plan_.notes.end())
    plan_.notes.push_back(std::move(text));
}

void PlanBuilder::add_conditions(Rewrite& rewrite) {
  for (Assumption& assumption : rewrite.assumptions) {
    const bool known = std::any_of(plan_.assumptions.begin(), plan_.assumptions.end(), [&](const Assumption& other) {
      return other.text == assumption.text && other.check == assumption.check;
    });
    if (!known) plan_.assumptions.push_back(std::move(assumption));
  }
  for (Preflight& preflight : rewrite.preflight) {
    const bool known = std::any_of(plan_.preflight.begin(), plan_.preflight.end(),
                                   [&](const Preflight& other) { return other.sql == preflight.sql; });
    if (!known) plan_.preflight.push_back(std::move(preflight));
  }
  for (std::string& text : rewrite.notes) note(std::move(text));
  for (std::string& table : rewrite.reordered) {
    if (std::find(plan_.reordered.begin(), plan_.reordered.end(), table) == plan_.reordered.end())
      plan_.reordered.push_back(std::move(table));
  }
}

std::string PlanBuilder::restore_setting(const std::string& name) const {
  const auto set = session_settings_.find(name);
  return set != session_settings_.end() ? set->second.sql : fmt::format("RESET {}", quote_identifier_sql(name));
}

Plan PlanBuilder::finish(bool contested) && {
  add_rest();
  plan_.fingerprint = sha256_hex(all_scripts_).substr(0, kHashDigits);
  const auto steps = plan_.steps();
  const bool traceless = std::any_of(steps.begin(), steps.end(), [](const Step* step) {
    return step->step_class == StepClass::batch || (is_remembered(*step) && step->already_done.empty());
  });
  if (traceless || contested) keep_ledger();
  watch_for_locks();
  for (const OriginalStatement& statement : plan_.statements) {
    if (statement.disposition != Disposition::left_out) add_tables(statement.tables, plan_.tables);
  }
  std::sort(plan_.tables.begin(), plan_.tables.end(),
            [](const PlanTable& a, const PlanTable& b) { return a.name < b.name; });
  add_preflight(plan_);
  return std::move(plan_);
}

// Whatever else a recipe has to say of a step: others may have to wait behind it.
void PlanBuilder::watch_for_locks() {
  for (Phase& phase : plan_.phases) {
    for (Step& step : phase.steps) {
      const bool sends = !step.by_hand && step.step_class != StepClass::check && step.step_class != StepClass::setting;
      if (sends && step.watch.empty() && !step.locks.empty()) step.watch = lock_waits();
    }
  }
}

// For all steps then: a statement that passes may undo the traces of an earlier one.
void PlanBuilder::keep_ledger() {
  std::size_t number = 0;
  for (Phase& phase : plan_.phases) {
    for (Step& step : phase.steps) {
      std::string& key = keys_[number++];
      if (is_remembered(step)) step.ledger_key = std::move(key);
    }
  }
}

}  // namespace pglatch
