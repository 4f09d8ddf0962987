// The page that people link to: what statements lock and do, by PostgreSQL version, as servers showed it.
#pragma once

#include <string>
#include <vector>

#include "tests/locks/fixture.h"

namespace pglatch::testing {

// Markdown: one row for each case and each set of majors on which it does the same, in a section for each file.
// Everything comes from the fixtures, whose expectations the oracle read off servers.
std::string effects_page(const std::vector<LockCase>& cases);

}  // namespace pglatch::testing
