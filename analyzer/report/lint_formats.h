// The formats of `pglatch lint`. One file each; all are pure functions of the report.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "analyzer/engine/linter.h"

namespace pglatch {

struct LocksReport;
struct Plan;

/// What a writer may depend on besides the report.
struct FormatOptions {
  bool color = false;                  ///< text: ANSI colours
  bool quiet = false;                  ///< text: no summary
  bool statistics = false;             ///< text: how many findings each rule has, instead of the findings
  std::size_t width = 0;               ///< text: cells of the terminal; 0: it is none
  std::string link_base{};             ///< text: URI of the working directory, for links; empty: none are made
  std::span<const Rule* const> rules;  ///< all rules that were switched on (SARIF lists them)
  std::string_view (*rule_doc)(std::string_view rule_id) = nullptr;  ///< Markdown page of a rule
  std::string_view tool_version = "0.0.0";
  std::string sarif_category{};  ///< sarif: tells several uploads for one commit apart; empty: none
  /// sarif, github, gitlab: the path of a file from the root of the checkout on, which is where these systems look for
  /// it; empty: as it was given.
  std::function<std::string(const std::string& path)> checkout_path{};
  const LocksReport* locks = nullptr;  ///< html: of the same files; null: not known
  const Plan* plan = nullptr;          ///< html, markdown: of the same files; null: there is none
  std::string no_plan{};               ///< html, markdown: why there is none

  [[nodiscard]] std::string path_of(const SourceFile& file) const {
    return checkout_path ? checkout_path(file.path()) : file.path();
  }
};

using LintWriter = std::string (*)(const LintReport& report, const FormatOptions& options);

struct LintFormat {
  std::string_view name;  ///< as given to --format
  LintWriter write;
  bool shows_locks = false;  ///< takes FormatOptions::locks
  bool shows_plan = false;   ///< takes FormatOptions::plan
};

/// All formats, `text` first.
[[nodiscard]] std::span<const LintFormat> lint_formats() noexcept;

/// For people: path:line:col, the line with the range underlined, what, why, what to do.
[[nodiscard]] std::string write_text(const LintReport& report, const FormatOptions& options);
/// The JSON contract, version 1. `line` and `column` count characters from 1, `end_column` is the
/// character after the range, `start` and `end` are bytes from 0 (after a byte order mark).
[[nodiscard]] std::string write_json(const LintReport& report, const FormatOptions& options);
/// SARIF 2.1.0 as GitHub code scanning reads it: of more than 5,000 findings the gravest. What comments and the
/// baseline leave out is in it, marked as suppressed, where the report has kept it.
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
/// GitHub-flavoured Markdown for a comment on a pull request: verdict, findings by file, the plan folded. No longer
/// than such a comment may be (65,536 characters): what is left out is counted.
[[nodiscard]] std::string write_markdown(const LintReport& report, const FormatOptions& options);
/// The same for the summary of a job, where there is room for more (1 MiB).
[[nodiscard]] std::string write_markdown_summary(const LintReport& report, const FormatOptions& options);
/// One page for a reviewer, which needs nothing else: the SQL with findings and locks beside it, what each transaction
/// holds for how long, the plan.
[[nodiscard]] std::string write_html(const LintReport& report, const FormatOptions& options);

}  // namespace pglatch
