#include "analyzer/source/copy_from_stdin.h"

#include <cstddef>

#include "analyzer/base/ascii.h"

namespace pglatch {

void CopyFromStdin::feed(const Token& token, std::string_view text, bool nested) noexcept {
  switch (state_) {
    case State::start:
      state_ = token.is_word("copy", text) ? State::copy : State::other;
      break;
    case State::copy:
      if (!nested && token.is_word("from", text)) state_ = State::from;
      break;
    case State::from:
      // FROM STDOUT is the same to the grammar (copy_file_name in src/backend/parser/gram.y).
      state_ = token.is_word("stdin", text) || token.is_word("stdout", text) ? State::reads : State::copy;
      break;
    case State::reads:
    case State::other:
      break;
  }
}

// Looks for "std", what both words begin with, by the least frequent of its letters.
bool may_copy_from_stdin(std::string_view text) noexcept {
  for (const char d : {'d', 'D'}) {
    for (std::size_t at = text.find(d); at != std::string_view::npos; at = text.find(d, at + 1)) {
      if (at >= 2 && to_lower(text[at - 1]) == 't' && to_lower(text[at - 2]) == 's') return true;
    }
  }
  return false;
}

}  // namespace pglatch
