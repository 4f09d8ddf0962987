// The columns of PostgreSQL's views, as a rule has them, are those that servers have; and functions that it says need
// an argument do.
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

#include "rules/support/system_views.h"
#include "tests/support/server.h"

namespace pglatch::testing {
namespace {

std::set<std::string> words(std::string_view list) {
  std::istringstream stream{std::string(list)};
  std::set<std::string> found;
  for (std::string word; stream >> word;) found.insert(word);
  return found;
}

constexpr const char* kColumns =
    "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0"
    " AND NOT a.attisdropped";

TEST(SystemViews, HaveTheColumnsThatServersHave) {
  std::set<std::string> seen;  // "view.column" on any of the servers
  std::set<std::string> views;
  for (const int major : Server::available_majors()) {
    Connection connection = Server::shared(major).connect();
    for (const auto& row : connection.query(kColumns)) {
      const std::string view = row.at(0).value();
      const std::string column = row.at(1).value();
      const std::string_view known = columns_of_system_view(view);
      if (known.empty()) continue;
      views.insert(view);
      seen.insert(view + "." + column);
      EXPECT_EQ(words(known).count(column), 1U) << view << "." << column << " in " << major;
    }
  }
  EXPECT_GT(views.size(), 30U);
  if (Server::available_majors() != std::vector<int>{14, 15, 16, 17, 18}) return;
  for (const std::string& view : views) {
    for (const std::string& column : words(columns_of_system_view(view))) {
      EXPECT_EQ(seen.count(view + "." + column), 1U) << view << "." << column << " is in none";
    }
  }
}

TEST(SystemViews, FunctionsNeedTheirArguments) {
  for (const int major : oldest_and_newest(Server::available_majors())) {
    Connection connection = Server::shared(major).connect();
    const auto rows = connection.query(
        "SELECT proname, min(pronargs - pronargdefaults) FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
        " GROUP BY 1");
    int known = 0;
    for (const auto& row : rows) {
      const std::string function = row.at(0).value();
      if (arguments_needed(function) == 0) continue;
      ++known;
      EXPECT_LE(arguments_needed(function), std::stoi(row.at(1).value())) << function;
    }
    EXPECT_GE(known, 10);
  }
}

}  // namespace
}  // namespace pglatch::testing
