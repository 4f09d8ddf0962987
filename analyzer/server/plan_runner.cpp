#include "analyzer/server/plan_runner.h"

#include <fmt/format.h>

#include <utility>

#include "analyzer/base/program.h"
#include "analyzer/plan/writers.h"

namespace pglatch {
namespace {

constexpr int kConnectionLost = 2;  // psql's exit status for it

std::string first_error_line(const std::string& text) {
  const std::size_t error = text.find("ERROR:");
  if (error == std::string::npos) return text;
  return text.substr(error, text.find('\n', error) - error);
}

}  // namespace

PlanRunner::PlanRunner(std::string psql, const Plan& plan) : command_{std::move(psql), "--no-psqlrc", "--quiet"} {
  for (const NotRewritten& left : plan.not_rewritten) {
    command_.insert(command_.end(), {"-v", fmt::format("accept_{}=1", left.step)});
  }
  for (const Step* step : plan.steps()) {
    const bool waits = step->by_hand && step->disposition == Disposition::rewritten;
    if (waits) command_.insert(command_.end(), {"-v", fmt::format("accept_{}=1", step->id)});
  }
}

std::optional<PlanFailure> PlanRunner::run(const std::string& conninfo, const Plan& variant) const {
  std::vector<std::string> command = command_;
  command.insert(command.end(), {"--dbname", conninfo});
  const ProgramOutput output = run_program(command, write_plan_sql(variant));
  if (output.status == 0) return std::nullopt;
  return PlanFailure{output.status == kConnectionLost, first_error_line(output.err)};
}

}  // namespace pglatch
