#include "analyzer/base/utf8.h"

#include <gtest/gtest.h>

namespace pglatch {
namespace {

TEST(Utf8Test, DecodesWhatItEncodes) {
  for (const char32_t code_point : {U'\0', U'a', U'\x7f', U'\x80', U'é', U'\u07ff', U'\u0800', U'日', U'\ud7ff',
                                    U'\ue000', U'\ufffd', U'\uffff', U'\U00010000', U'😀', U'\U0010ffff'}) {
    std::string text;
    append_utf8(text, code_point);
    const Utf8Character character = first_character(text + "x");
    EXPECT_TRUE(character.valid()) << static_cast<std::uint32_t>(code_point);
    EXPECT_EQ(character.code_point, code_point);
    EXPECT_EQ(character.size, text.size());
  }
}

TEST(Utf8Test, RejectsWhatUnicodeRejects) {
  for (const std::string_view text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    const Utf8Character character = first_character(text);
    EXPECT_FALSE(character.valid());
    EXPECT_EQ(character.code_point, kReplacementCharacter);
    EXPECT_EQ(character.size, 1u);
  }
}

TEST(Utf8Test, FindsTheFirstBadByteWhereverItIs) {
  for (std::size_t ascii = 0; ascii < 40; ++ascii) {
    const std::string good = std::string(ascii, 'x') + "é" + std::string(ascii, 'y') + "😀";
    EXPECT_EQ(valid_utf8_prefix(good), good.size());
    EXPECT_EQ(valid_utf8_prefix(good + "\xff" + good), good.size());
    EXPECT_EQ(valid_utf8_prefix(good.substr(0, good.size() - 1)), good.size() - 4) << "cut in the last character";
  }
}

TEST(Utf8Test, RepairsByteByByte) {
  EXPECT_EQ(valid_utf8_prefix("é\xff"), 2u);
  EXPECT_EQ(to_valid_utf8("a\xff\xe2\x82 é\xc3"), "a\ufffd\ufffd\ufffd é\ufffd");
  EXPECT_EQ(to_valid_utf8("é😀"), "é😀");
  EXPECT_EQ(to_valid_utf8(""), "");
}

}  // namespace
}  // namespace pglatch
