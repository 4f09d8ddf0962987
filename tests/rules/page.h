// A rule's page as the tests read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pglatch::testing {

// One ```sql block. Its first line says what it is: "-- bad", "-- good", "-- earlier migration"; a
// version may follow ("-- good, PostgreSQL 18").
struct Example {
  std::string marker;
  int pg_version = 15;
  std::string sql;  // without the marker
};

struct Page {
  std::string title;
  std::string summary;                // the first sentence below the title
  std::vector<std::string> sections;  // the headings below it, in order
  std::vector<Example> examples;
};

Page parse_page(std::string_view markdown);

}  // namespace pglatch::testing
