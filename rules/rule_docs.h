#pragma once

#include <string_view>

namespace pglatch {

// The Markdown of rules/<group>/<rule_id>.md, embedded at build time; empty if there is no such page.
std::string_view rule_doc(std::string_view rule_id) noexcept;

}  // namespace pglatch
