// A finding as a result object of SARIF.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzer/base/json.h"
#include "analyzer/report/line_hash.h"
#include "analyzer/report/lint_formats.h"

namespace pglatch {

/// What results refer to by number: the files in run.artifacts, the rules in tool.driver.rules.
class SarifIndex {
 public:
  explicit SarifIndex(const FormatOptions& options);

  /// The number of a file, which it gets when it is first asked for.
  std::size_t file(const SourceFile& file);
  /// The files by their numbers.
  [[nodiscard]] const std::vector<const SourceFile*>& files() const noexcept { return files_; }
  /// Nothing for a rule that is not switched on.
  [[nodiscard]] std::optional<std::size_t> rule(std::string_view id) const;

 private:
  std::unordered_map<const SourceFile*, std::size_t> file_numbers_;
  std::vector<const SourceFile*> files_;
  std::unordered_map<std::string_view, std::size_t> rules_;
};

/// {"text": …} under a key, which messages and contents of files have in common.
void write_sarif_text(JsonWriter& json, std::string_view key, std::string_view text);

/// Writes results, one after the other. Cheapest where those of a file follow each other.
class SarifResults {
 public:
  SarifResults(JsonWriter& json, SarifIndex& index, const FormatOptions& options)
      : json_(json), index_(index), options_(options) {}

  void write(const Finding& finding) { write(finding, nullptr); }
  /// With the `suppressions` property: in the source where a comment asked for it, else external (a baseline).
  void write(const SuppressedFinding& left_out) { write(left_out.finding, &left_out); }

 private:
  void write(const Finding& finding, const SuppressedFinding* left_out);
  void write_location(const SourceFile& file, ByteRange range, ByteRange whole);
  void write_artifact(const SourceFile& file);
  void write_related(const Finding& finding);
  void write_fingerprints(const Finding& finding, std::uint32_t line);
  void write_fix(const SourceFile& file, const Fix& fix);
  void write_suppression(const SuppressedFinding& left_out);

  JsonWriter& json_;
  SarifIndex& index_;
  const FormatOptions& options_;
  std::unordered_map<std::uint64_t, std::uint32_t> occurrences_;  // of content fingerprints
  const SourceFile* hashed_file_ = nullptr;
  std::optional<LineHashes> hashes_;
};

}  // namespace pglatch
