// The forms of a verification's result. Each is a pure rendering: nothing is decided here.
#pragma once

#include <string>

#include "analyzer/server/verify.h"

namespace pglatch {

/// For people at a terminal.
[[nodiscard]] std::string write_verification_text(const Verification& verification);
/// For programs.
[[nodiscard]] std::string write_verification_json(const Verification& verification);
/// For a pull request: the verdict and a table.
[[nodiscard]] std::string write_verification_markdown(const Verification& verification);

}  // namespace pglatch
