#include "analyzer/plan/runbook_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "analyzer/base/ascii.h"
#include "analyzer/base/markdown.h"
#include "analyzer/plan/psql_text.h"

namespace pglatch::runbook {
namespace {

constexpr std::ptrdiff_t kFoldedLines = 15;

// Markup only at the edge of a word: most names have one inside.
bool is_inside_word(std::string_view text, std::size_t i) {
  const auto is_word = [](char c) {
    return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  return i > 0 && i + 1 < text.size() && is_word(text[i - 1]) && is_word(text[i + 1]);
}

void add_query(std::string_view sql, const Step& step, std::vector<SharedQuery>& queries) {
  if (sql.empty()) return;
  if (const std::size_t known = number_of(sql, queries); known != 0) {
    queries[known - 1].steps.push_back(step.id);
  } else {
    queries.push_back({std::string(sql), {step.id}});
  }
}

}  // namespace

std::string code_block(std::string_view text, std::string_view language, std::size_t indent) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  const std::string margin(indent, ' ');
  std::string out = fmt::format("{}{}{}\n", margin, fence, language);
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    out += fmt::format("{}{}\n", line.empty() ? "" : margin, line);
    start = end + 1;
  }
  return out + margin + fence + '\n';
}

std::string sql_block(std::string_view sql, std::size_t indent) {
  return code_block(psql::terminated(sql), "sql", indent);
}

std::string folded_sql(std::string_view sql) {
  const auto lines = std::count(sql.begin(), sql.end(), '\n') + 1;
  const std::string block = code_block(sql);
  if (lines <= kFoldedLines) return block;
  return fmt::format("<details><summary>SQL, {} lines</summary>\n\n{}\n</details>\n", lines, block);
}

std::string code(std::string_view text) {
  std::string ticks = "`";
  while (text.find(ticks) != std::string_view::npos) ticks += '`';
  std::string out = ticks;
  if (ticks.size() > 1) out += ' ';
  for (const char c : text) out += c == '\n' || c == '\r' ? ' ' : c;
  if (ticks.size() > 1) out += ' ';
  return out + ticks;
}

std::string prose(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '\n' || c == '\r') {
      out += ' ';
    } else {
      if (std::string_view("\\`*[]~").find(c) != std::string_view::npos || (c == '_' && !is_inside_word(text, i))) {
        out += '\\';
      }
      out += c;
    }
  }
  return out;
}

std::string table_row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) out += fmt::format(" {} |", markdown_cell(cell));
  return out + '\n';
}

std::string table_head(const std::vector<std::string>& cells) {
  std::string out = table_row(cells) + '|';
  for (std::size_t i = 0; i < cells.size(); ++i) out += "---|";
  return out + '\n';
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string enumerated(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  return out;
}

std::string span_of(const std::vector<std::string>& steps) {
  const auto number = [](const std::string& id) { return std::atoi(id.c_str() + 1); };
  std::vector<std::string> runs;
  for (auto first = steps.begin(); first != steps.end();) {
    auto last = first;
    while (last + 1 != steps.end() && number(*(last + 1)) == number(*last) + 1) ++last;
    runs.push_back(first == last ? *first : fmt::format("{} to {}", *first, *last));
    first = last + 1;
  }
  return fmt::format("{}", fmt::join(runs, ", "));
}

std::string place(const PlanOrigin& origin) { return code(fmt::format("{}:{}", origin.path, origin.line)); }

const StepLock* strongest(const std::vector<StepLock>& locks, bool concurrent) {
  const StepLock* worst = nullptr;
  for (const StepLock& lock : locks) {
    if (concurrent && lock.is_index) continue;
    if (worst == nullptr || lock.mode > worst->mode) worst = &lock;
  }
  return worst;
}

const StepLock* strongest(const Step& step) {
  return strongest(step.locks,
                   step.step_class == StepClass::concurrent && step.disposition != Disposition::not_covered);
}

const StepLock* strongest(const Rollback& rollback) {
  return strongest(rollback.locks, rollback.step_class == StepClass::concurrent);
}

std::string lock_list(std::vector<StepLock> locks, std::string_view separator) {
  constexpr std::size_t kShown = 3;
  std::stable_sort(locks.begin(), locks.end(), [](const StepLock& a, const StepLock& b) { return a.mode > b.mode; });
  std::string out;
  for (std::size_t i = 0; i < locks.size() && i < kShown; ++i) {
    out += fmt::format("{}{} on {}", i == 0 ? "" : separator, to_string(locks[i].mode), code(locks[i].relation));
  }
  if (locks.size() > kShown) out += fmt::format("{}and {} more", separator, locks.size() - kShown);
  return out;
}

std::string_view verb(WorkKind kind) {
  switch (kind) {
    case WorkKind::rewrite:
      return "rewrites";
    case WorkKind::scan:
      return "reads";
    case WorkKind::index_build:
      return "builds an index on";
    case WorkKind::validate_fk:
      return "checks foreign keys on";
    case WorkKind::row_write:
      return "writes rows of";
    case WorkKind::truncate:
      break;
  }
  return "empties";
}

bool is_long(WorkKind kind) { return kind != WorkKind::truncate; }

std::vector<std::string> steps_of(const Plan& plan, StepClass step_class) {
  std::vector<std::string> ids;
  for (const Step* step : plan.steps()) {
    if (step->step_class == step_class) ids.push_back(step->id);
  }
  return ids;
}

bool is_passive(const Step& step) {
  if (step.step_class == StepClass::validate) {
    return step.disposition == Disposition::rewritten && step.rollback.empty() && !step.irreversible;
  }
  return step.step_class == StepClass::check || step.step_class == StepClass::setting;
}

bool only_takes_back(const Step& step, const Plan& plan) {
  if (step.sql.size() != 1 || !step.rollback.empty() || step.irreversible) return false;
  const std::vector<const Step*> all = plan.steps();
  return std::any_of(all.begin(), all.end(), [&](const Step* other) {
    return std::any_of(other->rollback.begin(), other->rollback.end(),
                       [&](const Rollback& rollback) { return rollback.sql == step.sql.front(); });
  });
}

std::string joined(const std::vector<std::string>& statements) {
  std::string out;
  for (const std::string& sql : statements) out += (out.empty() ? "" : "\n") + psql::terminated(sql);
  return out;
}

std::vector<SharedQuery> watch_queries(const Plan& plan) {
  std::vector<SharedQuery> queries;
  for (const Step* step : plan.steps()) add_query(step->watch, *step, queries);
  return queries;
}

std::vector<SharedQuery> verify_queries(const Plan& plan) {
  std::vector<SharedQuery> queries;
  for (const Step* step : plan.steps()) {
    add_query(step->step_class == StepClass::check ? step->sql.front() : step->verify, *step, queries);
  }
  return queries;
}

std::size_t number_of(std::string_view sql, const std::vector<SharedQuery>& queries) {
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (queries[i].sql == sql) return i + 1;
  }
  return 0;
}

}  // namespace pglatch::runbook
