// The SQL that shell commands hand to psql. POSIX, "Shell Command Language": quoting, here-documents; PostgreSQL
// documentation, psql, "Options".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/source/embedded_text.h"

namespace pglatch {

/// One thing that a psql is told to run.
struct PsqlInput {
  enum class Kind : std::uint8_t {
    command,  ///< -c: one message
    script,   ///< standard input: statement by statement, with psql's own commands
    file,     ///< -f: the same from a file
  };
  Kind kind = Kind::command;
  EmbeddedText text;      ///< of command and script
  std::uint32_t end = 0;  ///< the first byte behind the text
  std::string file;       ///< of file: as it stands there; empty where the shell puts it together
};

/// One call of psql. Its inputs are of one session, in order.
struct PsqlCall {
  std::vector<PsqlInput> inputs;  ///< none: it asks the user
  bool single_transaction = false;
  std::uint32_t start = 0;  ///< of the word psql
};

/// The calls of psql in a shell script that stands in its file from `base` on, in order: in whatever command the word
/// stands (sudo, docker exec …), with the here-documents and here-strings of its pipeline and what `echo`, `printf` and
/// `cat` hand to it; command substitutions too. Never fails: a quote that is never closed is a letter.
[[nodiscard]] std::vector<PsqlCall> find_psql_calls(std::string_view script, std::uint32_t base);

}  // namespace pglatch
