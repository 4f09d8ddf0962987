// SARIF 2.1.0 (OASIS standard) within what GitHub code scanning reads of it. The output depends on the report alone: no
// times, no machine, no absolute paths that the user did not give.
// GitHub documentation, "SARIF support for code scanning".
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/json.h"
#include "analyzer/report/lint_formats.h"
#include "analyzer/report/sarif_location.h"
#include "analyzer/report/sarif_result.h"
#include "analyzer/report/sarif_rules.h"

namespace pglatch {
namespace {

constexpr std::string_view kSchema = "https://json.schemastore.org/sarif-2.1.0.json";
// Its findings also say that a part of the input was not analysed.
constexpr std::string_view kSyntaxErrorRule = "syntax-error";
// Code scanning takes no more of a run. Well below its limit of 10 MB for the file, compressed: a result takes 1 to 3
// kB.
constexpr std::size_t kMaxResults = 5'000;

class SarifWriter {
 public:
  SarifWriter(const LintReport& report, const FormatOptions& options)
      : report_(report), options_(options), index_(options), results_(json_, index_, options) {
    choose_results();
  }

  std::string write() {
    json_.begin_object();
    json_.member("$schema", kSchema);
    json_.member("version", std::string_view("2.1.0"));
    json_.key("runs");
    json_.begin_array();
    json_.begin_object();
    write_tool();
    write_invocation();
    write_automation_details();
    write_base_id();
    write_artifacts();
    json_.member("columnKind", std::string_view("utf16CodeUnits"));
    // Code scanning fails on a run without this array, and closes alerts for which it has no result.
    json_.key("results");
    json_.begin_array();
    for (const Finding* finding : chosen_) results_.write(*finding);
    for (const SuppressedFinding* left_out : chosen_suppressed_) results_.write(*left_out);
    json_.end_array();
    json_.end_object();
    json_.end_array();
    json_.end_object();
    return json_.finish();
  }

 private:
  // All there are, in their order; where that is too many, the gravest.
  void choose_results() {
    for (const Finding& finding : report_.findings) chosen_.push_back(&finding);
    for (const SuppressedFinding& left_out : report_.suppressed_findings) chosen_suppressed_.push_back(&left_out);
    const std::size_t all = chosen_.size() + chosen_suppressed_.size();
    if (chosen_.size() > kMaxResults) {
      std::stable_sort(chosen_.begin(), chosen_.end(),
                       [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
      chosen_.resize(kMaxResults);
    }
    chosen_suppressed_.resize(std::min(chosen_suppressed_.size(), kMaxResults - chosen_.size()));
    dropped_ = all - chosen_.size() - chosen_suppressed_.size();
    for (const Finding* finding : chosen_) index_.file(*finding->file);
    for (const SuppressedFinding* left_out : chosen_suppressed_) index_.file(*left_out->finding.file);
  }

  void write_tool() {
    json_.key("tool");
    json_.begin_object();
    json_.key("driver");
    json_.begin_object();
    json_.member("name", std::string_view("pglatch"));
    json_.member("version", options_.tool_version);
    json_.member("semanticVersion", options_.tool_version);
    json_.key("rules");
    write_rules(json_, options_);
    json_.end_object();
    json_.end_object();
  }

  // Code scanning throws away a run that was not successful, and one with a notification of level error was not: a
  // statement that does not parse is a result and a warning, only input that could not be read is more.
  void write_invocation() {
    json_.key("invocations");
    json_.begin_array();
    json_.begin_object();
    json_.member("executionSuccessful", report_.errors.empty());
    json_.key("toolExecutionNotifications");
    json_.begin_array();
    for (const Error& error : report_.errors) {
      json_.begin_object();
      write_sarif_text(json_, "message", error.message);
      json_.member("level", std::string_view("error"));
      json_.end_object();
    }
    write_parse_notifications();
    if (dropped_ > 0) write_dropped_notification();
    json_.end_array();
    json_.end_object();
    json_.end_array();
  }

  void write_parse_notifications() {
    std::map<std::size_t, std::size_t> errors_by_file;
    for (const Finding* finding : chosen_) {
      if (finding->rule == kSyntaxErrorRule) ++errors_by_file[index_.file(*finding->file)];
    }
    for (const auto& [number, count] : errors_by_file) {
      const std::string path = options_.path_of(*index_.files()[number]);
      json_.begin_object();
      write_sarif_text(json_, "message",
                       fmt::format("{} of '{}' could not be parsed and {} not analysed.",
                                   count == 1 ? "1 statement" : fmt::format("{} statements", count), path,
                                   count == 1 ? "was" : "were"));
      json_.member("level", std::string_view("warning"));
      json_.key("locations");
      json_.begin_array();
      json_.begin_object();
      json_.key("physicalLocation");
      json_.begin_object();
      json_.key("artifactLocation");
      write_artifact_location(json_, path, number);
      json_.end_object();
      json_.end_object();
      json_.end_array();
      json_.key("associatedRule");
      json_.begin_object();
      json_.member("id", kSyntaxErrorRule);
      if (const auto rule = index_.rule(kSyntaxErrorRule)) json_.member("index", *rule);
      json_.end_object();
      json_.end_object();
    }
  }

  void write_dropped_notification() {
    json_.begin_object();
    write_sarif_text(json_, "message",
                     fmt::format("{} more findings are left out: code scanning shows {} of a run, so these are the "
                                 "gravest. The json format has them all.",
                                 dropped_, kMaxResults));
    json_.member("level", std::string_view("warning"));
    json_.end_object();
  }

  // "category/run": the part before the last slash tells apart several uploads for one commit.
  void write_automation_details() {
    if (options_.sarif_category.empty()) return;
    json_.key("automationDetails");
    json_.begin_object();
    json_.member("id", options_.sarif_category + (options_.sarif_category.ends_with('/') ? "" : "/"));
    json_.end_object();
  }

  void write_base_id() {
    json_.key("originalUriBaseIds");
    json_.begin_object();
    json_.key(kSourceRoot);
    json_.begin_object();
    write_sarif_text(json_, "description", "The root of the checkout.");
    json_.end_object();
    json_.end_object();
  }

  void write_artifacts() {
    json_.key("artifacts");
    json_.begin_array();
    for (std::size_t number = 0; number < index_.files().size(); ++number) {
      json_.begin_object();
      json_.key("location");
      write_artifact_location(json_, options_.path_of(*index_.files()[number]), number);
      json_.member("sourceLanguage", std::string_view("sql"));
      json_.end_object();
    }
    json_.end_array();
  }

  const LintReport& report_;
  const FormatOptions& options_;
  JsonWriter json_;
  SarifIndex index_;
  SarifResults results_;
  std::vector<const Finding*> chosen_;
  std::vector<const SuppressedFinding*> chosen_suppressed_;
  std::size_t dropped_ = 0;
};

}  // namespace

std::string write_sarif(const LintReport& report, const FormatOptions& options) {
  return SarifWriter(report, options).write();
}

}  // namespace pglatch
