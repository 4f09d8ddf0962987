#include "analyzer/source/shell_psql.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pglatch::testing {
namespace {

// One line for each input: "c", "s" or "f", "1" for a single transaction, and the text as the server gets it.
std::vector<std::string> inputs(std::string_view script) {
  std::vector<std::string> found;
  for (const PsqlCall& call : find_psql_calls(script, 0)) {
    for (const PsqlInput& input : call.inputs) {
      std::string line = input.kind == PsqlInput::Kind::command ? "c" : input.kind == PsqlInput::Kind::file ? "f" : "s";
      if (call.single_transaction) line += "1";
      line += " " + (input.kind == PsqlInput::Kind::file ? input.file : input.text.text());
      while (line.back() == '\n') line.pop_back();
      const std::size_t blanks = line.find_first_not_of(' ', line.find(' '));
      line.erase(line.find(' ') + 1, blanks == std::string::npos ? 0 : blanks - line.find(' ') - 1);
      found.push_back(std::move(line));
    }
  }
  return found;
}

using Inputs = std::vector<std::string>;

TEST(ShellPsqlTest, CommandsAreReadFromTheOptions) {
  EXPECT_EQ(inputs("psql -U me -d shop -c 'SELECT 1'"), Inputs({"c SELECT 1"}));
  EXPECT_EQ(inputs("psql -Atc \"SELECT 1\" shop"), Inputs({"c SELECT 1"}));
  EXPECT_EQ(inputs("psql -c'SELECT 1' -c \"SELECT 2; SELECT 3\""), Inputs({"c SELECT 1", "c SELECT 2; SELECT 3"}));
  EXPECT_EQ(inputs("psql --command='SELECT 1' --single-transaction"), Inputs({"c1 SELECT 1"}));
  EXPECT_EQ(inputs("psql --command 'SELECT 1' -1"), Inputs({"c1 SELECT 1"}));
  EXPECT_EQ(inputs("psql -d \"-c\" -h x"), Inputs());
}

TEST(ShellPsqlTest, FilesAreNamed) {
  EXPECT_EQ(inputs("psql -1qf up.sql shop"), Inputs({"f1 up.sql"}));
  EXPECT_EQ(inputs("psql --file=a.sql -f b.sql"), Inputs({"f a.sql", "f b.sql"}));
  EXPECT_EQ(inputs("psql < a.sql; cat b.sql | psql"), Inputs({"f a.sql", "f b.sql"}));
  EXPECT_EQ(inputs("psql -f \"$FILE\""), Inputs({"f "}));
}

TEST(ShellPsqlTest, StandardInputIsAScript) {
  EXPECT_EQ(inputs("psql shop <<'EOF'\nSELECT 1;\nSELECT '$x';\nEOF\necho done\n"),
            Inputs({"s SELECT 1;\nSELECT '$x';"}));
  EXPECT_EQ(inputs("psql -1 <<-SQL\n\tSELECT 1;\n\tSQL\n"), Inputs({"s1 \tSELECT 1;"}));
  EXPECT_EQ(inputs("psql <<< 'SELECT 1'"), Inputs({"s SELECT 1"}));
  EXPECT_EQ(inputs("cat <<EOF | psql\nSELECT 1;\nEOF\n"), Inputs({"s SELECT 1;"}));
  EXPECT_EQ(inputs("echo \"SELECT 1\" | sudo -u postgres psql -q"), Inputs({"s SELECT 1"}));
  EXPECT_EQ(inputs("psql -f - <<EOF\nSELECT 1;\nEOF\n"), Inputs({"s SELECT 1;"}));
  EXPECT_EQ(inputs("psql <<EOF\nSELECT 1;\n"), Inputs({"s SELECT 1;"})) << "never closed";
}

TEST(ShellPsqlTest, TheWordMayStandAnywhereInACommand) {
  EXPECT_EQ(inputs("PGPASSWORD=x sudo -u postgres /usr/bin/psql -c 'SELECT 1'"), Inputs({"c SELECT 1"}));
  EXPECT_EQ(inputs("docker exec -it db psql -c 'SELECT 1' && psql -c 'SELECT 2' || exit"),
            Inputs({"c SELECT 1", "c SELECT 2"}));
  EXPECT_EQ(inputs("N=$(psql -Atc \"SELECT 1\")\necho \"$(psql -c 'SELECT 2')\""),
            Inputs({"c SELECT 1", "c SELECT 2"}));
  EXPECT_EQ(inputs("apt install psql # psql -c 'SELECT 1'\nwhich psql\n"), Inputs());
}

TEST(ShellPsqlTest, QuotesMeanWhatTheShellMakesOfThem) {
  EXPECT_EQ(inputs(R"(psql -c "SELECT \"A\", \\d, '\$x', \x")"), Inputs({R"(c SELECT "A", \d, '$x', \x)"}));
  EXPECT_EQ(inputs(R"(psql -c 'SELECT '\''a'\''')"), Inputs({"c SELECT 'a'"}));
  EXPECT_EQ(inputs(R"(psql -c $'SELECT \'a\'\n')"), Inputs({"c SELECT 'a'"}));
  EXPECT_EQ(inputs("psql \\\n  -c \"SELECT $TABLE, ${a:-b}, $(date)\""), Inputs({"c SELECT $TABLE, ${a__b}, ${date}"}));
  // The shell puts its own number in the place of two dollars.
  EXPECT_EQ(inputs("psql -c \"DO $$ BEGIN END $$\""), Inputs({"c DO 00 BEGIN END 00"}));
}

TEST(ShellPsqlTest, AQuoteThatIsNeverClosedIsALetter) {
  EXPECT_EQ(inputs("echo don't\npsql -c \"SELECT 1\""), Inputs({"c SELECT 1"}));
  EXPECT_EQ(inputs("psql -c \"SELECT 1"), Inputs({"c \"SELECT"}));
  EXPECT_EQ(inputs("psql -c \"SELECT $(x\" y"), Inputs({"c SELECT $(x"}));
}

TEST(ShellPsqlTest, OffsetsAreThoseOfTheFile) {
  const std::vector<PsqlCall> calls = find_psql_calls("psql -c 'SELECT 1'", 100);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].start, 100U);
  EXPECT_EQ(calls[0].inputs[0].text.start(), 109U);
  EXPECT_EQ(calls[0].inputs[0].end, 117U);
}

}  // namespace
}  // namespace pglatch::testing
