// COPY … FROM STDIN: the statement after which a psql script goes on with data instead of SQL.
#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/source/lexer.h"

namespace pglatch {

/// Tells from the tokens of a statement, fed one by one, whether it copies from standard input.
class CopyFromStdin {
 public:
  /// `nested`: the token stands in parentheses, as the columns and a query do.
  void feed(const Token& token, std::string_view text, bool nested) noexcept;
  [[nodiscard]] bool reads_stdin() const noexcept { return state_ == State::reads; }

 private:
  enum class State : std::uint8_t { start, copy, from, reads, other };
  State state_ = State::start;
};

/// False only where the text has no such statement; true may be wrong. Fast.
[[nodiscard]] bool may_copy_from_stdin(std::string_view text) noexcept;

}  // namespace pglatch
