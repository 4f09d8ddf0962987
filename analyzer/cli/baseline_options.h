// The baseline on the command line: which file it is and what to do with it.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <string>

#include "analyzer/base/result.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/input.h"
#include "analyzer/engine/linter.h"

namespace pglatch {

struct BaselineOptions {
  std::string file;   ///< --baseline
  std::string write;  ///< --write-baseline
  bool prune = false;
  bool keep_known = false;  ///< what is left out goes to LintReport::suppressed_findings
};

[[nodiscard]] boost::program_options::options_description baseline_options(BaselineOptions& options);

/// Options that exclude each other, to be looked for before anything is read.
[[nodiscard]] std::optional<Error> check_baseline_options(const BaselineOptions& options,
                                                          const AnalysisOptions& analysis);

/// Takes the known findings out of the report, and writes the baseline where that is asked for. Tells on the error
/// stream what it wrote, and of entries that are out of date.
[[nodiscard]] std::optional<Error> use_baseline(const BaselineOptions& options, const Input& input, LintReport& report,
                                                Streams& streams);

}  // namespace pglatch
