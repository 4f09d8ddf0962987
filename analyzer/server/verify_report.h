// What a verification tells people, in sections; its text and its markdown are two ways to print them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "analyzer/server/verify.h"

namespace pglatch {

struct ReportSection {
  enum class Form {
    table,    ///< `columns` above the rows
    lines,    ///< each row has one cell
    records,  ///< as a table, but with values so long that text puts each on a line of its own
  };
  std::string title;  ///< may be empty
  Form form = Form::lines;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Time, stalls and locks of the original beside the plan's; rows, notes, locks beyond the model, differences, what was
/// interrupted. Sections without rows are left out.
[[nodiscard]] std::vector<ReportSection> verification_sections(const Verification& verification);

/// "12.3 ms", from 1000 on without the fraction.
[[nodiscard]] std::string milliseconds_text(std::chrono::microseconds time);

}  // namespace pglatch
