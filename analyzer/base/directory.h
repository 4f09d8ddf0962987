// What is in a directory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/base/result.h"

namespace pglatch {

struct DirectoryEntry {
  enum class Kind : std::uint8_t { file, directory, link, other };

  std::string name;
  Kind kind = Kind::other;  ///< of the entry itself: a link is a link, wherever it leads
};

/// All entries but "." and "..", in no order.
[[nodiscard]] Result<std::vector<DirectoryEntry>> read_directory(const std::string& path);

}  // namespace pglatch
