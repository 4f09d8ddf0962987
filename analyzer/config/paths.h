// Paths as text alone: nothing here looks at the disk but for the working directory.
#pragma once

#include <string>

namespace pglatch {

/// The path from the root on, without "." and ".." where that takes no look at links.
[[nodiscard]] std::string absolute_path(const std::string& path);

/// The path of the folder that a file is in; of the root the root.
[[nodiscard]] std::string folder_of(const std::string& absolute);

/// The path from a folder (absolute) to a file (absolute).
[[nodiscard]] std::string relative_path(const std::string& absolute, const std::string& folder);

/// The path as a user in the working directory would write it.
[[nodiscard]] std::string display_path(const std::string& path);

}  // namespace pglatch
