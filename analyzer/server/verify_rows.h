// What the text and the markdown of a verification have in common: rows that set the original beside the plan.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "analyzer/server/verify.h"

namespace pglatch {

struct VerificationRow {
  std::string what;
  std::string original;
  std::string plan;
};

/// Time, stalls of each table, locks beyond the model.
[[nodiscard]] std::vector<VerificationRow> verification_rows(const Verification& verification);

/// "12.3 ms", from 1000 on without the fraction.
[[nodiscard]] std::string milliseconds_text(std::chrono::microseconds time);

/// The locks that the model did not say, a line each: "S3 took ShareLock on public.t".
[[nodiscard]] std::vector<std::string> unpredicted_locks(const VerifiedRun& run);

}  // namespace pglatch
