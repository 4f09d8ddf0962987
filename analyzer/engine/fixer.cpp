#include "analyzer/engine/fixer.h"

#include <algorithm>

namespace pglatch {
namespace {

bool overlap(ByteRange a, ByteRange b) {
  if (a.empty() && b.empty()) return a.start == b.start;
  return a.start < b.end && b.start < a.end;
}

bool fits(const Fix& fix, const std::vector<Edit>& edits) {
  for (const Edit& wanted : fix.edits) {
    for (const Edit& taken : edits) {
      if (overlap(wanted.range, taken.range)) return false;
    }
  }
  return true;
}

// Findings can share a fix: the names of one comment that all go.
bool is_made(const Fix& fix, const std::vector<Edit>& edits) {
  return std::all_of(fix.edits.begin(), fix.edits.end(), [&](const Edit& wanted) {
    return std::any_of(edits.begin(), edits.end(),
                       [&](const Edit& made) { return made.range == wanted.range && made.text == wanted.text; });
  });
}

}  // namespace

std::string apply_edits(std::string_view text, const std::vector<Edit>& edits) {
  std::string result;
  std::uint32_t at = 0;
  for (const Edit& edit : edits) {
    result.append(text.substr(at, edit.range.start - at));
    result.append(edit.text);
    at = edit.range.end;
  }
  result.append(text.substr(at));
  return result;
}

std::vector<FixedFile> apply_fixes(const LintReport& report) {
  std::vector<FixedFile> fixed;
  for (const Finding& finding : report.findings) {
    if (!finding.fix || finding.fix->edits.empty()) continue;
    auto file = std::find_if(fixed.begin(), fixed.end(),
                             [&](const FixedFile& candidate) { return candidate.file == finding.file; });
    if (file == fixed.end()) file = fixed.insert(fixed.end(), {finding.file, {}, {}, 0});
    if (!is_made(*finding.fix, file->edits)) {
      if (!fits(*finding.fix, file->edits)) continue;
      file->edits.insert(file->edits.end(), finding.fix->edits.begin(), finding.fix->edits.end());
    }
    ++file->fixes;
  }
  for (FixedFile& file : fixed) {
    std::sort(file.edits.begin(), file.edits.end(),
              [](const Edit& a, const Edit& b) { return a.range.start < b.range.start; });
    file.text = apply_edits(file.file->text(), file.edits);
  }
  return fixed;
}

}  // namespace pglatch
