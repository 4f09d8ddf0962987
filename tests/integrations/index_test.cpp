// integrations/README.md says of every example where it goes.
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "tests/integrations/tools.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

// Not to be copied by anybody: what is generated, and what belongs to something that is.
bool is_part_of_something(const std::string& file) {
  for (const char* part : {"docs/", "schemas/", "dist/", "npm/", "github/scripts/", "README.md", ".dockerignore"}) {
    if (file.starts_with(part) || file.ends_with(part)) return true;
  }
  return false;
}

TEST(Index, NamesEveryExampleAndNoOther) {
  const fs::path folder = source_file("integrations");
  const std::string text = read_source("integrations/README.md");
  std::set<std::string> named;
  const std::regex link("\\]\\(([^)#:]+)\\)");
  for (std::sregex_iterator each(text.begin(), text.end(), link), last; each != last; ++each) {
    const std::string target = (*each)[1];
    EXPECT_TRUE(fs::exists(folder / target)) << target;
    named.insert(target);
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string file = fs::relative(entry.path(), folder).string();
    if (!entry.is_regular_file() || is_part_of_something(file)) continue;
    EXPECT_EQ(named.count(file), 1U) << file << " is not in integrations/README.md";
  }
}

}  // namespace
}  // namespace pglatch::testing
