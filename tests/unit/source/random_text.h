#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace pglatch::testing {

// Texts of pieces that matter to the lexer and to psql, and of any bytes, the same ones in every run.
class RandomText {
 public:
  explicit RandomText(unsigned seed) : random_(seed) {}

  std::string next() {
    static constexpr std::string_view kPieces[] = {"'",
                                                   "''",
                                                   "\"",
                                                   "E'",
                                                   "U&\"",
                                                   "\\",
                                                   "\\\\",
                                                   "$$",
                                                   "$a$",
                                                   "$1",
                                                   "$",
                                                   "--",
                                                   "/*",
                                                   "*/",
                                                   "\n",
                                                   "\r\n",
                                                   "\r",
                                                   " ",
                                                   "\t",
                                                   ";",
                                                   "(",
                                                   ")",
                                                   "[",
                                                   "]",
                                                   ":",
                                                   "::",
                                                   ":=",
                                                   ":x",
                                                   ":'x'",
                                                   ":\"x\"",
                                                   ":{?x}",
                                                   "..",
                                                   "1.5e10",
                                                   "0x1F",
                                                   "1_000",
                                                   "é",
                                                   "😀",
                                                   "\xFF",
                                                   "copy t from stdin;",
                                                   "\n\\.\n",
                                                   "\\copy t from stdin\n",
                                                   "\\gexec",
                                                   "\\if ",
                                                   "\\;",
                                                   "\\.",
                                                   "begin ",
                                                   "atomic ",
                                                   "case ",
                                                   "end ",
                                                   "create function ",
                                                   "create rule ",
                                                   "select ",
                                                   "a",
                                                   "`",
                                                   "\\echo `"};
    std::string text;
    const std::size_t count = random_() % 40;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t pick = random_() % (std::size(kPieces) + 4);
      if (pick < std::size(kPieces)) {
        text += kPieces[pick];
      } else {
        text += static_cast<char>(random_() % 256);
      }
    }
    return text;
  }

 private:
  std::mt19937 random_;
};

}  // namespace pglatch::testing
