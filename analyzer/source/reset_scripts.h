// What a database is given before its first migration, where a framework's settings name it: graphile-migrate runs the
// files of `afterReset` in .gmrc when it has made the database anew.
#pragma once

#include <vector>

#include "analyzer/source/script.h"

namespace pglatch {

/// Puts such scripts before the migrations, in the order in which they are named. Gives them; their reason says so.
std::vector<const Script*> put_reset_scripts_first(std::vector<Script>& scripts);

}  // namespace pglatch
