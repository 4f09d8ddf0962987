#include "analyzer/report/terminal_text.h"

#include <gtest/gtest.h>

namespace pglatch {
namespace {

TEST(TerminalTextTest, WidthsAreWhatTerminalsUse) {
  EXPECT_EQ(cell_width("abc"), 3u);
  EXPECT_EQ(cell_width("é"), 1u);
  EXPECT_EQ(cell_width("e\u0301"), 1u);
  EXPECT_EQ(cell_width("日本語"), 6u);
  EXPECT_EQ(cell_width("😀"), 2u);
  EXPECT_EQ(cell_width("한국"), 4u);
  EXPECT_EQ(cell_width("Ωж…→"), 4u);
  EXPECT_EQ(cell_width("\U0002070E"), 2u);
}

TEST(TerminalTextTest, NothingPrintableMovesTheCursor) {
  EXPECT_EQ(printable("a\x1b[31m\r\n\tb\x7f"), "a␛[31m␍␊␉b␡");
  EXPECT_EQ(printable("\u202eevil\u2066\u200f"), "�evil��");
  EXPECT_EQ(printable("\u009b31m\u2028"), "�31m�");
  EXPECT_EQ(printable("caf\xe9 \xf0\x9f\x98"), "caf� ���");
  EXPECT_EQ(printable("é日😀"), "é日😀");
}

TEST(TerminalTextTest, ShortensToCells) {
  EXPECT_EQ(shorten("abc", 3), "abc");
  EXPECT_EQ(shorten("abcd", 3), "ab…");
  EXPECT_EQ(shorten("日本語", 6), "日本語");
  EXPECT_EQ(shorten("日本語", 5), "日本…");
  EXPECT_EQ(shorten("日本語", 4), "日…");
}

TEST(TerminalTextTest, PadsToCells) {
  std::string out;
  append_padded(out, "日", 4);
  append_padded(out, "long", 2);
  EXPECT_EQ(out, "日  long");
}

TEST(TerminalTextTest, PaintsOnlyWithColor) {
  EXPECT_EQ(Painter(true)(Style::error, "x"), "\x1b[1;31mx\x1b[0m");
  EXPECT_EQ(Painter(true)(Style::plain, "x"), "x");
  EXPECT_EQ(Painter(false)(Style::error, "x"), "x");
}

}  // namespace
}  // namespace pglatch
