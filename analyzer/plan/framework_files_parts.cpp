#include "analyzer/plan/framework_files_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/plan/framework_files_settings.h"
#include "analyzer/plan/psql_text.h"

namespace pglatch {
namespace {

// A DO block that fails with the message unless the query gives true.
std::string assertion(std::string_view query, std::string_view message) {
  return fmt::format(
      "DO {}",
      psql::dollar_quote(fmt::format("\nBEGIN\n  IF (\n{}\n) IS NOT TRUE THEN\n    RAISE EXCEPTION USING MESSAGE = "
                                     "{};\n  END IF;\nEND ",
                                     query, quote_literal_sql(message)),
                         "pglatch"));
}

std::string duration(std::int64_t ms) {
  if (ms == 0) return "0";
  return ms % 1'000 == 0 ? fmt::format("'{}s'", ms / 1'000) : fmt::format("'{}ms'", ms);
}

// One session sends the whole file, so that it can be set up for a statement outside of a transaction.
bool keeps_session(const FrameworkForm& form) {
  return form.outside == OutsideOf::session || form.outside == OutsideOf::commits || form.outside == OutsideOf::code;
}

class Converter {
 public:
  Converter(const Plan& plan, const FrameworkForm& form, const std::set<std::string>& accepted)
      : plan_(plan), form_(form), accepted_(accepted) {}

  Result<std::vector<PlannedMigration>> convert() {
    add_assumptions();
    for (const Step* step : plan_.steps()) {
      if (step->step_class == StepClass::setting) {
        for (const std::string& sql : step->sql) settings_.apply(sql);
      } else {
        add(*step);
      }
    }
    if (problems_.empty()) return std::move(migrations_);
    std::string message = fmt::format("the plan cannot be written as migrations of {}:", form_.framework);
    for (const std::string& problem : problems_) message += "\n  " + problem;
    message +=
        "\nWrite it as a script for psql instead (--format sql), run that, and tell the framework that the migration "
        "is "
        "applied";
    return Error{std::move(message)};
  }

 private:
  void add_assumptions() {
    MigrationPiece checks;
    const auto check = [&](const std::string& query, const std::string& message) {
      if (!query.empty()) checks.statements.push_back(assertion(query, message));
    };
    for (const Assumption& each : plan_.assumptions) {
      check(each.check, fmt::format("Not so: {} {}", each.text, each.if_false));
    }
    for (const Preflight& each : plan_.preflight) {
      if (each.blocking) check(each.sql, fmt::format("Not so: {}", each.title));
    }
    if (checks.statements.empty()) return;
    PlannedMigration migration;
    migration.title = "Check what the plan assumes";
    migration.up = std::move(checks);
    migrations_.push_back(std::move(migration));
  }

  void add(const Step& step) {
    if (step.by_hand) return refuse(step, "it is to be done by hand");
    if (step.disposition == Disposition::not_covered && accepted_.count(step.id) == 0) {
      return refuse(step, fmt::format("it is not made safe; if it is to run as it is: --accept {}", step.id));
    }
    if (step.step_class == StepClass::batch) add_ledger();
    PlannedMigration migration;
    migration.origin = step.origin.path;
    migration.title = step.title;
    migration.verify = step.verify.empty() ? step.already_done : step.verify;
    migration.up = up_of(step, migration.remarks);
    set_down(step, migration);
    if (migration.up.outside && form_.outside == OutsideOf::never) {
      return refuse(step, "it cannot run in a transaction, and the framework puts every migration into one");
    }
    if (migration.up.outside && !settings_.empty() && !keeps_session(form_)) {
      return refuse(step,
                    "it has to be alone in its message, and the settings before it (SET) cannot be made for it: set "
                    "them for the role (ALTER ROLE … SET) or name the schema in the statement");
    }
    const bool checked = checks_result(step);
    migrations_.push_back(std::move(migration));
    if (checked) add_check_of(step);
  }

  void refuse(const Step& step, std::string_view why) {
    problems_.push_back(fmt::format("{} ({}): {}.", step.id, step.title, why));
  }

  void add_ledger() {
    if (has_ledger_) return;
    has_ledger_ = true;
    PlannedMigration migration;
    migration.title = "Keep a record of how far rows are changed";
    migration.remarks = {"It stays behind, for the next plan."};
    migration.up.statements = {fmt::format("CREATE TABLE IF NOT EXISTS {} {}", psql::kLedger, psql::kLedgerColumns)};
    migrations_.push_back(std::move(migration));
  }

  // IF NOT EXISTS would take what an interrupted build left for the index. The original may mean it, though: what it
  // finds has to be looked at then.
  [[nodiscard]] bool checks_result(const Step& step) const {
    return step.step_class == StepClass::concurrent && !step.generator && !step.verify.empty() && original_skips(step);
  }

  [[nodiscard]] bool original_skips(const Step& step) const {
    return std::any_of(plan_.statements.begin(), plan_.statements.end(), [&](const OriginalStatement& original) {
      return std::find(original.steps.begin(), original.steps.end(), step.id) != original.steps.end() &&
             find_words(original.sql, {"if", "not", "exists"});
    });
  }

  void add_check_of(const Step& step) {
    PlannedMigration migration;
    migration.origin = step.origin.path;
    migration.title = fmt::format("Check the result of the step before: {}", step.title);
    migration.up.statements = {
        assertion(step.verify, fmt::format("It did not have its effect: {}. {}", step.title, step.on_failure))};
    migrations_.push_back(std::move(migration));
  }

  MigrationPiece up_of(const Step& step, std::vector<std::string>& remarks) {
    switch (step.step_class) {
      case StepClass::check:
        return in_transaction(
            step, {assertion(step.sql.front(), fmt::format("{}: not so. {}", step.title, step.on_failure))});
      case StepClass::concurrent:
        return concurrent(step, remarks);
      case StepClass::batch:
        remarks.emplace_back(
            "Ranges of rows are committed one by one. If it is stopped, run it again: it goes on from where it was.");
        return outside({without_semicolon(psql::batch_block(step, psql::kLedger, step.ledger_key))}, policy_of(step));
      default:
        break;
    }
    if (!step.generator) return in_transaction(step, step.sql);
    const bool commits = form_.outside != OutsideOf::never;
    const std::string block = fmt::format(
        "DO {}",
        psql::dollar_quote(
            fmt::format("\nDECLARE\n  statement text;\nBEGIN\n  FOR statement IN\n{}\n  LOOP\n    PERFORM "
                        "set_config('lock_timeout', '{}ms', true);\n    EXECUTE statement;\n{}  END LOOP;\nEND ",
                        step.sql.front(), policy_of(step).lock_timeout_ms, commits ? "    COMMIT;\n" : ""),
            "pglatch"));
    if (!commits) return in_transaction(step, {block});
    return outside({block}, policy_of(step));
  }

  MigrationPiece concurrent(const Step& step, std::vector<std::string>& remarks) {
    if (step.generator) {
      if (find_words(step.sample, {"drop"})) {
        // There is something to drop only where an attempt was interrupted.
        return in_transaction(
            step,
            {assertion(fmt::format("SELECT NOT EXISTS (\n{}\n)", step.sql.front()),
                       fmt::format("{}: drop each of them with DROP INDEX CONCURRENTLY, outside of a transaction, "
                                   "then migrate again.",
                                   step.title))});
      }
      refuse(step, "its statements are made of what is in the database, and each has to run outside of a transaction");
      return {};
    }
    std::vector<std::string> statements = step.sql;
    const bool skips = original_skips(step);
    for (std::string& sql : statements) {
      const auto words = find_words(sql, {"if", "not", "exists"});
      const bool builds = find_words(sql, {"create", "index"}) || find_words(sql, {"create", "unique", "index"});
      if (words && builds && !skips) sql.erase(words->start, words->size() + 1);
    }
    remarks.emplace_back(
        "It waits for older transactions: a lock_timeout or statement_timeout of the role would end it.");
    for (const Leftover& leftover : step.leftovers) {
      remarks.push_back(fmt::format("After an interruption there can be {}: before the next attempt {}", leftover.what,
                                    psql::terminated(leftover.cleanup)));
    }
    return outside(std::move(statements), policy_of(step));
  }

  void set_down(const Step& step, PlannedMigration& migration) {
    if (step.irreversible) {
      migration.stays = fmt::format("This cannot be taken back: {}", step.title);
      return;
    }
    std::vector<MigrationPiece> pieces;
    if (step.step_class == StepClass::batch) {
      // Or it would count as done when it is applied again.
      pieces.push_back(in_transaction(
          policy_of(StepClass::brief),
          {fmt::format("DELETE FROM {} WHERE step = {}", psql::kLedger, quote_literal_sql(step.ledger_key))}));
    }
    for (const Rollback& rollback : step.rollback) {
      const StepPolicy policy = policy_of(rollback.step_class);
      if (policy.autocommit) {
        pieces.push_back(outside({rollback.sql}, policy));
      } else if (!pieces.empty() && !pieces.back().outside) {
        pieces.back().statements.push_back(rollback.sql);
      } else {
        pieces.push_back(in_transaction(policy, {rollback.sql}));
      }
    }
    const bool leaves = std::any_of(pieces.begin(), pieces.end(), [](const auto& piece) { return piece.outside; });
    const bool one_message = form_.outside == OutsideOf::message;
    const bool is_possible = !leaves || (form_.outside != OutsideOf::never && (!one_message || pieces.size() == 1) &&
                                         (settings_.empty() || keeps_session(form_)));
    if (is_possible) {
      migration.down = std::move(pieces);
      return;
    }
    migration.stays = "The framework cannot take this back. By hand, each for itself:";
    for (const Rollback& rollback : step.rollback) migration.stays += ' ' + psql::terminated(rollback.sql);
  }

  [[nodiscard]] MigrationPiece in_transaction(const Step& step, std::vector<std::string> statements) const {
    return in_transaction(policy_of(step), std::move(statements));
  }

  [[nodiscard]] MigrationPiece in_transaction(const StepPolicy& policy, std::vector<std::string> statements) const {
    MigrationPiece piece;
    settings_.add_local(piece.statements);
    piece.statements.push_back(fmt::format("SET LOCAL lock_timeout = {}", duration(policy.lock_timeout_ms)));
    piece.statements.push_back(fmt::format("SET LOCAL statement_timeout = {}", duration(policy.statement_timeout_ms)));
    for (std::string& statement : statements) piece.statements.push_back(std::move(statement));
    return piece;
  }

  [[nodiscard]] MigrationPiece outside(std::vector<std::string> statements, const StepPolicy& policy) const {
    MigrationPiece piece{true, {}};
    if (!keeps_session(form_)) {
      piece.statements = std::move(statements);
      return piece;
    }
    settings_.add(piece.statements);
    piece.statements.push_back(fmt::format("SET lock_timeout = {}", duration(policy.lock_timeout_ms)));
    piece.statements.push_back(fmt::format("SET statement_timeout = {}", duration(policy.statement_timeout_ms)));
    for (std::string& statement : statements) piece.statements.push_back(std::move(statement));
    piece.statements.emplace_back("RESET lock_timeout");
    piece.statements.emplace_back("RESET statement_timeout");
    settings_.add_reset(piece.statements);
    return piece;
  }

  static std::string without_semicolon(std::string_view statement) { return std::string(trimmed(statement, " \n;")); }

  const Plan& plan_;
  const FrameworkForm& form_;
  const std::set<std::string>& accepted_;
  SessionSettings settings_;
  bool has_ledger_ = false;
  std::vector<PlannedMigration> migrations_;
  std::vector<std::string> problems_;
};

}  // namespace

std::string refusal(std::string_view message) {
  return fmt::format("DO {}", psql::dollar_quote(fmt::format("BEGIN RAISE EXCEPTION USING MESSAGE = {}; END",
                                                             quote_literal_sql(message)),
                                                 "pglatch"));
}

Result<std::vector<PlannedMigration>> migrations_of(const Plan& plan, const FrameworkForm& form,
                                                    const std::set<std::string>& accepted) {
  return Converter(plan, form, accepted).convert();
}

}  // namespace pglatch
