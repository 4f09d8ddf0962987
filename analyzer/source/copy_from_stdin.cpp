#include "analyzer/source/copy_from_stdin.h"

#include <cstddef>

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

// Looks for "std", what both words begin with, and so at every third byte mostly (Horspool's search).
bool may_copy_from_stdin(std::string_view text) noexcept {
  const auto lower = [&](std::size_t offset) { return static_cast<char>(text[offset] | 0x20); };
  for (std::size_t last = 2; last < text.size();) {
    switch (lower(last)) {
      case 'd':
        if (lower(last - 1) == 't' && lower(last - 2) == 's') return true;
        last += 3;
        break;
      case 't':
        last += 1;
        break;
      case 's':
        last += 2;
        break;
      default:
        last += 3;
        break;
    }
  }
  return false;
}

}  // namespace pglatch
