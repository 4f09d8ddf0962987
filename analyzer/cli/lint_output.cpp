#include "analyzer/cli/lint_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "analyzer/base/file.h"
#include "analyzer/cli/environment.h"
#include "analyzer/cli/locks_of.h"
#include "analyzer/cli/plan_input.h"
#include "analyzer/plan/planner.h"
#include "rules/rule_docs.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

// Text for people and CI logs; the others are data, in which nothing may be changed.
bool is_prose(std::string_view format) { return format == "text" || format == "concise"; }

std::string working_directory() {
  std::error_code failed;
  const fs::path path = fs::current_path(failed);
  return failed ? std::string() : path.string();
}

}  // namespace

LintOutput::LintOutput(const Input& input, const LintReport& report, FormatOptions how, Streams& streams)
    : input_(input), report_(report), how_(std::move(how)), streams_(streams) {
  how_.rule_doc = rule_doc;
  const std::string root = checkout_root(working_directory(), process_environment());
  // Started in the root, paths are what they should be already.
  if (!root.empty()) how_.checkout_path = [root](const std::string& path) { return path_in_checkout(path, root); };
}

bool LintOutput::write(const std::vector<FormatTarget>& targets, const AnalysisOptions& options, bool statistics) {
  bool written = true;
  for (const FormatTarget& target : targets) {
    const auto format = std::find_if(lint_formats().begin(), lint_formats().end(),
                                     [&](const LintFormat& candidate) { return candidate.name == target.format; });
    work_out(*format);
    FormatOptions how = how_;
    if (target.file.empty()) {
      how.color = use_color(options, streams_);
      how.statistics = statistics;
      how.width = streams_.width;
      if (how.color && streams_.out_is_terminal) how.link_base = working_directory_uri();
    }
    const std::string text = format->write(report_, how);
    const bool is_written =
        is_prose(format->name) ? write_prose(text, target.file, streams_) : write_output(text, target.file, streams_);
    written = is_written && written;
    if (format->name == "github") written = append_job_summary() && written;
  }
  return written;
}

void LintOutput::work_out(const LintFormat& format) {
  if (format.shows_locks && !locks_) {
    locks_ = locks_of(input_);
    how_.locks = &*locks_;
  }
  const bool for_summary = format.name == "github" && process_environment()("GITHUB_STEP_SUMMARY") != nullptr;
  if ((!format.shows_plan && !for_summary) || planned_) return;
  planned_ = true;
  Walker walker(input_.walk);
  walker.replay(input_.schema, Origin::schema);
  auto plan = make_plan(walker, input_.scripts, planner_options(input_));
  if (plan) {
    plan_ = std::move(*plan);
    how_.plan = &*plan_;
  } else {
    how_.no_plan = plan.error().message;
  }
}

// The file that GitHub names is for all commands of a step: it is added to, never replaced, and not beyond what GitHub
// takes, or it takes nothing.
bool LintOutput::append_job_summary() {
  const char* path = process_environment()("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return true;
  constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 20;
  std::error_code missing;
  const std::uintmax_t there = fs::file_size(path, missing);
  std::string text = write_markdown_summary(report_, how_);
  if (!missing && there + text.size() > kMostBytes) text = write_markdown(report_, how_);
  if (!missing && there + text.size() > kMostBytes) return true;
  std::ofstream out(path, std::ios::app | std::ios::binary);
  out << text << std::flush;
  if (out) return true;
  print_error(streams_, path_error(path, errno));
  return false;
}

}  // namespace pglatch
