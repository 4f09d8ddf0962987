// Whatever stands in a file of another language: it is read, and no offset moves.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/unit/source/frameworks/read.h"

namespace pglatch::testing {
namespace {

constexpr int kTexts = 1500;

std::string random_text(std::mt19937& random, const std::vector<std::string>& pieces) {
  std::string text;
  for (std::size_t count = random() % 40; count > 0; --count) text += pieces[random() % pieces.size()];
  return text;
}

void read_many(const std::string& path, const std::string& head, std::vector<std::string> pieces) {
  for (const char* piece : {"'",  "\"", "\\", "\n",   " ",  "$",  "{",  "}", "(", ")", "é", "SELECT 1", "DROP TABLE a;",
                            "--", "/*", "*/", "\r\n", "$$", "%s", ":a", "?"}) {
    pieces.emplace_back(piece);
  }
  std::mt19937 random(20240501);
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = head + random_text(random, pieces);
    for (const Script& script : read(path, text)) {
      const std::string_view sql = script.sql();
      ASSERT_EQ(sql.size(), text.size()) << text;
      ASSERT_EQ(sql.data()[sql.size()], '\0');
    }
  }
}

TEST(RandomInputsTest, Runbooks) {
  read_many("a.md", "",
            {"```sql\n", "```\n", "```sh\n", "> ",  "- ",        "psql -c ",  "psql <<A\n", "A\n", "<<< ", "$(",
             "`",        "| ",    "<a>",     "...", "---+---\n", "(1 row)\n", "x=# ",       "$'",  "-1 ",  "-f a "});
}

TEST(RandomInputsTest, Programs) {
  read_many("a.py", "import alembic\ndef upgrade():\n",
            {"op.execute(", "f'", "\"\"\"", "r'", "text(", "def downgrade():", "    ", "[", "]", ",", "+", "a = ", "a",
             "with autocommit_block():\n", "RunSQL(", "\\n", "\\u00e9", "\\", "#"});
  read_many("a.rb", "ActiveRecord::Migration\n",
            {"execute ", "<<~SQL", "SQL\n", "#{", "%q(", "%", "def down\n", "dir.up {", "end\n", "=begin\n", "=end\n",
             "/", "?", "<<-'A'", "A\n", "+"});
  read_many("a.ts", "knex exports.up = ",
            {"knex.raw(", "`", "${", "/", "//", "up(", "down(", "query<", ">(", ",", "[", "]", "+", "a",
             "a = ", "\\u{1F600}"});
}

}  // namespace
}  // namespace pglatch::testing
