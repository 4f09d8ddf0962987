#include "analyzer/server/verify_report.h"

#include <fmt/format.h>

#include <utility>

namespace pglatch {
namespace {

using Form = ReportSection::Form;
using Lines = std::vector<std::string>;

std::string stall_text(const ClientRecord& record) {
  if (record.statements == 0) return "-";
  std::string text = milliseconds_text(record.longest);
  if (record.failures > 0) text += fmt::format(", {} of {} failed", record.failures, record.statements);
  return text;
}

ReportSection comparison(const VerifiedRun& original, const VerifiedRun& plan) {
  ReportSection section{"", Form::table, {"", "Original", "Plan"}, {}};
  const auto add = [&](std::string what, std::string a, std::string b) {
    section.rows.push_back({std::move(what), std::move(a), std::move(b)});
  };
  add("time", milliseconds_text(original.time), milliseconds_text(plan.time));
  for (std::size_t at = 0; at < original.traffic.size() && at < plan.traffic.size(); ++at) {
    const TableTraffic& before = original.traffic[at];
    const TableTraffic& after = plan.traffic[at];
    add("longest read of " + before.table, stall_text(before.reads), stall_text(after.reads));
    add("longest write of " + before.table, stall_text(before.writes), stall_text(after.writes));
  }
  add("slowness of the machine", stall_text(original.machine), stall_text(plan.machine));
  add("locks seen", std::to_string(original.locks.size()), std::to_string(plan.locks.size()));
  add("locks that the model did not say", std::to_string(original.unpredicted()), std::to_string(plan.unpredicted()));
  return section;
}

ReportSection lines(std::string title, const Lines& all) {
  ReportSection section{std::move(title), Form::lines, {}, {}};
  for (const std::string& line : all) section.rows.push_back({line});
  return section;
}

Lines rows_of(const std::vector<FilledTable>& tables) {
  Lines all;
  for (const FilledTable& table : tables) {
    std::string line = fmt::format("{}: {}", table.name, table.rows);
    if (!table.problem.empty()) {
      line += fmt::format(" ({}: {})", table.rows == 0 ? "not filled" : "not all that were asked for", table.problem);
    }
    all.push_back(std::move(line));
  }
  return all;
}

Lines unpredicted_locks(const VerifiedRun& run) {
  Lines all;
  for (const ObservedLock& lock : run.locks) {
    if (!lock.predicted) all.push_back(fmt::format("{} took {} on {}", lock.step, lock.mode, lock.relation));
  }
  return all;
}

ReportSection interruptions(const std::vector<Interruption>& all) {
  ReportSection section{"Interrupted and run again", Form::table, {"Step", "Session ended", ""}, {}};
  for (const Interruption& each : all) {
    section.rows.push_back(
        {each.step, std::string(in_words(each.moment)), each.came_to_pass ? "" : "did not wait there"});
  }
  return section;
}

std::string listed(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : "; ") + value;
  return out.empty() ? "not there" : out;
}

ReportSection differences(std::string title, std::string a, std::string b, const std::vector<SchemaDifference>& all) {
  ReportSection section{std::move(title), Form::records, {"Object", std::move(a), std::move(b)}, {}};
  for (const SchemaDifference& each : all)
    section.rows.push_back({each.object, listed(each.original), listed(each.plan)});
  return section;
}

}  // namespace

std::string milliseconds_text(std::chrono::microseconds time) {
  const double milliseconds = static_cast<double>(time.count()) / 1000;
  constexpr double kPlain = 1000;
  return milliseconds < kPlain ? fmt::format("{:.1f} ms", milliseconds) : fmt::format("{:.0f} ms", milliseconds);
}

std::vector<ReportSection> verification_sections(const Verification& verification) {
  std::vector<ReportSection> all;
  const auto add = [&](ReportSection section) {
    if (!section.rows.empty()) all.push_back(std::move(section));
  };
  add(comparison(verification.original, verification.plan));
  add(lines("Rows", rows_of(verification.tables)));
  add(lines("Notes", verification.notes));
  add(interruptions(verification.interruptions));
  add(lines("Locks of the original that the model did not say", unpredicted_locks(verification.original)));
  add(lines("Locks of the plan that the model did not say", unpredicted_locks(verification.plan)));
  add(differences("Differences of the final schemas", "Original", "Plan", verification.differences));
  add(differences("Differences of what the tables hold", "Original", "Plan", verification.row_differences));
  add(differences("Changed by the second run", "Before", "After", verification.second_changes));
  return all;
}

}  // namespace pglatch
