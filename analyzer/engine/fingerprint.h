// What a finding is about, as a short value that outlives edits elsewhere.
#pragma once

#include <cstdint>
#include <string>

#include "analyzer/rule_api/finding.h"

namespace pglatch {

/// A hash of the rule, the relations, the words of the statement and the place in it: the same after lines were moved,
/// indented anew or commented, after the case of a keyword was changed, and in another file.
[[nodiscard]] std::uint64_t fingerprint(const Finding& finding);

}  // namespace pglatch
