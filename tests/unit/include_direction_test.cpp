// The architecture, enforced: dependencies point downwards only, PostgreSQL's headers stay in analyzer/parse, and
// files stay readable in one go.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxLines = 500;

// What a folder may include: folders ("base" is analyzer/base), or single headers of another folder.
struct Allowed {
  std::set<std::string> folders;
  std::set<std::string> headers;
};

const std::map<std::string, Allowed>& allowed_includes() {
  // The plan's model is shared vocabulary: rules' recipes make plans, writers and reports read them.
  static const std::string plan_model = "analyzer/plan/plan.h";
  static const std::map<std::string, Allowed> allowed = {
      {"base", {{"base"}, {}}},
      {"source", {{"source", "base"}, {}}},
      {"parse", {{"parse", "source", "base"}, {}}},
      {"catalog", {{"catalog", "parse", "source", "base"}, {}}},
      {"locks", {{"locks", "catalog", "parse", "source", "base"}, {}}},
      {"rule_api", {{"rule_api", "locks", "catalog", "parse", "source", "base"}, {plan_model}}},
      {"rules", {{"rules", "rule_api", "locks", "catalog", "parse", "source", "base"}, {plan_model}}},
      {"engine", {{"engine", "rule_api", "locks", "catalog", "parse", "source", "base"}, {}}},
      {"config", {{"config", "engine", "rule_api", "catalog", "source", "base"}, {}}},
      {"plan", {{"plan", "engine", "rule_api", "locks", "catalog", "parse", "source", "base"}, {}}},
      // No parse: a report's words are made before, of plain data.
      {"report", {{"report", "engine", "rule_api", "locks", "catalog", "source", "base"}, {plan_model}}},
      {"server", {{"server", "plan", "engine", "rule_api", "locks", "catalog", "parse", "source", "base"}, {}}},
      {"lsp",
       {{"lsp", "report", "server", "plan", "config", "engine", "rule_api", "rules", "locks", "catalog", "parse",
         "source", "base"},
        {}}},
      {"cli",
       {{"cli", "lsp", "report", "server", "plan", "config", "engine", "rule_api", "rules", "locks", "catalog", "parse",
         "source", "base"},
        {}}},
  };
  return allowed;
}

// "analyzer/catalog/apply.h" is of "catalog", "rules/locking/x.cpp" of "rules"; none: not of ours.
std::optional<std::string> folder_of(const std::string& path) {
  if (path.starts_with("rules/")) return "rules";
  static const std::string analyzer = "analyzer/";
  if (!path.starts_with(analyzer)) return std::nullopt;
  return path.substr(analyzer.size(), path.find('/', analyzer.size()) - analyzer.size());
}

struct File {
  std::string path;  // relative to the source tree
  std::vector<std::string> lines;
};

std::vector<File> sources_below(const std::vector<std::string>& directories) {
  const fs::path root = PGLATCH_SOURCE_DIR;
  std::vector<File> files;
  for (const std::string& directory : directories) {
    if (!fs::exists(root / directory)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / directory)) {
      const fs::path extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp" && extension != ".c") continue;
      File& file = files.emplace_back(File{fs::relative(entry.path(), root).generic_string(), {}});
      std::istringstream text(read_file(entry.path()));
      for (std::string line; std::getline(text, line);) file.lines.push_back(line);
    }
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

template <typename Visit>
void for_each_include(const File& file, const Visit& visit) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  for (std::size_t at = 0; at < file.lines.size(); ++at) {
    std::smatch match;
    if (!std::regex_search(file.lines[at], match, pattern)) continue;
    visit(match[2].str(), match[1].str() == "\"", file.path + ":" + std::to_string(at + 1));
  }
}

TEST(IncludeDirectionTest, DependenciesPointDownwards) {
  for (const File& file : sources_below({"analyzer", "rules"})) {
    const std::string from = folder_of(file.path).value();
    ASSERT_TRUE(allowed_includes().contains(from)) << file.path << ": give the folder its place in this test";
    const Allowed& may = allowed_includes().at(from);
    for_each_include(file, [&](const std::string& header, bool quoted, const std::string& where) {
      if (const std::optional<std::string> to = folder_of(header)) {
        EXPECT_TRUE(may.folders.contains(*to) || may.headers.contains(header))
            << where << ": " << from << " must not include " << header;
      } else {
        // Our own headers are named from the root, so that the check above sees them.
        EXPECT_TRUE(!quoted || header == "generated/version.h" || from == "parse")
            << where << ": write <" << header << ">, or the path from the source root if it is one of ours";
      }
    });
  }
}

TEST(IncludeDirectionTest, PostgresHeadersStayInParse) {
  // Folders of the server's headers, and the headers at their root that somebody might reach for.
  static const std::regex postgres(
      R"(^(pg_query(_.*)?\.h|pg_query/.*|postgres(_ext|_deparse)?\.h|c\.h|fmgr\.h|gram\.h|miscadmin\.h)"
      R"(|(access|catalog|commands|common|datatype|executor|foreign|lib|mb|nodes|optimizer|parser|partitioning)"
      R"(|port|regex|replication|rewrite|storage|tcop|tsearch|utils)/.*)$)");
  for (const File& file : sources_below({"analyzer", "rules", "tests"})) {
    if (file.path.starts_with("analyzer/parse/")) continue;
    for_each_include(file, [](const std::string& header, bool, const std::string& where) {
      EXPECT_FALSE(std::regex_match(header, postgres)) << where << ": use analyzer/parse/nodes.h instead of " << header;
    });
  }
}

TEST(IncludeDirectionTest, NoFileIsTooLong) {
  for (const File& file : sources_below({"analyzer", "rules", "tests"})) {
    EXPECT_LE(file.lines.size(), kMaxLines) << file.path << ": split it";
  }
}

}  // namespace
}  // namespace pglatch::testing
