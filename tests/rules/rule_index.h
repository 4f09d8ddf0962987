// The index of all rules in integrations/docs/rules.md, made of the registry, so that it cannot be out of date.
#pragma once

#include <string>

namespace pglatch::testing {

/// The page, as Markdown: one table a group, each rule with its page and its names in other tools.
std::string rule_index_page();

}  // namespace pglatch::testing
