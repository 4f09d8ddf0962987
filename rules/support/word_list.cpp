#include "rules/support/word_list.h"

#include <fmt/core.h>

#include <algorithm>

namespace pglatch {

std::string word_list(const std::vector<std::string>& words, std::size_t shown) {
  std::string text;
  const std::size_t named = std::min(words.size(), shown);
  for (std::size_t i = 0; i < named; ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  if (words.size() > named) text += fmt::format(" and {} more", words.size() - named);
  return text;
}

}  // namespace pglatch
