// The fingerprint of a line by which GitHub code scanning recognises an alert after lines have moved.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pglatch {

/// The hash of every line of a file, computed as GitHub's upload action does: it recomputes the values and warns about
/// any that differs (github/codeql-action, src/fingerprints.ts). A line's hash covers the 100 UTF-16 units from its
/// beginning on that are neither blank nor tab, lines further down included, every line ending counted as one LF.
class LineHashes {
 public:
  /// `text` is valid UTF-8 without byte order mark; a mark in the file counts as a character of its first line.
  explicit LineHashes(std::string_view text, bool has_bom = false);

  /// "hash:n" of a 1-based line, n saying the how manieth line with that hash it is. Lines end as in LineIndex.
  [[nodiscard]] std::string of_line(std::uint32_t line) const;

  [[nodiscard]] std::uint32_t line_count() const noexcept { return static_cast<std::uint32_t>(lines_.size()); }

 private:
  struct Line {
    std::uint64_t hash = 0;
    std::uint32_t occurrence = 0;
  };
  std::vector<Line> lines_;
};

}  // namespace pglatch
