// The table of keys against the reader of pglatch.toml: neither knows a key that the other does not.
#include "analyzer/config/config_keys.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "analyzer/config/read_config.h"
#include "rules/registry.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;

// All messages about a configuration, one a line.
std::string mistakes(const std::string& text) {
  const RuleNames names(all_rules(), rule_aliases());
  const auto file = std::make_shared<const SourceFile>("pglatch.toml", text);
  std::string messages;
  for (const ConfigError& error : parse_config(file, "/project", names).errors) messages += error.message + '\n';
  return messages;
}

std::string as_toml(const ConfigKey& key) {
  return fmt::format("{}{} = {}\n", key.table.empty() ? "" : fmt::format("[{}]\n", key.table), key.name, key.example);
}

// What a message lists behind "there are".
std::set<std::string> listed(const std::string& message) {
  std::set<std::string> words;
  auto at = message.find("there are ");
  if (at == std::string::npos) return words;
  for (at += 10; at < message.size();) {
    const auto end = std::min(message.find_first_of(",\n", at), message.size());
    words.insert(message.substr(at, end - at));
    at = end + 2;
  }
  return words;
}

TEST(ConfigKeys, EachExampleIsReadWithoutAMistake) {
  for (const ConfigKey& key : config_keys()) EXPECT_EQ(mistakes(as_toml(key)), "") << as_toml(key);
}

TEST(ConfigKeys, EachIsOneThatTheReaderChecks) {
  for (const ConfigKey& key : config_keys()) {
    ConfigKey wrong = key;
    wrong.example = "1979-05-27";
    EXPECT_NE(mistakes(as_toml(wrong)), "") << as_toml(wrong);
  }
}

TEST(ConfigKeys, AllThatTheReaderKnowsAreInTheTable) {
  std::set<std::string> outside;
  std::set<std::string> migrations;
  std::set<std::string> timeouts;
  for (const ConfigKey& key : config_keys()) {
    outside.emplace(key.table.empty() ? key.name : key.table);
    if (key.table == "migrations") migrations.emplace(key.name);
    if (key.table == "timeouts") timeouts.emplace(key.name);
  }
  EXPECT_EQ(listed(mistakes("qqqqqqqqqqqqqqqq = 1\n")), outside);
  EXPECT_EQ(listed(mistakes("[migrations]\nqqqqqqqqqqqqqqqq = 1\n")), migrations);
  EXPECT_EQ(listed(mistakes("[timeouts]\nqqqqqqqqqqqqqqqq = 1\n")), timeouts);
}

}  // namespace
}  // namespace pglatch::testing
