#pragma once

#include <string_view>

namespace pglatch {

// A file of integrations/ that `pglatch init` writes, embedded at build time: "pre-commit", "github", "gitlab",
// "azure", "jenkins"; empty if there is no such file.
std::string_view starter_text(std::string_view name) noexcept;

}  // namespace pglatch
