#include "analyzer/source/framework.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace pglatch::testing {
namespace {

std::shared_ptr<const SourceFile> file(std::string text) {
  return std::make_shared<const SourceFile>("a.sql", std::move(text));
}

TEST(FrameworkTest, EachHasANameOfItsOwnAndPlainIsLast) {
  std::set<std::string_view> names;
  for (const Framework* framework : frameworks()) {
    EXPECT_TRUE(names.insert(framework->name()).second) << framework->name();
    EXPECT_EQ(find_framework(framework->name()), framework);
  }
  EXPECT_EQ(frameworks().back()->name(), "plain");
  EXPECT_EQ(find_framework("no such framework"), nullptr);
  EXPECT_EQ(find_framework(""), nullptr);
}

TEST(FrameworkTest, TemplatesAreReadWhereSomebodyFillsThemIn) {
  const auto source = file("DROP TABLE ${schema}.orders;");
  EXPECT_EQ(read_scripts(source, find_framework("flyway")).front().sql(), "DROP TABLE \"$schema\".orders;");
  EXPECT_EQ(read_scripts(source).front().sql(), "DROP TABLE \"$schema\".orders;");
  EXPECT_EQ(read_scripts(source, find_framework("prisma")).front().sql(), source->text());
}

TEST(FrameworkTest, PlainFilesAreTheirOwnSql) {
  for (const char* text : {"SELECT 1;\n", "", "-- nothing\n"}) {
    const auto source = file(text);
    const std::vector<Script> scripts = read_scripts(source);
    ASSERT_EQ(scripts.size(), 1U);
    EXPECT_EQ(scripts[0].framework, "plain");
    EXPECT_EQ(scripts[0].mode, ExecutionMode::unknown);
    EXPECT_EQ(scripts[0].direction, Direction::up);
    EXPECT_EQ(scripts[0].file, source);
    EXPECT_EQ(scripts[0].sql().data(), source->text().data()) << "no copy";
    EXPECT_EQ(scripts[0].sql().size(), source->text().size());
  }
}

TEST(FrameworkTest, PsqlIsRecognisedByWhatOnlyPsqlReads) {
  for (const char* text : {"\\set x 1\nSELECT 1;", "SELECT 1 \\gexec\n", "COPY t FROM stdin;\n1\n\\.\n"}) {
    const auto source = file(text);
    const std::vector<Script> scripts = read_scripts(source);
    ASSERT_EQ(scripts.size(), 1U) << text;
    EXPECT_EQ(scripts[0].framework, "psql") << text;
    EXPECT_EQ(scripts[0].mode, ExecutionMode::autocommit) << text;
    EXPECT_EQ(scripts[0].sql().size(), source->text().size()) << text;
    EXPECT_EQ(scripts[0].sql().data()[scripts[0].sql().size()], '\0') << text;
    EXPECT_EQ(scripts[0].sql().find('\\'), std::string_view::npos) << text;
  }
}

// Other tools fill in :name as well, and run it in a transaction.
TEST(FrameworkTest, VariablesAloneDoNotSayHowAFileIsSent) {
  const std::vector<Script> scripts = read_scripts(file("GRANT CONNECT ON DATABASE :db TO :'role';"));
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(scripts[0].framework, "psql");
  EXPECT_EQ(scripts[0].mode, ExecutionMode::unknown);
  EXPECT_EQ(scripts[0].sql(), "GRANT CONNECT ON DATABASE _db TO  'role';");
}

TEST(FrameworkTest, AFrameworkThatIsNamedIsNotAskedWhetherItRecognises) {
  const std::vector<Script> psql = read_scripts(file("SELECT 1;"), find_framework("psql"));
  ASSERT_EQ(psql.size(), 1U);
  EXPECT_EQ(psql[0].framework, "psql");
  EXPECT_EQ(psql[0].mode, ExecutionMode::autocommit);
  EXPECT_EQ(psql[0].sql(), "SELECT 1;");

  const std::vector<Script> plain = read_scripts(file("\\set x 1\n"), find_framework("plain"));
  ASSERT_EQ(plain.size(), 1U);
  EXPECT_EQ(plain[0].framework, "plain");
  EXPECT_EQ(plain[0].sql(), "\\set x 1\n");
}

TEST(ScriptTest, ModesHaveNames) {
  EXPECT_EQ(to_string(ExecutionMode::unknown), "unknown");
  EXPECT_EQ(to_string(ExecutionMode::autocommit), "autocommit");
  EXPECT_EQ(to_string(ExecutionMode::transaction), "transaction");
  EXPECT_EQ(to_string(ExecutionMode::single_message), "single-message");
  EXPECT_EQ(to_string(ExecutionMode::pipeline), "pipeline");
}

}  // namespace
}  // namespace pglatch::testing
