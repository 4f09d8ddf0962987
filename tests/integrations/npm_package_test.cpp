// The npm packages: packed, installed without a network, run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/integrations/tools.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// npm as it is without a network, and with nothing in its cache.
ProcessResult npm(const Sandbox& sandbox, const std::string& folder, std::vector<std::string> arguments) {
  std::vector<std::string> command{"npm", "--offline", "--no-audit", "--no-fund", "--no-update-notifier"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return sandbox.run(command, folder, {{"npm_config_cache", (sandbox.path() / "cache").string()}});
}

// What `npx pglatch` runs; that npx does is tried once, as it takes its time.
ProcessResult installed(const Sandbox& sandbox, const std::string& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "node_modules/.bin/pglatch");
  return sandbox.run(arguments, folder);
}

// One test: packing is what takes the time.
TEST(NpmPackage, RunsAfterAnInstallationWithoutANetwork) {
  PGLATCH_NEEDS_TOOL("npm");
  Sandbox sandbox;
  sandbox.write("whole/package.json", "{\"private\": true}\n");
  sandbox.write("part/package.json", "{\"private\": true}\n");
  std::istringstream out(sandbox.must(
      {source_file("integrations/npm/pack.sh").string(), PGLATCH_BINARY, (sandbox.path() / "packed").string()}, "."));
  std::vector<std::string> packed;
  for (std::string line; std::getline(out, line);) packed.push_back(line);
  ASSERT_THAT(packed, SizeIs(2));

  const auto whole = npm(sandbox, "whole", {"install", packed[0], packed[1]});
  ASSERT_EQ(whole.exit_code, 0) << whole.out << whole.err;
  const auto version = npm(sandbox, "whole", {"exec", "--no", "--", "pglatch", "--version"});
  EXPECT_EQ(version.exit_code, 0) << version.err;
  EXPECT_EQ(version.out, run_pglatch({"--version"}).out);
  // Streams, arguments and the status are the program's.
  sandbox.write("whole/a b.sql", "CREATE INDEX ON orders (customer_id);\n");
  const auto lint = installed(sandbox, "whole", {"lint", "--format", "concise", "a b.sql"});
  EXPECT_EQ(lint.exit_code, 1) << lint.err;
  EXPECT_THAT(lint.out, HasSubstr("a b.sql:1:1: error: "));
  const auto misused = installed(sandbox, "whole", {"lint", "--nonsense"});
  EXPECT_EQ(misused.exit_code, 2);
  EXPECT_THAT(misused.err, HasSubstr("nonsense"));

  const auto part = npm(sandbox, "part", {"install", "--omit=optional", packed[0]});
  ASSERT_EQ(part.exit_code, 0) << part.out << part.err;
  const auto result = installed(sandbox, "part", {"--version"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("is not installed"));
  EXPECT_THAT(result.err, HasSubstr("--omit=optional"));
}

}  // namespace
}  // namespace pglatch::testing
