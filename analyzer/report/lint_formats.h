// The formats of `pglatch lint`. One file each; all are pure functions of the report.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analyzer/engine/linter.h"

namespace pglatch {

/// What a writer may depend on besides the report.
struct FormatOptions {
  bool color = false;                  ///< text: ANSI colours
  bool quiet = false;                  ///< text: no summary
  bool statistics = false;             ///< text: how many findings each rule has, instead of the findings
  std::span<const Rule* const> rules;  ///< all rules that were switched on (SARIF lists them)
  std::string_view (*rule_doc)(std::string_view rule_id) = nullptr;  ///< Markdown page of a rule
  std::string_view tool_version = "0.0.0";
};

using LintWriter = std::string (*)(const LintReport& report, const FormatOptions& options);

struct LintFormat {
  std::string_view name;  ///< as given to --format
  LintWriter write;
};

/// All formats, `text` first.
[[nodiscard]] std::span<const LintFormat> lint_formats() noexcept;

/// For people: path:line:col, the line with the range underlined, what, why, what to do.
[[nodiscard]] std::string write_text(const LintReport& report, const FormatOptions& options);
/// The JSON contract, version 1. `line` and `column` count characters from 1, `end_column` is the
/// character after the range, `start` and `end` are bytes from 0 (after a byte order mark).
[[nodiscard]] std::string write_json(const LintReport& report, const FormatOptions& options);
/// SARIF 2.1.0 as GitHub code scanning reads it.
[[nodiscard]] std::string write_sarif(const LintReport& report, const FormatOptions& options);
/// One line a finding, "path:line:column: severity: message [rule]", for editors.
[[nodiscard]] std::string write_concise(const LintReport& report, const FormatOptions& options);
/// Workflow commands of GitHub Actions, at most ten of a level.
[[nodiscard]] std::string write_github(const LintReport& report, const FormatOptions& options);
/// GitLab's code quality report.
[[nodiscard]] std::string write_gitlab(const LintReport& report, const FormatOptions& options);
/// JUnit XML: a failed case a finding.
[[nodiscard]] std::string write_junit(const LintReport& report, const FormatOptions& options);
/// Checkstyle XML.
[[nodiscard]] std::string write_checkstyle(const LintReport& report, const FormatOptions& options);
/// reviewdog's diagnostics, with suggestions.
[[nodiscard]] std::string write_rdjson(const LintReport& report, const FormatOptions& options);
/// GitHub-flavoured Markdown for a comment on a pull request or the summary of a job.
[[nodiscard]] std::string write_markdown(const LintReport& report, const FormatOptions& options);

}  // namespace pglatch
