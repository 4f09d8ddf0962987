#include "analyzer/base/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace pglatch {
namespace {

bool matches(std::string_view pattern, std::string_view path) {
  const auto glob = Glob::parse(pattern);
  EXPECT_TRUE(glob.ok()) << pattern;
  return glob.ok() && glob->matches(path);
}

struct Case {
  std::string_view pattern;
  std::string_view path;
  bool expected;
};

TEST(GlobTest, MeansWhatGitignoreMeans) {
  const Case cases[] = {
      // A name alone means it anywhere, a file as well as a folder with all in it.
      {"seeds", "seeds", true},
      {"seeds", "seeds/a.sql", true},
      {"seeds", "db/seeds/x/a.sql", true},
      {"seeds", "db/seeds.sql", false},
      {"*.sql", "a.sql", true},
      {"*.sql", "db/m/a.sql", true},
      {"*.sql", "db/a.sql.bak", false},
      {"*_down.sql", "m/1_down.sql", true},
      {"*_down.sql", "m/1_up.sql", false},
      {"*", "a", true},
      {"a*", "b/c", false},
      // With a slash it is the path from the root on.
      {"db/*.sql", "db/a.sql", true},
      {"db/*.sql", "db/m/a.sql", false},
      {"db/*.sql", "x/db/a.sql", false},
      {"/a.sql", "a.sql", true},
      {"/a.sql", "db/a.sql", false},
      {"db/seeds", "db/seeds/deep/a.sql", true},
      {"db//seeds", "db/seeds/a.sql", true},
      // A slash at the end means folders.
      {"seeds/", "db/seeds/a.sql", true},
      {"seeds/", "db/seeds", false},
      {"db/seeds/", "db/seeds/a.sql", true},
      {"db/seeds/", "x/db/seeds/a.sql", false},
      // Two stars are any folders, none too.
      {"**/a.sql", "a.sql", true},
      {"**/a.sql", "x/y/a.sql", true},
      {"db/**/a.sql", "db/a.sql", true},
      {"db/**/a.sql", "db/x/y/a.sql", true},
      {"db/**/a.sql", "x/db/a.sql", false},
      {"db/**", "db/x/a.sql", true},
      {"db/**", "dbx/a.sql", false},
      {"**/x/**/y/*.sql", "a/x/b/c/y/1.sql", true},
      {"**/x/**/y/*.sql", "a/x/b/c/z/1.sql", false},
      {"a**b", "aXXb", true},
      // Characters.
      {"V?.sql", "V1.sql", true},
      {"V?.sql", "V10.sql", false},
      {"V?.sql", "Vé.sql", true},
      {"[0-9]*.sql", "7_x.sql", true},
      {"[0-9]*.sql", "x.sql", false},
      {"[!0-9]*.sql", "x.sql", true},
      {"[^0-9]*.sql", "7.sql", false},
      {"[]x]", "]", true},
      {"[a-]", "-", true},
      {"[é-ü].sql", "ö.sql", true},
      {"\\*.sql", "*.sql", true},
      {"\\*.sql", "a.sql", false},
      {"[\\]]", "]", true},
      {"*a*b*c*", "xxaxxbxxcxx", true},
      {"*a*b*c*", "xxaxxcxxbxx", false},
      {"a.sql", "A.sql", false},
      // Outside of the root only names can match.
      {"*.sql", "../other/a.sql", true},
      {"other/*.sql", "../other/a.sql", false},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(matches(each.pattern, each.path), each.expected) << each.pattern << " on " << each.path;
  }
}

TEST(GlobTest, RefusesWhatItWouldNotMean) {
  for (const char* pattern : {"", "!seeds", "a[b", "a[", "[]", "{a,b}.sql", "x/[!"}) {
    const auto glob = Glob::parse(pattern);
    ASSERT_FALSE(glob.ok()) << pattern;
    EXPECT_NE(glob.error().message.find("pattern"), std::string::npos);
  }
}

TEST(GlobTest, IsFastOnWhatMakesOthersSlow) {
  std::string pattern;
  for (int i = 0; i < 30; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "b", std::string(5000, 'a')));
  std::string deep;
  std::string stars;
  for (int i = 0; i < 200; ++i) deep += "d/";
  for (int i = 0; i < 40; ++i) stars += "**/d/";
  EXPECT_FALSE(matches(stars + "x", deep + "y"));
}

}  // namespace
}  // namespace pglatch
