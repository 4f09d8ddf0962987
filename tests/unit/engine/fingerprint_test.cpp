#include "analyzer/engine/fingerprint.h"

#include <gtest/gtest.h>

#include "tests/unit/report/canned_reports.h"

namespace pglatch::testing {
namespace {

// A finding at the first `piece` of a file that is one statement after the first `before` bytes.
std::uint64_t fingerprint_at(const std::string& text, std::string_view piece, std::uint32_t before = 0,
                             const std::string& path = "a.sql") {
  Finding finding;
  finding.rule = "some-rule";
  finding.relations = {"public.t"};
  finding.file = source(path, text);
  finding.range = range_of(text, piece);
  finding.statement = {before, static_cast<std::uint32_t>(text.size())};
  return fingerprint(finding);
}

const std::string kStatement = "ALTER TABLE t ALTER a SET NOT NULL, ALTER b SET NOT NULL";

TEST(FingerprintTest, OutlivesMovesLayoutCommentsAndCase) {
  const std::uint64_t expected = fingerprint_at(kStatement, "SET");
  EXPECT_EQ(fingerprint_at(kStatement, "SET", 0, "b.sql"), expected);
  EXPECT_EQ(fingerprint_at("SELECT 1;\n\n" + kStatement, "SET", 11), expected);
  EXPECT_EQ(fingerprint_at("alter table T -- why\n  alter A set /* é */ not null,\n  alter b set not null", "set"),
            expected);
}

TEST(FingerprintTest, TellsStatementsPlacesAndRulesApart) {
  const std::uint64_t expected = fingerprint_at(kStatement, "SET");
  EXPECT_NE(fingerprint_at("ALTER TABLE t ALTER c SET NOT NULL, ALTER b SET NOT NULL", "SET"), expected);
  EXPECT_NE(fingerprint_at(kStatement, "SET NOT NULL, ALTER b"), fingerprint_at(kStatement, "b SET"));
  EXPECT_NE(fingerprint_at("SELECT 'A'", "SELECT"), fingerprint_at("SELECT 'a'", "SELECT"));
  EXPECT_NE(fingerprint_at("SELECT a b", "SELECT"), fingerprint_at("SELECT ab", "SELECT"));
}

// The value is stored by services between runs, so it must never change.
TEST(FingerprintTest, IsTheSameForever) { EXPECT_EQ(fingerprint_at(kStatement, "SET"), 0x4d778ede3c06be7du); }

}  // namespace
}  // namespace pglatch::testing
