// SARIF 2.1.0 (OASIS standard) within what GitHub code scanning reads of it. The output depends on the report alone: no
// times, no machine, no absolute paths that the user did not give.
#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzer/base/json.h"
#include "analyzer/engine/fingerprint.h"
#include "analyzer/report/line_hash.h"
#include "analyzer/report/lint_formats.h"
#include "analyzer/report/sarif_location.h"
#include "analyzer/report/sarif_rules.h"

namespace pglatch {
namespace {

constexpr std::string_view kSchema = "https://json.schemastore.org/sarif-2.1.0.json";
// Its findings also say that a part of the input was not analysed.
constexpr std::string_view kSyntaxErrorRule = "syntax-error";
constexpr std::string_view kFingerprintKey = "pglatchFinding/v1";

std::string escape_link_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

class SarifWriter {
 public:
  SarifWriter(const LintReport& report, const FormatOptions& options) : report_(report), options_(options) {
    for (const Finding& finding : report.findings) {
      if (files_.try_emplace(finding.file.get(), files_in_order_.size()).second) {
        files_in_order_.push_back(finding.file.get());
      }
    }
    for (std::size_t index = 0; index < options.rules.size(); ++index) {
      rule_indexes_.emplace(options.rules[index]->id, index);
    }
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
    write_base_id();
    write_artifacts();
    json_.member("columnKind", std::string_view("utf16CodeUnits"));
    // Code scanning fails on a run without this array, and closes alerts for which it has no result.
    json_.key("results");
    json_.begin_array();
    for (const Finding& finding : report_.findings) write_result(finding);
    json_.end_array();
    json_.end_object();
    json_.end_array();
    json_.end_object();
    return json_.finish();
  }

 private:
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
      write_message("message", error.message);
      json_.member("level", std::string_view("error"));
      json_.end_object();
    }
    write_parse_notifications();
    json_.end_array();
    json_.end_object();
    json_.end_array();
  }

  void write_parse_notifications() {
    std::map<std::size_t, std::size_t> errors_by_file;
    for (const Finding& finding : report_.findings) {
      if (finding.rule == kSyntaxErrorRule) ++errors_by_file[files_.at(finding.file.get())];
    }
    for (const auto& [file, count] : errors_by_file) {
      json_.begin_object();
      write_message("message", fmt::format("{} of '{}' could not be parsed and {} not analysed.",
                                           count == 1 ? "1 statement" : fmt::format("{} statements", count),
                                           files_in_order_[file]->path(), count == 1 ? "was" : "were"));
      json_.member("level", std::string_view("warning"));
      json_.key("locations");
      json_.begin_array();
      json_.begin_object();
      json_.key("physicalLocation");
      json_.begin_object();
      json_.key("artifactLocation");
      write_artifact_location(json_, files_in_order_[file]->path(), file);
      json_.end_object();
      json_.end_object();
      json_.end_array();
      json_.key("associatedRule");
      json_.begin_object();
      write_rule_reference("id", "index", kSyntaxErrorRule);
      json_.end_object();
      json_.end_object();
    }
  }

  void write_base_id() {
    json_.key("originalUriBaseIds");
    json_.begin_object();
    json_.key(kSourceRoot);
    json_.begin_object();
    write_message("description", "The directory that pglatch was started in: the root of the checkout.");
    json_.end_object();
    json_.end_object();
  }

  void write_artifacts() {
    json_.key("artifacts");
    json_.begin_array();
    for (std::size_t index = 0; index < files_in_order_.size(); ++index) {
      json_.begin_object();
      json_.key("location");
      write_artifact_location(json_, files_in_order_[index]->path(), index);
      json_.member("sourceLanguage", std::string_view("sql"));
      json_.end_object();
    }
    json_.end_array();
  }

  void write_result(const Finding& finding) {
    const SourceFile& file = *finding.file;
    const ByteRange alert = alert_range(file, finding.range);
    json_.begin_object();
    write_rule_reference("ruleId", "ruleIndex", finding.rule);
    json_.member("level", sarif_level(finding.severity));
    write_message("message", message_of(finding));
    json_.key("locations");
    json_.begin_array();
    json_.begin_object();
    write_physical_location(file, alert, finding.range);
    json_.end_object();
    json_.end_array();
    write_related(finding);
    json_.key("partialFingerprints");
    json_.begin_object();
    json_.member("primaryLocationLineHash", hashes_of(file).of_line(file.lines().line(alert.start)));
    const std::uint64_t content = fingerprint(finding);
    json_.member(kFingerprintKey, fmt::format("{:016x}:{}", content, ++occurrences_[content]));
    json_.end_object();
    if (finding.fix) write_fix(file, *finding.fix);
    json_.key("properties");
    json_.begin_object();
    json_.strings("relations", finding.relations);
    json_.member("hasPlan", finding.has_plan);
    json_.end_object();
    json_.end_object();
  }

  // What happens, then what to do. Code scanning shows a related location only where the message links to it.
  static std::string message_of(const Finding& finding) {
    std::string text = finding.message;
    if (!finding.help.empty()) text += "\n" + finding.help;
    for (std::size_t id = 1; id <= finding.related.size(); ++id) {
      text += fmt::format("{}[{}]({})", id == 1 ? "\nSee also: " : ", ",
                          escape_link_text(finding.related[id - 1].message), id);
    }
    if (!finding.related.empty()) text += '.';
    return text;
  }

  void write_physical_location(const SourceFile& file, ByteRange range, ByteRange whole) {
    json_.key("physicalLocation");
    json_.begin_object();
    json_.key("artifactLocation");
    write_artifact_location(json_, file.path(), files_.at(&file));
    json_.key("region");
    write_region(json_, file, range);
    const bool cut = whole.start <= range.start && file.lines().line(range.end) < file.lines().line(whole.end);
    if (cut) {
      json_.key("contextRegion");
      write_region(json_, file, whole);
    }
    json_.end_object();
  }

  void write_related(const Finding& finding) {
    if (finding.related.empty()) return;
    json_.key("relatedLocations");
    json_.begin_array();
    for (std::size_t id = 1; id <= finding.related.size(); ++id) {
      const RelatedRange& related = finding.related[id - 1];
      json_.begin_object();
      json_.member("id", id);
      write_physical_location(*finding.file, alert_range(*finding.file, related.range), related.range);
      write_message("message", related.message);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_fix(const SourceFile& file, const Fix& fix) {
    json_.key("fixes");
    json_.begin_array();
    json_.begin_object();
    write_message("description", fix.title);
    json_.key("artifactChanges");
    json_.begin_array();
    json_.begin_object();
    json_.key("artifactLocation");
    write_artifact_location(json_, file.path(), files_.at(&file));
    json_.key("replacements");
    json_.begin_array();
    for (const Edit& edit : fix.edits) {
      json_.begin_object();
      json_.key("deletedRegion");
      write_region(json_, file, edit.range);
      if (!edit.text.empty()) write_message("insertedContent", edit.text);
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
    json_.end_array();
    json_.end_object();
    json_.end_array();
  }

  // {"text": …}, which messages and contents of files have in common.
  void write_message(std::string_view key, std::string_view text) {
    json_.key(key);
    json_.begin_object();
    json_.member("text", text);
    json_.end_object();
  }

  void write_rule_reference(std::string_view id_key, std::string_view index_key, std::string_view rule) {
    json_.member(id_key, rule);
    if (const auto found = rule_indexes_.find(rule); found != rule_indexes_.end()) {
      json_.member(index_key, found->second);
    }
  }

  // Findings come file by file: one file's hashes at a time are enough.
  const LineHashes& hashes_of(const SourceFile& file) {
    if (hashed_file_ != &file) {
      hashes_.emplace(file.text(), file.has_bom());
      hashed_file_ = &file;
    }
    return *hashes_;
  }

  const LintReport& report_;
  const FormatOptions& options_;
  JsonWriter json_;
  std::unordered_map<const SourceFile*, std::size_t> files_;
  std::vector<const SourceFile*> files_in_order_;
  std::unordered_map<std::string_view, std::size_t> rule_indexes_;
  std::unordered_map<std::uint64_t, std::uint32_t> occurrences_;
  const SourceFile* hashed_file_ = nullptr;
  std::optional<LineHashes> hashes_;
};

}  // namespace

std::string write_sarif(const LintReport& report, const FormatOptions& options) {
  return SarifWriter(report, options).write();
}

}  // namespace pglatch
