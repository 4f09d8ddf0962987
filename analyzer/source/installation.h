// Installations that are cut into files: orders_tables.sql, orders_indexes.sql, orders_constraints.sql. Their names
// tell which come first, and that they are run together, on a database that has nothing of it yet.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/source/script.h"

namespace pglatch {

/// Makes parts of one script of the scripts that make indexes and constraints for the tables of one beside them: plain
/// SQL without a version, with names that differ in their last words alone. They come after it, keys before what
/// references them. Gives the parts, whose reason says so.
std::vector<const Script*> join_installations(std::vector<Script>& scripts);

/// The folders of these files in which there is one of upgrades (upgrade, Pg-upgrade2): what stands beside that makes
/// anew, on an empty database, what those bring up to date.
[[nodiscard]] std::set<std::string, std::less<>> folders_with_upgrades(const std::vector<std::string>& paths);
/// Whether it is such a file.
[[nodiscard]] bool is_beside_upgrades(const Script& script, const std::set<std::string, std::less<>>& folders);

/// The file is in a folder `drop`, and what it takes away is made by one in the folder `create` beside it, which has
/// its name: drop/orders.drop.sql, create/orders.create.sql. No database that anybody uses waits for it.
[[nodiscard]] bool takes_installation_away(const std::string& path);

}  // namespace pglatch
