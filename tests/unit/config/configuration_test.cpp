// What is in force for which file, and who said so.
#include "analyzer/config/configuration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "rules/registry.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

class ConfigurationTest : public ::testing::Test {
 protected:
  static RuleNames names() { return {all_rules(), rule_aliases()}; }

  std::string path(const std::string& name) const { return (dir_.path() / name).string(); }

  // Of the files, which must be in order.
  Configuration configure(const std::vector<std::string>& files, CommandLineSettings command_line = {}) {
    Configuration configuration(std::move(command_line), names());
    for (const ConfigError& error : use(configuration, files)) ADD_FAILURE() << error.message;
    return configuration;
  }

  std::vector<ConfigError> use(Configuration& configuration, const std::vector<std::string>& files) {
    std::vector<std::string> paths;
    for (const std::string& file : files) paths.push_back(path(file));
    return configuration.use_for(paths);
  }

  static std::vector<NamedRules> named(const std::string& list) {
    auto found = names().find_all(std::vector<std::string>{list});
    EXPECT_TRUE(found.ok());
    return found.ok() ? *found : std::vector<NamedRules>();
  }

  RuleInForce rule(const Configuration& configuration, const std::string& file, std::string_view id) {
    for (const RuleInForce& each : configuration.rules(path(file))) {
      if (each.rule->id == id) return each;
    }
    ADD_FAILURE() << id;
    return {};
  }

  bool runs(Configuration& configuration, const std::string& file, std::string_view id) {
    const RuleSettings& settings = configuration.rule_settings(path(file));
    const bool on =
        std::any_of(settings.rules.begin(), settings.rules.end(), [&](const Rule* r) { return r->id == id; });
    EXPECT_EQ(on, rule(configuration, file, id).on);
    return on;
  }

  TempDir dir_;
};

constexpr const char* kIndex = "create-index-non-concurrent";
constexpr const char* kDrop = "drop-index-non-concurrent";
constexpr const char* kNotNull = "set-not-null-scan";

TEST_F(ConfigurationTest, WithoutAFileEverythingIsDefault) {
  Configuration configuration = configure({"a.sql"});
  EXPECT_EQ(configuration.pg_version().value, 15);
  EXPECT_EQ(configuration.pg_version().origin, "default");
  EXPECT_TRUE(configuration.schema().value.empty());
  EXPECT_EQ(configuration.fail_on().value, Severity::warning);
  EXPECT_EQ(configuration.config_of(path("a.sql")), nullptr);
  EXPECT_EQ(configuration.framework(path("a.sql")).value, nullptr);
  const auto by_default =
      std::count_if(all_rules().begin(), all_rules().end(), [](const Rule* r) { return !r->opt_in; });
  EXPECT_EQ(configuration.rule_settings(path("a.sql")).rules.size(), static_cast<std::size_t>(by_default));
  EXPECT_TRUE(configuration.timeouts().empty());
}

TEST_F(ConfigurationTest, OptInRulesRunWhereTheyAreSelected) {
  const auto runs = [&](const std::string& config, const char* rule) {
    dir_.write("pglatch.toml", config);
    Configuration configuration = configure({"a.sql"});
    const auto& rules = configuration.rule_settings(path("a.sql")).rules;
    return std::any_of(rules.begin(), rules.end(), [&](const Rule* each) { return each->id == rule; });
  };
  constexpr const char* kOptIn = "suppression-without-reason";
  EXPECT_FALSE(runs("", kOptIn));
  EXPECT_FALSE(runs("select = [\"default\"]", kOptIn));
  EXPECT_TRUE(runs("select = [\"default\"]", kNotNull));
  EXPECT_TRUE(runs("select = [\"all\"]", kOptIn));
  EXPECT_TRUE(runs("select = [\"default\", \"suppression-without-reason\"]", kOptIn));
  EXPECT_TRUE(runs("select = [\"input\"]", kOptIn));
  EXPECT_FALSE(runs("select = [\"all\"]\nignore = [\"input\"]", kOptIn));
}

TEST_F(ConfigurationTest, TimeoutsAreWhatSessionsBeginWithAndWhatIsTooLong) {
  dir_.write("pglatch.toml",
             "[timeouts]\nlock-timeout = \"2s\"\nmax-lock-timeout = 500\nmax-statement-timeout = \"1min\"\n");
  const Configuration configuration = configure({"a.sql"});
  EXPECT_EQ(configuration.session_settings().lock_timeout_ms, 2000);
  EXPECT_FALSE(configuration.session_settings().statement_timeout_ms.has_value());
  EXPECT_EQ(configuration.timeout_policy().max_lock_timeout_ms, 500);
  EXPECT_EQ(configuration.timeout_policy().max_statement_timeout_ms, 60'000);
  ASSERT_EQ(configuration.timeouts().size(), 3U);
  EXPECT_EQ(configuration.timeouts().front().first, "lock-timeout");
}

TEST_F(ConfigurationTest, TheNearestFileCountsAloneForEachFile) {
  dir_.write("pglatch.toml", "ignore = [\"indexes\"]\nexecution-mode = \"transaction\"\n");
  dir_.write("a/pglatch.toml", "ignore = [\"constraints\"]\n");
  Configuration configuration = configure({"x.sql", "a/x.sql", "a/deep/er/x.sql", "b/x.sql"});
  EXPECT_FALSE(runs(configuration, "x.sql", kIndex));
  EXPECT_TRUE(runs(configuration, "x.sql", kNotNull));
  EXPECT_TRUE(runs(configuration, "a/x.sql", kIndex));
  EXPECT_FALSE(runs(configuration, "a/x.sql", kNotNull));
  EXPECT_FALSE(runs(configuration, "a/deep/er/x.sql", kNotNull));
  EXPECT_FALSE(runs(configuration, "b/x.sql", kIndex));
  EXPECT_TRUE(configuration.execution_mode(path("b/x.sql")).value.has_value());
  EXPECT_FALSE(configuration.execution_mode(path("a/x.sql")).value.has_value());
}

TEST_F(ConfigurationTest, TheSearchEndsAtTheRootOfTheRepository) {
  dir_.write("pglatch.toml", "ignore = [\"indexes\"]\n");
  std::filesystem::create_directories(dir_.path() / "repo/.git");
  dir_.write("worktree/.git", "gitdir: elsewhere\n");
  Configuration configuration = configure({"repo/m/x.sql", "worktree/x.sql"});
  EXPECT_EQ(configuration.config_of(path("repo/m/x.sql")), nullptr);
  EXPECT_EQ(configuration.config_of(path("worktree/x.sql")), nullptr);
  dir_.write("repo/pglatch.toml", "");
  Configuration with = configure({"repo/m/x.sql"});
  EXPECT_NE(with.config_of(path("repo/m/x.sql")), nullptr);
}

TEST_F(ConfigurationTest, AFileForAllAndNone) {
  dir_.write("pglatch.toml", "broken");
  dir_.write("other/strict.toml", "select = [\"indexes\"]\npg-version = 18\n");
  CommandLineSettings given;
  given.config = path("other/strict.toml");
  Configuration all = configure({"x.sql", "y/x.sql"}, given);
  EXPECT_EQ(all.pg_version().value, 18);
  EXPECT_FALSE(runs(all, "y/x.sql", kNotNull));
  CommandLineSettings isolated;
  isolated.isolated = true;
  Configuration none = configure({"x.sql"}, isolated);
  EXPECT_TRUE(runs(none, "x.sql", kNotNull));
}

TEST_F(ConfigurationTest, MistakesAreReportedOnce) {
  dir_.write("pglatch.toml", "selct = []\nfail-on = 1\n");
  Configuration configuration({}, names());
  EXPECT_EQ(use(configuration, {"a.sql", "b/c.sql"}).size(), 2U);
  EXPECT_TRUE(use(configuration, {"b/d.sql"}).empty());
  CommandLineSettings given;
  given.config = path("missing.toml");
  Configuration missing(given, names());
  EXPECT_EQ(use(missing, {"a.sql"}).size(), 1U);
  EXPECT_TRUE(use(missing, {"a.sql"}).empty());
}

TEST_F(ConfigurationTest, TheCommandLineWins) {
  dir_.write("pglatch.toml",
             "pg-version = 17\nschema = [\"a.sql\"]\nfail-on = \"error\"\nframework = \"psql\"\n"
             "execution-mode = \"pipeline\"\n");
  CommandLineSettings given;
  given.pg_version = 12;
  given.schema = {"b.sql"};
  given.fail_on = Threshold();
  given.framework = find_framework("plain");
  given.execution_mode = ExecutionMode::autocommit;
  const Configuration configuration = configure({"x.sql"}, given);
  EXPECT_EQ(configuration.pg_version().value, 12);
  EXPECT_EQ(configuration.pg_version().origin, "--pg-version");
  EXPECT_EQ(configuration.schema().value, std::vector<std::string>{"b.sql"});
  EXPECT_FALSE(configuration.fail_on().value.has_value());
  EXPECT_EQ(configuration.framework(path("x.sql")).value->name(), "plain");
  EXPECT_EQ(configuration.execution_mode(path("x.sql")).value, ExecutionMode::autocommit);
  const Configuration file = configure({"x.sql"});
  EXPECT_EQ(file.pg_version().value, 17);
  EXPECT_NE(file.pg_version().origin.find("pglatch.toml:1"), std::string::npos);
  EXPECT_EQ(file.framework(path("x.sql")).value->name(), "psql");
  EXPECT_EQ(file.fail_on().value, Severity::error);
}

TEST_F(ConfigurationTest, SelectAndIgnoreOfTheFile) {
  dir_.write("pglatch.toml", "select = [\"indexes\", \"E2\"]\nignore = [\"create-index-non-concurrent\"]\n");
  Configuration configuration = configure({"x.sql"});
  EXPECT_TRUE(runs(configuration, "x.sql", kDrop));
  EXPECT_TRUE(runs(configuration, "x.sql", kNotNull));
  EXPECT_FALSE(runs(configuration, "x.sql", kIndex));
  EXPECT_FALSE(runs(configuration, "x.sql", "add-primary-key"));
  EXPECT_NE(rule(configuration, "x.sql", kIndex).why_off.find("ignore, "), std::string::npos);
  EXPECT_NE(rule(configuration, "x.sql", "add-primary-key").why_off.find("not in select, "), std::string::npos);
}

TEST_F(ConfigurationTest, SelectOnTheCommandLineSetsAsideAndIgnoreAdds) {
  dir_.write("pglatch.toml",
             "select = [\"constraints\"]\nignore = [\"create-index-non-concurrent\"]\n"
             "[severity]\ndrop-index-non-concurrent = \"off\"\n"
             "[per-file-ignores]\n\"seed.sql\" = [\"indexes\"]\n");
  CommandLineSettings select;
  select.select = named("indexes");
  Configuration selected = configure({"x.sql", "seed.sql"}, select);
  EXPECT_TRUE(runs(selected, "x.sql", kIndex));
  EXPECT_TRUE(runs(selected, "x.sql", kDrop));
  EXPECT_FALSE(runs(selected, "x.sql", kNotNull));
  EXPECT_FALSE(runs(selected, "seed.sql", kIndex));
  CommandLineSettings ignore;
  ignore.ignore = named("set-not-null-scan");
  Configuration ignored = configure({"x.sql"}, ignore);
  EXPECT_FALSE(runs(ignored, "x.sql", kNotNull));
  EXPECT_EQ(rule(ignored, "x.sql", kNotNull).why_off, "--ignore");
  EXPECT_FALSE(runs(ignored, "x.sql", kIndex));
  EXPECT_TRUE(runs(ignored, "x.sql", "add-primary-key"));
}

TEST_F(ConfigurationTest, PerFileIgnoresAreRelativeToTheirFile) {
  dir_.write("db/pglatch.toml",
             "[per-file-ignores]\n\"seeds/\" = [\"all\"]\n\"m/1_*.sql\" = [\"indexes\"]\n\"*.sql\" = [\"E2\"]\n");
  Configuration configuration = configure({"db/seeds/a/x.sql", "db/m/1_x.sql", "db/m/2_x.sql"});
  EXPECT_TRUE(configuration.rule_settings(path("db/seeds/a/x.sql")).rules.empty());
  EXPECT_FALSE(runs(configuration, "db/m/1_x.sql", kIndex));
  EXPECT_TRUE(runs(configuration, "db/m/2_x.sql", kIndex));
  EXPECT_FALSE(runs(configuration, "db/m/2_x.sql", kNotNull));
  EXPECT_EQ(&configuration.rule_settings(path("db/m/2_x.sql")), &configuration.rule_settings(path("db/m/3_x.sql")));
}

TEST_F(ConfigurationTest, TheNarrowestNameDecidesAboutSeverity) {
  dir_.write("pglatch.toml",
             "[severity]\n"
             "create-index-non-concurrent = \"warning\"\n"
             "drop-index-non-concurrent = \"error\"\n"
             "E2 = \"info\"\n"
             "constraints = \"warning\"\n"
             "indexes = \"off\"\n"
             "all = \"error\"\n");
  Configuration configuration = configure({"x.sql"});
  EXPECT_EQ(rule(configuration, "x.sql", kIndex).severity, Severity::warning);
  EXPECT_EQ(rule(configuration, "x.sql", kDrop).severity, Severity::error);
  EXPECT_EQ(rule(configuration, "x.sql", kNotNull).severity, Severity::info);
  EXPECT_EQ(rule(configuration, "x.sql", "add-primary-key").severity, Severity::warning);
  EXPECT_EQ(rule(configuration, "x.sql", "empty-file").severity, Severity::error);
  EXPECT_FALSE(runs(configuration, "x.sql", "concurrently-in-transaction"));
  EXPECT_TRUE(runs(configuration, "x.sql", kIndex));
  const RuleSettings& settings = configuration.rule_settings(path("x.sql"));
  EXPECT_EQ(settings.chosen_severity(kIndex), Severity::warning);
  EXPECT_FALSE(settings.chosen_severity("no-such-rule").has_value());
}

TEST_F(ConfigurationTest, OfNamesThatAreEquallyNarrowTheLastOneDecides) {
  dir_.write("pglatch.toml", "[severity]\nrequire-concurrent-index-creation = \"info\"\nE6 = \"error\"\n");
  const Configuration configuration = configure({"x.sql"});
  EXPECT_EQ(rule(configuration, "x.sql", kIndex).severity, Severity::error);
}

TEST_F(ConfigurationTest, FilesOfOneRunMustNotContradictEachOther) {
  dir_.write("a/pglatch.toml",
             "pg-version = 14\nschema = [\"s.sql\"]\nfail-on = \"info\"\n[tables]\nt = \"5 rows\"\nu = \"1 row\"\n");
  dir_.write("b/pglatch.toml",
             "pg-version = 17\nschema = [\"s.sql\"]\nfail-on = \"error\"\n[tables]\nt = \"6 rows\"\nu = \"1 row\"\n");
  const Configuration both = configure({"a/x.sql", "b/x.sql"});
  const auto errors = both.contradictions();
  ASSERT_EQ(errors.size(), 4U);
  EXPECT_NE(errors[0].message.find("pg-version is another one in "), std::string::npos) << errors[0].message;
  EXPECT_NE(errors[0].message.find("give --pg-version"), std::string::npos) << errors[0].message;
  EXPECT_NE(errors[0].file->path().find("b/pglatch.toml"), std::string::npos);
  EXPECT_NE(errors[3].message.find("another size"), std::string::npos) << errors[3].message;

  CommandLineSettings given;
  given.pg_version = 16;
  given.schema = {"x"};
  given.fail_on = Severity::error;
  EXPECT_EQ(configure({"a/x.sql", "b/x.sql"}, given).contradictions().size(), 1U) << "only the table's size is left";
  EXPECT_TRUE(configure({"a/x.sql", "a/y.sql"}).contradictions().empty());
}

TEST_F(ConfigurationTest, WhatTheCommandLineSaysOfTheSchemaSetsAsideWhatFilesSay) {
  dir_.write("pglatch.toml", "snapshot = \"catalog.json\"\n");
  dir_.write("s/pglatch.toml", "schema = [\"s.sql\"]\n");
  const Configuration file = configure({"x.sql"});
  EXPECT_TRUE(file.snapshot().value.ends_with("/catalog.json")) << file.snapshot().value;
  EXPECT_NE(file.snapshot().origin.find("pglatch.toml:1"), std::string::npos) << file.snapshot().origin;
  CommandLineSettings snapshot;
  snapshot.snapshot = "other.json";
  EXPECT_EQ(configure({"x.sql"}, snapshot).snapshot().value, "other.json");
  EXPECT_EQ(configure({"x.sql"}, snapshot).snapshot().origin, "--snapshot");
  EXPECT_TRUE(configure({"s/x.sql"}, snapshot).schema().value.empty());
  CommandLineSettings db;
  db.db = true;
  EXPECT_TRUE(configure({"x.sql"}, db).snapshot().value.empty());
  EXPECT_EQ(configure({"x.sql"}, db).snapshot().origin, "--db");
  CommandLineSettings schema;
  schema.schema = {"x"};
  EXPECT_TRUE(configure({"x.sql"}, schema).snapshot().value.empty());

  const auto errors = configure({"s/x.sql", "x.sql"}).contradictions();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].message.find("there is a schema in "), std::string::npos) << errors[0].message;
  EXPECT_TRUE(configure({"s/x.sql", "x.sql"}, snapshot).contradictions().empty());
}

TEST_F(ConfigurationTest, AFileThatSaysNothingContradictsNobody) {
  dir_.write("a/pglatch.toml", "ignore = [\"indexes\"]\n");
  dir_.write("b/pglatch.toml", "pg-version = 17\n[tables]\nt = \"5 rows\"\n");
  dir_.write("c/pglatch.toml", "pg-version = 17\n[tables]\nt = \"5 rows\"\nv = \"1 GB\"\n");
  const Configuration all = configure({"a/x.sql", "b/x.sql", "c/x.sql", "d/x.sql"});
  EXPECT_TRUE(all.contradictions().empty());
  EXPECT_EQ(all.pg_version().value, 17);
  EXPECT_EQ(all.tables().size(), 2U);
  EXPECT_FALSE(all.table_sizes().empty());
}

}  // namespace
}  // namespace pglatch::testing
