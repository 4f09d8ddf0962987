// Whole files in and out of memory. Every failure says what is wrong with which path and what to do.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/base/result.h"

namespace pglatch {

/// The bytes of a regular file. Fails for what is missing, a broken link, unreadable, larger than
/// `max_bytes`, or no regular file: a directory, a device, a pipe (never waits for one).
[[nodiscard]] Result<std::string> read_file(const std::string& path,
                                            std::size_t max_bytes = std::numeric_limits<std::size_t>::max());

/// Standard input to its end. Messages call it `name`.
[[nodiscard]] Result<std::string> read_standard_input(std::string_view name,
                                                      std::size_t max_bytes = std::numeric_limits<std::size_t>::max());

/// Replaces the content of a file, or makes it, so that at every moment there is either the old
/// content or all of the new: a temporary file beside it is written, synced and renamed. Permissions
/// stay, and a symbolic link stays one: its target is replaced. Gives the error where it failed, and
/// then the file is as it was.
[[nodiscard]] std::optional<Error> write_file_atomically(const std::string& path, std::string_view bytes);

/// Why a path cannot be opened, by the errno of the attempt.
[[nodiscard]] Error path_error(const std::string& path, int error_number);

}  // namespace pglatch
