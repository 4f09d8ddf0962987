// What the formats for reviewers show besides findings: locks and a plan of the same files.
#pragma once

#include "analyzer/plan/plan.h"
#include "analyzer/report/lint_formats.h"
#include "analyzer/report/locks_formats.h"

namespace pglatch::testing {

struct CannedReview {
  LintReport report;
  LocksReport locks;
  Plan plan;

  // Refers to this.
  FormatOptions options() const;
};

// The files of canned_locks(), with findings and a plan for the first of them.
const CannedReview& canned_review();

}  // namespace pglatch::testing
