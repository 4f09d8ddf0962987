// What people believe of PostgreSQL and write into comments and runbooks, where the next one believes it too: the
// claims that are known to be false, with the words that make them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"

namespace pglatch {

/// One claim in one wording.
struct Claim {
  /// Words of one sentence, in order and in lower case. `a|b` is either, `index*` anything that begins so; between two
  /// of them nothing else stands, but for `…`: a few words.
  std::string_view pattern;
  std::string_view unless;  ///< words with which a sentence says something else, with blanks between
  std::string_view needs;   ///< what else has to stand in the file, in lower case; empty: nothing
  std::string_view truth;   ///< what is true instead, as sentences
  std::string_view help;    ///< what to do
};

[[nodiscard]] std::span<const Claim> false_claims() noexcept;

/// Where a sentence makes a claim: from the first word of the pattern to the last one.
struct ClaimFound {
  const Claim* claim = nullptr;
  ByteRange range;
};

/// Looks for the claims in the prose of one file, whose text has to outlive it.
class ClaimFinder {
 public:
  explicit ClaimFinder(std::string_view file) : file_(file), has_what_it_needs_(false_claims().size()) {}

  /// What a piece of the file's text claims, one claim a sentence; ranges are of the file. A sentence that asks, or
  /// says that something is not so, claims nothing, unless the "not" is the pattern's.
  [[nodiscard]] std::vector<ClaimFound> find(ByteRange prose);

 private:
  struct Word {
    std::string text;  // in lower case
    ByteRange range;
  };

  [[nodiscard]] std::optional<ClaimFound> claim_of(const std::vector<Word>& sentence);
  [[nodiscard]] bool has_what_it_needs(const Claim& claim);

  std::string_view file_;
  std::vector<std::optional<bool>> has_what_it_needs_;  // of each claim, once it was looked for
};

}  // namespace pglatch
