// What lies around a migration file, where that tells whose it is and how it is run. Files are looked for on disk, also
// for one that was read from elsewhere; what cannot be read is not there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pglatch {

/// Whether there is a file of that name (a path from there on) in the folder of `path`.
[[nodiscard]] bool has_beside(const std::string& path, std::string_view name);

/// Its text, or nothing.
[[nodiscard]] std::optional<std::string> read_beside(const std::string& path, std::string_view name);

/// Whether a file of that name (`Cargo.toml`) with that word in its text is in the folder of `path` or one above, up to
/// the root of the repository. An empty word: it only has to be there.
[[nodiscard]] bool project_mentions(const std::string& path, std::string_view name, std::string_view word);

}  // namespace pglatch
