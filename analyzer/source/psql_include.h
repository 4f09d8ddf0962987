// psql's \i and \ir: what a script includes is put in its place, since it is run there, in the same session.
#pragma once

#include <string>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// One command that includes a file.
struct PsqlInclude {
  ByteRange command;         ///< from the backslash to the end of the name
  std::string name;          ///< as written, without quotes; empty where it depends on a variable or a command
  bool is_relative = false;  ///< \ir: to the file that the command is in
};

/// The commands of a script that psql's language was taken out of (mask_psql), in order. PostgreSQL documentation,
/// psql, "Meta-Commands": \i, \include, \ir, \include_relative.
[[nodiscard]] std::vector<PsqlInclude> find_psql_includes(const Script& script);

/// The scripts with all that they include in its place: a script that includes something is cut there, its parts and
/// what is between them go on from each other (Script::goes_on). A name that belongs to \i is looked for from where
/// pglatch was started, which is where psql would be, then from the file's own folder and those above it up to the root
/// of the repository. What is not found, cannot be read or includes itself stays unseen (Script::hides_sql).
[[nodiscard]] std::vector<Script> follow_psql_includes(std::vector<Script> scripts);

/// Which of the files, each given by its path and what was read of it, another one of them includes: it is run there,
/// and not again. Of files that include each other one stays.
[[nodiscard]] std::vector<bool> are_included_by_others(const std::vector<std::string>& paths,
                                                       const std::vector<std::vector<Script>>& files);

}  // namespace pglatch
