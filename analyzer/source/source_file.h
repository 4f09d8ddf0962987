// A file as it was read: its path, its text, its line index.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "analyzer/base/result.h"
#include "analyzer/source/line_index.h"

namespace pglatch {

/// An immutable input file. All offsets of pglatch count from the first byte after a byte order
/// mark, so `text` is what they index; `has_bom` is kept for writing the file back as it was.
class SourceFile {
 public:
  /// `text` must be valid UTF-8 without byte order mark. `path` is shown to the user as it is.
  SourceFile(std::string path, std::string text, bool has_bom = false);
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] bool has_bom() const noexcept { return has_bom_; }
  [[nodiscard]] const LineIndex& lines() const noexcept { return lines_; }

 private:
  std::string path_;
  std::string text_;
  bool has_bom_;
  LineIndex lines_;
};

/// Reads a file from disk, or standard input where `path` is "-" (shown as `shown_as`). Fails with
/// a message that says what to do for: a missing file, a directory, a broken link, no permission, a
/// device or pipe, more than kMaxFileBytes, UTF-16, bytes that are not UTF-8 and NUL bytes (with line
/// and column of the first; columns count characters). An empty file is a file without statements.
[[nodiscard]] Result<std::shared_ptr<const SourceFile>> read_source_file(const std::string& path,
                                                                         std::string shown_as = {});

/// The same checks on bytes already in memory.
[[nodiscard]] Result<std::shared_ptr<const SourceFile>> make_source_file(std::string path, std::string bytes);

/// Above this a file is refused: PostgreSQL's own parser stops at 1 GiB, and no migration is near it.
inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;

}  // namespace pglatch
