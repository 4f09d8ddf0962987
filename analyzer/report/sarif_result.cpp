#include "analyzer/report/sarif_result.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/engine/fingerprint.h"
#include "analyzer/report/sarif_location.h"
#include "analyzer/report/sarif_rules.h"

namespace pglatch {
namespace {

constexpr std::string_view kFingerprintKey = "pglatchFinding/v1";
constexpr std::size_t kMaxRelated = 20;  // nobody follows more; code scanning drops those beyond 100

std::string escape_link_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::size_t related_of(const Finding& finding) { return std::min(finding.related.size(), kMaxRelated); }

// What happens, then what to do. Code scanning shows a related location only where the message links to it.
std::string message_of(const Finding& finding) {
  std::string text = finding.message;
  if (!finding.help.empty()) text += "\n" + finding.help;
  const std::size_t related = related_of(finding);
  for (std::size_t id = 1; id <= related; ++id) {
    text += fmt::format("{}[{}]({})", id == 1 ? "\nSee also: " : ", ",
                        escape_link_text(finding.related[id - 1].message), id);
  }
  if (related < finding.related.size()) text += fmt::format(" and {} more", finding.related.size() - related);
  if (related > 0) text += '.';
  return text;
}

}  // namespace

SarifIndex::SarifIndex(const FormatOptions& options) {
  for (std::size_t index = 0; index < options.rules.size(); ++index) rules_.emplace(options.rules[index]->id, index);
}

std::size_t SarifIndex::file(const SourceFile& file) {
  const auto [entry, is_new] = file_numbers_.try_emplace(&file, files_.size());
  if (is_new) files_.push_back(&file);
  return entry->second;
}

std::optional<std::size_t> SarifIndex::rule(std::string_view id) const {
  const auto found = rules_.find(id);
  if (found == rules_.end()) return std::nullopt;
  return found->second;
}

void write_sarif_text(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  json.begin_object();
  json.member("text", text);
  json.end_object();
}

void SarifResults::write(const Finding& finding, const SuppressedFinding* left_out) {
  const SourceFile& file = *finding.file;
  const ByteRange alert = alert_range(file, finding.range);
  json_.begin_object();
  json_.member("ruleId", finding.rule);
  if (const auto rule = index_.rule(finding.rule)) json_.member("ruleIndex", *rule);
  json_.member("level", sarif_level(finding.severity));
  write_sarif_text(json_, "message", message_of(finding));
  json_.key("locations");
  json_.begin_array();
  json_.begin_object();
  write_location(file, alert, finding.range);
  json_.end_object();
  json_.end_array();
  write_related(finding);
  write_fingerprints(finding, file.lines().line(alert.start));
  if (finding.fix) write_fix(file, *finding.fix);
  if (left_out != nullptr) write_suppression(*left_out);
  json_.key("properties");
  json_.begin_object();
  json_.strings("relations", finding.relations);
  json_.member("hasPlan", finding.has_plan);
  json_.end_object();
  json_.end_object();
}

void SarifResults::write_artifact(const SourceFile& file) {
  json_.key("artifactLocation");
  write_artifact_location(json_, options_.path_of(file), index_.file(file));
}

void SarifResults::write_location(const SourceFile& file, ByteRange range, ByteRange whole) {
  json_.key("physicalLocation");
  json_.begin_object();
  write_artifact(file);
  json_.key("region");
  write_region(json_, file, range);
  const bool cut = whole.start <= range.start && file.lines().line(range.end) < file.lines().line(whole.end);
  if (cut) {
    json_.key("contextRegion");
    write_region(json_, file, whole);
  }
  json_.end_object();
}

void SarifResults::write_related(const Finding& finding) {
  const std::size_t count = related_of(finding);
  if (count == 0) return;
  json_.key("relatedLocations");
  json_.begin_array();
  for (std::size_t id = 1; id <= count; ++id) {
    const RelatedRange& related = finding.related[id - 1];
    json_.begin_object();
    json_.member("id", id);
    write_location(*finding.file, alert_range(*finding.file, related.range), related.range);
    write_sarif_text(json_, "message", related.message);
    json_.end_object();
  }
  json_.end_array();
}

// Code scanning's, which follows an alert when lines move, and one that does not depend on the lines at all.
void SarifResults::write_fingerprints(const Finding& finding, std::uint32_t line) {
  const SourceFile& file = *finding.file;
  if (hashed_file_ != &file) {
    hashes_.emplace(file.text(), file.has_bom());
    hashed_file_ = &file;
  }
  const std::uint64_t content = fingerprint(finding);
  json_.key("partialFingerprints");
  json_.begin_object();
  json_.member("primaryLocationLineHash", hashes_->of_line(line));
  json_.member(kFingerprintKey, fmt::format("{:016x}:{}", content, ++occurrences_[content]));
  json_.end_object();
}

void SarifResults::write_fix(const SourceFile& file, const Fix& fix) {
  json_.key("fixes");
  json_.begin_array();
  json_.begin_object();
  write_sarif_text(json_, "description", fix.title);
  json_.key("artifactChanges");
  json_.begin_array();
  json_.begin_object();
  write_artifact(file);
  json_.key("replacements");
  json_.begin_array();
  for (const Edit& edit : fix.edits) {
    json_.begin_object();
    json_.key("deletedRegion");
    write_region(json_, file, edit.range);
    if (!edit.text.empty()) write_sarif_text(json_, "insertedContent", edit.text);
    json_.end_object();
  }
  json_.end_array();
  json_.end_object();
  json_.end_array();
  json_.end_object();
  json_.end_array();
}

void SarifResults::write_suppression(const SuppressedFinding& left_out) {
  const bool is_comment = !left_out.comment.empty();
  json_.key("suppressions");
  json_.begin_array();
  json_.begin_object();
  json_.member("kind", is_comment ? std::string_view("inSource") : std::string_view("external"));
  json_.member("status", std::string_view("accepted"));
  if (!left_out.reason.empty()) json_.member("justification", left_out.reason);
  if (is_comment) {
    json_.key("location");
    json_.begin_object();
    write_location(*left_out.finding.file, left_out.comment, left_out.comment);
    json_.end_object();
  }
  json_.end_object();
  json_.end_array();
}

}  // namespace pglatch
