// What psql reads besides SQL: meta-commands, variables and COPY data, found and blanked out so that
// what is left can be parsed at its own offsets.
#pragma once

#include <string>
#include <string_view>

#include "analyzer/source/script.h"

namespace pglatch {

/// The text with everything that is psql's taken out, byte for byte the same size, or an empty
/// string where there is nothing of psql in it:
/// - a meta-command becomes blanks to the end of its line; one that sends the query buffer (\g, \gx,
///   \gset, \gexec, \gdesc, \crosstabview, \watch) leaves a semicolon in the place of its backslash,
///   and so does \; ,
/// - the data lines after COPY … FROM STDIN and \copy … from stdin, up to and with \. or, without it,
///   to the end, become blanks,
/// - :name, :'name', :"name" and :{?name} become an identifier, a string, a quoted identifier and TRUE
///   of the same size (not inside a subscript, where a colon is a slice, not after a string, where it
///   is JSON_OBJECT's, and never for :: and :=); :name becomes blanks where a statement begins.
/// Both branches of \if stay. Line endings are kept.
[[nodiscard]] std::string mask_psql(std::string_view text);

/// psql sends more than the script's own text: \i includes a file that could not be followed, \gexec executes what a
/// query returns, \c goes on in another database.
[[nodiscard]] bool runs_unseen_sql(const Script& script);

}  // namespace pglatch
