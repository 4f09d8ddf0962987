#include "tests/locks/effects_page.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

std::string page_of(const std::string& text) { return effects_page(parse_lock_cases("add_column.sql", text, "")); }

TEST(EffectsPageTest, IsFresh) {
  EXPECT_TRUE(matches_golden(effects_page(all_lock_cases()), fixture_path("../integrations/docs/locks.md")))
      << "UPDATE_GOLDEN=1 writes it anew";
}

TEST(EffectsPageTest, SaysAStatementOnceForAllItsVersions) {
  const std::string page = page_of(R"(-- case: one
-- with: foreign_key
-- statement:
alter table f
  add check (a || b > 'x');
-- expect 14-17:
--   lock f AccessExclusiveLock
--   lock r ShareLock
--   lock t AccessExclusiveLock
--   scan f
-- expect 18:
--   fails no such thing
)");
  EXPECT_NE(page.find("| `alter table f add check (a \\|\\| b > 'x');`<br>given [foreign_key](#foreign_key) | 14-17 | "
                      "ACCESS EXCLUSIVE `f`, `t`<br>SHARE `r` | scan `f` |\n"
                      "|  | 18 | refused: `no such thing` | |\n"),
            std::string::npos)
      << page;
}

TEST(EffectsPageTest, ShowsEverySchemaThatARowRefersTo) {
  const std::string page = page_of("-- case: one\n-- with: inheritance\n-- statement:\nselect 1;\n-- expect 14-18:\n");
  EXPECT_NE(page.find("\n### inheritance\n\n```sql\ncreate table inhp"), std::string::npos);
  EXPECT_NE(page.find("\n### base\n"), std::string::npos);
  EXPECT_NE(page.find("| `select 1;`<br>given [inheritance](#inheritance) | 14-18 | none |  |\n"), std::string::npos);
}

}  // namespace
}  // namespace pglatch::testing
