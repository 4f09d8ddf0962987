// GitHub's workflow commands: annotations in the log of a job. A step may have ten of each level, the rest is dropped
// without a word; so the gravest come first, and a notice tells what is not shown.
// GitHub documentation, "Workflow commands for GitHub Actions"; "Problem matchers", "Limitations".
#include <fmt/format.h>

#include <array>
#include <iterator>

#include "analyzer/base/utf8.h"
#include "analyzer/report/ci_log.h"
#include "analyzer/report/lint_formats.h"

namespace pglatch {
namespace {

constexpr std::size_t kMostOfALevel = 10;

// What would end the command, or begin another one, becomes a number. Properties also end at commas and colons. The
// older form of commands is found anywhere in a line, and nothing escapes it: what nobody sees breaks it up
// (actions/runner, src/Runner.Common/ActionCommand.cs).
std::string escaped(std::string_view text, bool is_property) {
  std::string out;
  for (const char c : without_log_commands(to_valid_utf8(text))) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (is_property && (c == ':' || c == ','));
    if (special) {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string_view command_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "notice";
  }
  return "notice";
}

std::string annotation(const Finding& finding, const FormatOptions& options) {
  const LineIndex& lines = finding.file->lines();
  const Position start = lines.position(finding.range.start, ColumnUnit::utf16);
  const Position end = lines.position(finding.range.end, ColumnUnit::utf16);
  std::string place =
      fmt::format("file={},line={},endLine={}", escaped(options.path_of(*finding.file), true), start.line, end.line);
  // Columns count only where the annotation stays on its line.
  if (start.line == end.line) place += fmt::format(",col={},endColumn={}", start.column, end.column);
  return fmt::format("::{} {},title={}::{}\n", command_of(finding.severity), place,
                     escaped(fmt::format("pglatch {}", finding.rule), true),
                     escaped(fmt::format("{}\n{}", finding.message, finding.help), false));
}

}  // namespace

std::string write_github(const LintReport& report, const FormatOptions& options) {
  std::string out;
  std::array<std::size_t, 3> hidden{};
  std::size_t all_hidden = 0;
  for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
    // The notice about the others is one of the ten.
    const std::size_t most = severity == Severity::info ? kMostOfALevel - 1 : kMostOfALevel;
    std::size_t shown = 0;
    for (const Finding& finding : report.findings) {
      if (finding.severity != severity) continue;
      if (shown++ < most) {
        out += annotation(finding, options);
      } else {
        ++hidden[static_cast<std::size_t>(severity)];
        ++all_hidden;
      }
    }
  }
  for (const Error& error : report.errors)
    out += fmt::format("::error title=pglatch::{}\n", escaped(error.message, false));
  if (all_hidden > 0) {
    out += fmt::format(
        "::notice title=pglatch::{} more findings are not annotated: {} errors, {} warnings, {} infos. The summary of "
        "the job has them, as far as it has room.\n",
        all_hidden, hidden[2], hidden[1], hidden[0]);
  }
  return out;
}

}  // namespace pglatch
