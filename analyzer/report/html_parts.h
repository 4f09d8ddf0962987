// The parts of the page for reviewers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/plan/plan.h"
#include "analyzer/report/lint_formats.h"
#include "analyzer/report/locks_formats.h"
#include "analyzer/report/locks_words.h"

namespace pglatch {

/// A file with what was found in it.
struct HtmlFile {
  const SourceFile* file = nullptr;
  const ReportedFile* locks = nullptr;  ///< null: not known
  std::vector<const Finding*> findings;
  std::string id;  ///< "f1": ids inside of it begin with "f1-"
};

/// What a file keeps locked, statement by statement; nothing where that is nothing.
[[nodiscard]] std::string html_timeline(const HtmlFile& file);

/// The statements that the plan has steps for, by the path of their file and where they begin.
using PlannedStatements = std::map<std::pair<std::string_view, std::uint32_t>, const OriginalStatement*>;

/// Its text with findings and locks beside it. The words that want explaining are added to `terms`.
[[nodiscard]] std::string html_listing(const HtmlFile& file, const PlannedStatements& planned, LocksTerms& terms);

/// The plan's steps, and what it does not make safe.
[[nodiscard]] std::string html_plan(const Plan& plan);

/// The page's style sheet: nothing is loaded from anywhere.
[[nodiscard]] std::string_view html_style() noexcept;

}  // namespace pglatch
