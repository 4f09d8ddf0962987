// Applies the fixes of findings to the text of their files.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/engine/linter.h"

namespace pglatch {

/// A file after its fixes.
struct FixedFile {
  std::shared_ptr<const SourceFile> file;
  std::vector<Edit> edits;  ///< in order, not overlapping; offsets of the old text
  std::string text;         ///< the new text, without byte order mark
  std::size_t fixes = 0;    ///< how many findings were mended
};

/// The files that fixes change, in the order of the report. Of two fixes that overlap, the first one
/// is applied; the other one comes with the next run. Where both are the same, both count as applied.
[[nodiscard]] std::vector<FixedFile> apply_fixes(const LintReport& report);

/// Puts edits (in order, not overlapping) into a text.
[[nodiscard]] std::string apply_edits(std::string_view text, const std::vector<Edit>& edits);

}  // namespace pglatch
