// The baseline: findings that somebody has looked at and accepted, in a file beside the migrations. They are left out
// of later runs, so that a linter can be switched on in a project that has a history.
//
// Findings are recognised by what they are about, not by where they stand (see fingerprint.h): moved lines, new layout
// and other comments change nothing; another rule, relation or word in the statement does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/engine/linter.h"

namespace pglatch {

/// One accepted finding: one line of the file.
struct BaselineEntry {
  std::string path;  ///< as NameFile names files
  std::string rule;  ///< id
  std::uint64_t fingerprint = 0;
  std::uint32_t occurrence = 1;  ///< the how manieth of those that are equal in the file, from 1
  std::string statement;         ///< its beginning, for people
};

struct Baseline {
  std::vector<BaselineEntry> entries;
};

/// From a file's path as pglatch shows it to its name in the baseline, which should not depend on where pglatch is run:
/// the path relative to the baseline's own directory.
using NameFile = std::function<std::string(const std::string& path)>;

/// Reads the text of a baseline. What is wrong with it is said with `path`, line and column.
[[nodiscard]] Result<Baseline> read_baseline(const std::string& path, std::string_view text);

/// The text of a baseline: sorted, one finding a line, the same bytes for the same findings.
[[nodiscard]] std::string write_baseline(Baseline baseline);

/// All findings of a report.
[[nodiscard]] Baseline make_baseline(const LintReport& report, const NameFile& name_file);

/// What a run has looked at.
struct BaselineScope {
  NameFile name_file;
  std::function<bool(const std::string& name)> exists;  ///< whether there is a file of that name in the baseline
  std::span<const Script> scripts;                      ///< of the run; history was not looked at
  LintOptions options;                                  ///< of the run
};

/// What became of a baseline in a run.
struct BaselineMatch {
  std::size_t stale = 0;  ///< entries that nothing was found for, though it was looked for
  Baseline remaining;     ///< the entries without the stale ones, at the paths where they were found
};

/// Takes the findings out of the report that the baseline has, and counts them there. An entry means the file of its
/// path; where there is no such file any more, one of the same name elsewhere.
[[nodiscard]] BaselineMatch apply_baseline(const Baseline& baseline, LintReport& report, const BaselineScope& scope);

}  // namespace pglatch
