// What of a script is psql's and cannot go into a plan: meta-commands, variables, data.
#pragma once

#include <string_view>
#include <vector>

#include "analyzer/parse/parser.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// The meta-commands of a script that do something a plan would have to do as well (\i, \connect,
/// \copy …; not \echo, \set, \timing), in order, each to the end of its line.
[[nodiscard]] std::vector<ByteRange> psql_commands(const Script& script, const ParsedScript& parsed);

/// A meta-command is \if, \elif, \else or \endif.
[[nodiscard]] bool is_conditional(const Script& script, ByteRange command);

/// psql would put variables in before it sends the statement.
[[nodiscard]] bool has_psql_variables(const Script& script, ByteRange statement);

/// The statement ends in \gexec, \gset or the like instead of a semicolon.
[[nodiscard]] bool is_sent_by_psql(const Script& script, ByteRange statement);

}  // namespace pglatch
