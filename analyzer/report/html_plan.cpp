#include <fmt/format.h>

#include <algorithm>

#include "analyzer/base/duration.h"
#include "analyzer/report/html_parts.h"
#include "analyzer/report/html_text.h"
#include "analyzer/report/markdown_text.h"

namespace pglatch {
namespace {

constexpr std::size_t kMaxLocks = 3;

std::string_view meaning_of(StepClass step_class) {
  switch (step_class) {
    case StepClass::brief:
      return "changes the catalog alone, in a transaction of its own, and gives up rather than waits for its lock";
    case StepClass::concurrent:
      return "outside of a transaction: takes its time, others go on";
    case StepClass::validate:
      return "reads all rows under a lock that lets reads and writes go on";
    case StepClass::batch:
      return "rows in ranges of a key, committed one by one, resumable";
    case StepClass::check:
      return "only looks; the plan stops where the answer is no";
    case StepClass::setting:
      return "sets something for the session";
  }
  return {};
}

std::string how_it_runs(const Step& step) {
  const StepPolicy policy = policy_of(step);
  std::string out;
  const auto add = [&](const std::string& text) { out += fmt::format("<li>{}</li>", html_text(text)); };
  if (policy.lock_timeout_ms > 0) add("lock_timeout " + duration_text(policy.lock_timeout_ms));
  if (policy.statement_timeout_ms > 0) add("statement_timeout " + duration_text(policy.statement_timeout_ms));
  if (policy.attempts > 1) add(fmt::format("up to {} attempts", policy.attempts));
  std::vector<StepLock> locks = step.locks;
  std::stable_sort(locks.begin(), locks.end(), [](const StepLock& a, const StepLock& b) { return a.mode > b.mode; });
  for (std::size_t i = 0; i < std::min(locks.size(), kMaxLocks); ++i) {
    add(fmt::format("{} on {}", sql_name(locks[i].mode), locks[i].relation));
  }
  if (locks.size() > kMaxLocks) add(fmt::format("and {} more locks", locks.size() - kMaxLocks));
  if (step.generator) add("the rows of the query are the statements to run");
  return out.empty() ? out : "<ul class=\"facts\">" + out + "</ul>\n";
}

std::string sql_block(const std::vector<std::string>& statements) {
  return fmt::format("<pre class=\"sql\">{}</pre>\n", html_sql(with_semicolons(statements)));
}

std::string folded(std::string_view summary, const std::vector<std::string>& statements) {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", summary, sql_block(statements));
}

std::string step_of(const Step& step) {
  const bool is_safe = step.disposition != Disposition::not_covered;
  std::string out = fmt::format(
      "<li class=\"step {0}{1}\" id=\"{2}\">\n<h4><span class=\"id\">{2}</span> {3} "
      "<span class=\"class\"{4}>{0}</span></h4>\n",
      to_string(step.step_class), is_safe ? "" : " unsafe", html_text(step.id), html_text(step.title),
      html_attribute("title", meaning_of(step.step_class)));
  if (!is_safe) out += fmt::format("<p class=\"alert\">Not made safe: {}</p>\n", html_prose(step.on_failure));
  if (step.irreversible) out += "<p class=\"alert\">There is no way back from here.</p>\n";
  out += how_it_runs(step);
  if (step.sql.empty()) {
    out += fmt::format("<p>By hand: {}</p>\n", html_prose(step.on_failure));
  } else {
    out += sql_block(step.sql);
  }
  if (!step.verify.empty()) out += folded("must be true afterwards", {step.verify});
  if (!step.already_done.empty()) out += folded("is passed over where this is true already", {step.already_done});
  std::vector<std::string> back;
  for (const Rollback& each : step.rollback) back.push_back(each.sql);
  if (!back.empty()) out += folded("the way back", back);
  if (is_safe && !step.sql.empty() && !step.on_failure.empty()) {
    out += fmt::format("<details><summary>if it fails</summary><p>{}</p></details>\n", html_prose(step.on_failure));
  }
  return out + "</li>\n";
}

std::string not_safe(const Plan& plan) {
  std::string out;
  for (const NotRewritten& each : plan.not_rewritten) {
    out += fmt::format("<li><code>{}:{}</code>: {} {}</li>\n", html_text(each.origin.path), each.origin.line,
                       html_prose(each.reason), html_prose(each.manual));
  }
  if (out.empty()) return out;
  return "<div class=\"alert\">\n<h3>What the plan does not make safe</h3>\n<ul>\n" + out + "</ul>\n</div>\n";
}

std::string before_it_starts(const Plan& plan) {
  std::string out;
  for (const Preflight& each : plan.preflight) {
    out += fmt::format(
        "<li>{}{}</li>\n",
        folded(fmt::format("{}{}", html_text(each.title), each.blocking ? " (it has to hold)" : ""), {each.sql}),
        each.expect.empty() ? "" : fmt::format("<p>Expected: {}.</p>", html_text(each.expect)));
  }
  for (const Assumption& each : plan.assumptions) {
    out += fmt::format("<li>{}<p>Otherwise: {}</p></li>\n", folded(html_text(each.text), {each.check}),
                       html_prose(each.if_false));
  }
  if (out.empty()) return out;
  return "<details class=\"preflight\"><summary>What to look at before it starts</summary>\n<ul>\n" + out +
         "</ul>\n</details>\n";
}

}  // namespace

std::string html_plan(const Plan& plan) {
  const std::size_t steps = plan.steps().size();
  std::string out = fmt::format(
      "<section id=\"plan\" aria-labelledby=\"plan-h\">\n<h2 id=\"plan-h\">The safe plan</h2>\n"
      "<p>{} in {}, for PostgreSQL {}. <code>pglatch plan</code> writes the script, which can be "
      "run again after any failure.</p>\n",
      counted(steps, "step"), counted(plan.phases.size(), "phase"), plan.pg_version);
  out += not_safe(plan) + before_it_starts(plan);
  for (const Phase& phase : plan.phases) {
    out += fmt::format("<h3><span class=\"phase\">{}</span> {}</h3>\n<ol class=\"steps\">\n", to_string(phase.kind),
                       html_text(phase.title));
    for (const Step& step : phase.steps) out += step_of(step);
    out += "</ol>\n";
  }
  for (const std::string& note : plan.notes) out += fmt::format("<p class=\"note\">{}</p>\n", html_prose(note));
  return out + "</section>\n";
}

}  // namespace pglatch
