// The part of the runbook before the first step: what to look at, and how much space it takes.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/plan/runbook.h"
#include "analyzer/plan/runbook_text.h"

namespace pglatch::runbook {
namespace {

std::string check_item(const Preflight& check) {
  return fmt::format("\n- [ ] **{}.** Expected: {}.{}\n\n{}", prose(check.title), prose(check.expect),
                     check.blocking ? " The script asks as well, and does not start otherwise." : "",
                     sql_block(check.sql, 2));
}

// Steps that do such work, as ids.
std::vector<std::string> steps_with(const Plan& plan, WorkKind kind) {
  std::vector<std::string> ids;
  for (const Step* step : plan.steps()) {
    const bool brief_rows = kind == WorkKind::row_write && step->step_class == StepClass::brief;
    const bool has =
        std::any_of(step->work.begin(), step->work.end(), [&](const StepWork& work) { return work.kind == kind; });
    if (has && !brief_rows) ids.push_back(step->id);
  }
  return ids;
}

std::string volume(const Plan& plan) {
  struct Volume {
    WorkKind kind;
    std::string_view text;
  };
  constexpr Volume kVolumes[] = {
      {WorkKind::index_build,
       "building indexes. Disk: the size of the index (of one that is built anew, its present size once more), and "
       "about "
       "as much in temporary files while it is sorted. WAL: about the size of the index."},
      {WorkKind::rewrite,
       "writing a table anew. Disk: the table with its indexes once more, until the old files go at the end of the "
       "transaction. WAL: as much."},
      {WorkKind::row_write,
       "writing rows. Disk: a new version of each row that changes, and its index entries; VACUUM makes the old ones "
       "reusable, the files stay as big as they became. WAL: as much, and more after each checkpoint (whole pages)."},
  };
  std::string out;
  for (const Volume& item : kVolumes) {
    const auto ids = steps_with(plan, item.kind);
    if (!ids.empty()) out += fmt::format("- **{}** {}\n", enumerated(ids), item.text);
  }
  if (!out.empty()) {
    out +=
        "- All WAL goes to each standby, and stays on the primary as long as a replication slot or the archive has "
        "not taken it: leave room for all of it there as well.\n";
  }
  auto readers = steps_with(plan, WorkKind::scan);
  for (std::string& id : steps_with(plan, WorkKind::validate_fk)) {
    if (std::find(readers.begin(), readers.end(), id) == readers.end()) readers.push_back(std::move(id));
  }
  if (!readers.empty()) {
    out += fmt::format("- **{}** reading whole tables. No disk space, next to no WAL, but reads from disk.\n",
                       enumerated(readers));
  }
  return out;
}

std::string known_sizes(const Plan& plan) {
  std::string out;
  for (const PlanTable& table : plan.tables) {
    if (!table.size.is_known()) continue;
    out += table_row({code(table.name), prose(to_string(table.size)), code(table.size.source)});
  }
  return out.empty() ? out : "\n" + table_head({"Table", "Size as known", "Says"}) + out;
}

std::string space(const Plan& plan) {
  std::string out = volume(plan);
  out += known_sizes(plan);
  if (out.empty()) return out;
  for (const Preflight& check : plan.preflight) {
    if (check.is_space) out += check_item(check);
  }
  return "\n### Disk space and WAL\n\n" + out;
}

}  // namespace

std::string preparation(const Plan& plan) {
  std::string out;
  for (const Preflight& check : plan.preflight) {
    if (!check.is_space) out += check_item(check);
  }
  const auto steps = plan.steps();
  if (std::any_of(steps.begin(), steps.end(), [](const Step* step) { return step->irreversible; })) {
    out +=
        "\n- [ ] **A backup that can be restored**, and WAL archived up to now: there is a step without a way back.\n";
  }
  if (out.empty()) return out;
  const auto settings = steps_of(plan, StepClass::setting);
  return fmt::format("\n## Before\n\nReads only; run them by `psql -X` as the role that will run the plan{}.\n{}{}",
                     settings.empty() ? "" : fmt::format(", after the SET of {}", enumerated(settings)), out,
                     space(plan));
}

}  // namespace pglatch::runbook
