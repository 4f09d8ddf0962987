// Where PostgreSQL's manual describes a command.
#pragma once

#include <string>
#include <string_view>

#include "analyzer/parse/access.h"

namespace pglatch {

/// The command by which a statement is known, as the manual's reference calls it: "CREATE INDEX"; empty where
/// this is not known.
[[nodiscard]] std::string command_name(const Node* node);

/// The address of a page of the manual of a major version: "explicit-locking".
[[nodiscard]] std::string manual_url(std::string_view page, int pg_version);

/// The address of the reference page of a command.
[[nodiscard]] std::string command_url(std::string_view command, int pg_version);

}  // namespace pglatch
