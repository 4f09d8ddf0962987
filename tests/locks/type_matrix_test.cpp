// Every change between the types of fixtures/locks/type_matrix.txt: the servers say what it holds, the model too.
#include "tests/locks/type_matrix.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "tests/locks/oracle.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

constexpr const char* kFile = "locks/type_matrix.txt";

const TypeGrid& expected(const std::vector<TypeGrid>& grids, int major, bool with_using) {
  for (const TypeGrid& grid : grids) {
    if (grid.with_using == with_using && grid.majors.contains(major)) return grid;
  }
  throw std::runtime_error("type_matrix.txt says nothing of PostgreSQL " + std::to_string(major));
}

// The cells that differ, a line for each old type and pair of answers: "r but =: integer -> oid, regclass".
std::string differing_cells(const TypeGrid& server, const TypeGrid& other) {
  std::string text;
  const std::vector<std::string>& types = matrix_types();
  for (std::size_t from = 0; from < types.size(); ++from) {
    std::map<std::string, std::vector<std::string>> differing;
    for (std::size_t to = 0; to < types.size(); ++to) {
      const char fixture = server.rows.at(from).at(to);
      const char cell = other.rows.at(from).at(to);
      if (fixture != cell) differing[fmt::format("{} but {}", fixture, cell)].push_back(types[to]);
    }
    for (const auto& [answers, to] : differing) {
      text += fmt::format("    {}: {} -> {}\n", answers, types[from], fmt::join(to, ", "));
    }
  }
  return text;
}

TEST(TypeMatrixTest, ModelAgrees) {
  for (const TypeGrid& grid : parse_matrix(read_file(fixture_path(kFile)))) {
    for (const int major : grid.majors) {
      const std::string differing = differing_cells(grid, model_types(major, grid.with_using));
      EXPECT_TRUE(differing.empty()) << grid.title() << ", server but model on " << major << ":\n" << differing;
    }
  }
}

TEST(TypeMatrixTest, ServersAgree) {
  std::vector<int> majors = oracle_majors();
  // More than eight thousand changes for each.
  if (std::getenv("PGLATCH_ORACLE_MAJORS") == nullptr) majors = {majors.back()};
  if (updates_golden()) majors = {14, 15, 16, 17, 18};
  std::vector<TypeGrid> measured;
  for (const bool with_using : {false, true}) {
    for (const int major : majors) {
      const Database database = Server::shared(major).scratch();
      TypeGrid grid = measure_types(database, with_using);
      const auto same = std::find_if(measured.begin(), measured.end(),
                                     [&](const TypeGrid& earlier) { return earlier.same_cells(grid); });
      if (same != measured.end()) {
        same->majors.insert(major);
      } else {
        measured.push_back(std::move(grid));
      }
    }
  }
  if (updates_golden()) {
    EXPECT_TRUE(matches_golden(print_matrix(measured), kFile));
    return;
  }
  const std::vector<TypeGrid> grids = parse_matrix(read_file(fixture_path(kFile)));
  for (const TypeGrid& grid : measured) {
    for (const int major : grid.majors) {
      const std::string differing = differing_cells(expected(grids, major, grid.with_using), grid);
      EXPECT_TRUE(differing.empty()) << grid.title() << ", fixture but server on " << major << ":\n" << differing;
    }
  }
}

}  // namespace
}  // namespace pglatch::testing
