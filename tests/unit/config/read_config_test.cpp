#include "analyzer/config/read_config.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "analyzer/config/paths.h"
#include "rules/registry.h"

namespace pglatch {
namespace {

ConfigReading read(std::string text) {
  auto file = make_source_file("db/pglatch.toml", std::move(text));
  EXPECT_TRUE(file.ok());
  return parse_config(*file, absolute_path("db"), RuleNames(all_rules(), rule_aliases()));
}

// "line:column: message" of each error, in order.
std::vector<std::string> errors_of(std::string text) {
  std::vector<std::string> errors;
  const ConfigReading reading = read(std::move(text));
  EXPECT_EQ(reading.config == nullptr, !reading.errors.empty());
  for (const ConfigError& error : reading.errors) {
    const Position at = error.file->lines().position(error.where.start, ColumnUnit::code_points);
    errors.push_back(fmt::format("{}:{}: {}", at.line, at.column, error.message));
  }
  return errors;
}

std::string error_of(std::string text) {
  const auto errors = errors_of(std::move(text));
  EXPECT_EQ(errors.size(), 1U);
  return errors.empty() ? std::string() : errors.front();
}

// The text that the error underlines.
std::string marked_in(std::string text) {
  const ConfigReading reading = read(std::move(text));
  return reading.errors.empty() ? ""
                                : std::string(reading.errors.front().where.of(reading.errors.front().file->text()));
}

TEST(ReadConfigTest, AnEmptyFileSetsNothing) {
  for (const char* text : {"", "# nothing\n", "\n\n"}) {
    const ConfigReading reading = read(text);
    ASSERT_NE(reading.config, nullptr);
    EXPECT_FALSE(reading.config->pg_version.has_value());
    EXPECT_FALSE(reading.config->select.has_value());
    EXPECT_TRUE(reading.config->tables.empty());
  }
}

TEST(ReadConfigTest, ReadsEveryKey) {
  const ConfigReading reading = read(
      "pg-version = 17\n"
      "schema = [\"schema.sql\", \"/abs/more.sql\"]\n"
      "framework = \"plain\"\n"
      "execution-mode = \"single-message\"\n"
      "select = [\"all\"]\n"
      "ignore = [\"indexes\", \"E2\"]\n"
      "fail-on = \"never\"\n"
      "[per-file-ignores]\n"
      "\"seeds/**\" = [\"all\"]\n"
      "[severity]\n"
      "set-not-null-scan = \"info\"\n"
      "partitions = \"off\"\n"
      "[tables]\n"
      "\"public.orders\" = \"2_000_000_000 rows, 1.5 TB\"\n"
      "settings = { rows = 12 }\n"
      "archive.events = { bytes = \"3 GB\" }\n"
      "\"x.y\" = { rows = 1, bytes = 8192 }\n");
  for (const ConfigError& error : reading.errors) ADD_FAILURE() << error.message;
  ASSERT_NE(reading.config, nullptr);
  const Config& config = *reading.config;
  EXPECT_EQ(config.pg_version->value, 17);
  EXPECT_EQ(config.place(config.pg_version->where), "db/pglatch.toml:1");
  EXPECT_EQ(config.schema->value.at(0), "db/schema.sql");
  EXPECT_EQ(absolute_path(config.schema->value.at(1)), "/abs/more.sql");
  EXPECT_EQ(config.framework->value->name(), "plain");
  EXPECT_EQ(config.execution_mode->value, ExecutionMode::single_message);
  EXPECT_EQ(config.select->value.front().kind, NameKind::all);
  EXPECT_EQ(config.ignore->value.at(1).rules.front()->id, "set-not-null-scan");
  EXPECT_FALSE(config.fail_on->value.has_value());
  EXPECT_TRUE(config.per_file_ignores.front().value.glob.matches("seeds/a.sql"));
  ASSERT_EQ(config.severities.size(), 2U);
  EXPECT_EQ(config.severities[0].value.severity, Severity::info);
  EXPECT_FALSE(config.severities[1].value.severity.has_value());
  ASSERT_EQ(config.tables.size(), 4U);
  EXPECT_EQ(config.tables[0].value.name, "orders");
  EXPECT_EQ(config.tables[0].value.size.source, "db/pglatch.toml:14");
  EXPECT_EQ(config.tables[1].value.schema, "public");
  EXPECT_EQ(config.tables[2].value.schema, "archive");
  EXPECT_EQ(config.tables[2].value.size.bytes, std::uint64_t{3} << 30);
  EXPECT_EQ(config.tables[3].value.size.bytes, 8192U);
}

TEST(ReadConfigTest, ASnapshotStandsInThePlaceOfASchema) {
  const ConfigReading reading = read("pg-version = 17\nsnapshot = \"catalog.json\"\n");
  ASSERT_NE(reading.config, nullptr);
  EXPECT_EQ(reading.config->snapshot->value, "db/catalog.json");
  EXPECT_EQ(reading.config->place(reading.config->snapshot->where), "db/pglatch.toml:2");
  const std::string both = "schema beside snapshot: each tells of all that is there already, so keep one of them";
  EXPECT_EQ(error_of("schema = [\"s.sql\"]\nsnapshot = \"c.json\""), "2:12: " + both);
  EXPECT_EQ(error_of("snapshot = \"c.json\"\nschema = [\"s.sql\"]"), "2:10: " + both);
}

TEST(ReadConfigTest, EmptyListsAreSettings) {
  const ConfigReading reading = read("select = []\nschema = []\nignore = []\n[tables]\n[severity]\n");
  ASSERT_NE(reading.config, nullptr);
  EXPECT_TRUE(reading.config->select.has_value());
  EXPECT_TRUE(reading.config->select->value.empty());
}

TEST(ReadConfigTest, UnknownKeysAreErrorsWithTheNearestOne) {
  EXPECT_EQ(error_of("selct = []"), "1:1: there is no key 'selct'; did you mean 'select'?");
  EXPECT_EQ(error_of("pg_version = 17"), "1:1: there is no key 'pg_version'; did you mean 'pg-version'?");
  EXPECT_EQ(error_of("\n  [severities]"), "2:4: there is no key 'severities'; did you mean 'severity'?");
  const std::string foreign = error_of("excluded_rules = []");
  EXPECT_NE(foreign.find("there is no key 'excluded_rules'; there are pg-version, schema"), std::string::npos)
      << foreign;
  EXPECT_EQ(error_of("[tables]\na = { rows = 1, byte = 2 }"),
            "2:17: there is no key 'byte' here; did you mean 'bytes'?");
  EXPECT_EQ(marked_in("\nselct = []"), "selct");
}

TEST(ReadConfigTest, AWrongTypeIsToldWhatIsExpected) {
  const std::pair<const char*, const char*> cases[] = {
      {"pg-version = \"17\"",
       "1:14: pg-version has to be the server's major version as a number, such as 16, not a string"},
      {"pg-version = 17.1", "not a number with a fraction"},
      {"schema = \"a.sql\"", "schema has to be a list of paths, such as [\"db/schema.sql\"], not a string"},
      {"schema = [1]", "1:11: schema has to be a list of paths, such as [\"db/schema.sql\"], not a whole number"},
      {"schema = [\"\"]", "the path is empty"},
      {"snapshot = [\"c.json\"]", "snapshot has to be the path of what `pglatch snapshot` wrote, such as"},
      {"snapshot = \"\"", "the path is empty"},
      {"select = \"all\"", "select has to be a list of rules"},
      {"ignore = [true]", "not true or false"},
      {"ignore = { a = 1 }", "not a table"},
      {"framework = 1", "framework has to be one of"},
      {"execution-mode = []", "execution-mode has to be one of unknown, autocommit"},
      {"fail-on = false", "fail-on has to be one of error, warning, info, never, not true or false"},
      {"per-file-ignores = []", "per-file-ignores has to be a table of patterns"},
      {"[per-file-ignores]\nx = \"all\"", "2:5: \"x\" has to be a list of rules"},
      {"severity = \"error\"", "severity has to be a table of rules"},
      {"[severity]\nindexes = 2", "2:11: indexes has to be one of error, warning, info, off, not a whole number"},
      {"tables = 1979-05-27",
       "tables has to be a table of sizes, such as \"public.orders\" = \"2_000_000 rows\", not a date"},
      {"[tables]\na = 5", "2:5: a has to be a size"},
      {"[tables]\na = { rows = \"5\" }", "rows has to be a whole number, not a string"},
      {"[tables]\na = { bytes = 1.5 }", "bytes has to be a whole number, or a string with a unit"},
  };
  for (const auto& [text, expected] : cases) {
    const std::string error = error_of(text);
    EXPECT_NE(error.find(expected), std::string::npos) << text << "\n" << error;
  }
}

TEST(ReadConfigTest, AWrongValueIsToldWhatThereIs) {
  const std::pair<const char*, const char*> cases[] = {
      {"pg-version = 9", "pg-version cannot be 9: pglatch knows PostgreSQL 10 to 19"},
      {"pg-version = 170001", "cannot be 170001"},
      {"pg-version = -15", "cannot be -15"},
      {"framework = \"plian\"", "framework cannot be 'plian'; did you mean 'plain'?"},
      {"execution-mode = \"transactional\"", "did you mean 'transaction'?"},
      {"fail-on = \"errors\"", "fail-on cannot be 'errors'; did you mean 'error'?"},
      {"fail-on = \"off\"", "fail-on cannot be 'off'"},
      {"[severity]\nindexes = \"fatal\"", "indexes cannot be 'fatal'; there are error, warning, info, off"},
      {"[severity]\nindexs = \"info\"", "2:1: there is no rule or group 'indexs'; did you mean 'indexes'?"},
      {"select = [\"indexes\", \"set-not-nul\"]",
       "1:22: there is no rule or group 'set-not-nul'; did you mean 'set-not-null'?"},
      {"ignore = [\"\"]", "the name of a rule is empty"},
      {"ignore = [\"a,b\"]", "there is no rule or group 'a,b'"},
      {"ignore = [\"ban-char-fields\"]", "did you mean 'ban-char-field'?"},
      {"timeouts = 2", "timeouts has to be a table of durations, such as lock-timeout = \"2s\", not a whole number"},
      {"[timeouts]\nlock-timout = \"2s\"", "2:1: there is no key 'lock-timout' here; did you mean 'lock-timeout'?"},
      {"[timeouts]\nlock-timeout = \"2 seconds\"", "2:16: lock-timeout cannot be '2 seconds': it takes milliseconds"},
      {"[timeouts]\nmax-lock-timeout = -1", "max-lock-timeout cannot be '-1'"},
      {"[timeouts]\nmax-lock-timeout = true", "max-lock-timeout has to be a duration"},
      {"[per-file-ignores]\n\"a[b\" = [\"all\"]", "2:1: the pattern 'a[b' has a bracket that is not closed"},
      {"[per-file-ignores]\n\"!a\" = [\"all\"]", "patterns cannot be negated"},
      {"[per-file-ignores]\nx = [\"al\"]", "2:6: there is no rule or group 'al'"},
      {"[tables]\na = \"big\"", "2:5: 'big' is not a size"},
      {"[tables]\n\"a.b.c\" = \"5 rows\"", "2:1: 'a.b.c' is not the name of a table"},
      {"[tables]\na = { rows = -1 }", "rows cannot be negative"},
      {"[tables]\na = { bytes = \"5 rows\" }", "'5 rows' is not a number of bytes"},
      {"[tables]\norders = \"5 rows\"\n\"public.Orders\" = \"6 rows\"", "has a size already: db/pglatch.toml:"},
  };
  for (const auto& [text, expected] : cases) {
    const std::string error = error_of(text);
    EXPECT_NE(error.find(expected), std::string::npos) << text << "\n" << error;
  }
}

TEST(ReadConfigTest, TomlThatDoesNotParseIsOneErrorAtItsPlace) {
  for (const char* text :
       {"a = ", "select = [\"a\"", "x = 'abc\ny = 1", "[severity", "a = 1 b = 2", "= 1", "select = []\nselect = []",
        "[severity]\n[severity]", "a = tru\n", "x = 99999999999999999999", "\x01 = 1", "é = 1", "[ = 1"}) {
    const std::string error = error_of(text);
    EXPECT_NE(error.find("this is not TOML: "), std::string::npos) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
  EXPECT_EQ(error_of("pg-version = 17\nselect = [\n").substr(0, 2), "2:");
}

TEST(ReadConfigTest, DeepNestingIsAnErrorNotACrash) {
  EXPECT_NE(error_of("select = " + std::string(100000, '[')).find("not TOML"), std::string::npos);
  std::string dots = "a";
  for (int i = 0; i < 1'000'000; ++i) dots += ".a";
  EXPECT_NE(error_of("pg-version = 17\n" + dots + " = 1").find("2:1: this is no configuration"), std::string::npos);
  EXPECT_NE(error_of(dots.substr(0, 10001) + " = 1").find("there is no key 'a'"), std::string::npos);
}

TEST(ReadConfigTest, AllErrorsComeAtOnceInTheOrderOfTheFile) {
  const auto errors = errors_of("[tables]\nz = 1\na = 2\n[severity]\nx = \"info\"\n[nothing]\n");
  ASSERT_EQ(errors.size(), 4U);
  EXPECT_EQ(errors[0].substr(0, 4), "2:5:");
  EXPECT_EQ(errors[1].substr(0, 4), "3:5:");
  EXPECT_EQ(errors[2].substr(0, 4), "5:1:");
  EXPECT_EQ(errors[3].substr(0, 4), "6:2:");
}

TEST(ReadConfigTest, ColumnsCountCharacters) {
  EXPECT_EQ(error_of("[tables]\n\"Größe\" = \"😀\"").substr(0, 5), "2:11:");
  EXPECT_EQ(error_of("\xEF\xBB\xBFselct = []").substr(0, 4), "1:1:");
  EXPECT_EQ(error_of("pg-version = 17\r\nselct = []\r\n").substr(0, 4), "2:1:");
}

TEST(ReadConfigTest, AFileThatCannotBeReadIsAnError) {
  const ConfigReading reading = read_config("/nowhere/pglatch.toml", RuleNames(all_rules(), rule_aliases()));
  EXPECT_EQ(reading.config, nullptr);
  ASSERT_EQ(reading.errors.size(), 1U);
  EXPECT_EQ(reading.errors.front().file, nullptr);
  EXPECT_NE(reading.errors.front().message.find("/nowhere/pglatch.toml"), std::string::npos);
}

}  // namespace
}  // namespace pglatch
