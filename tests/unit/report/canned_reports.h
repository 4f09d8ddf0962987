// Reports made by hand, each with one thing that a writer can get wrong. Every format is fed all of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/lint_formats.h"
#include "analyzer/report/locks_formats.h"

namespace pglatch::testing {

struct CannedReport {
  std::string name;  // of the folder in fixtures/formats
  LintReport report;
};

// A file of the given text.
std::shared_ptr<const SourceFile> source(std::string path, std::string text, bool has_bom = false);

// The range of the first `piece` in a text; the piece must be there.
ByteRange range_of(std::string_view text, std::string_view piece);

const std::vector<CannedReport>& canned_reports();

const LintReport& canned_report(std::string_view name);

// The rules of the canned findings and one that finds nothing, with a page each but for the last.
FormatOptions canned_options();

LocksReport canned_locks();

}  // namespace pglatch::testing
