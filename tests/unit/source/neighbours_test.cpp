#include "analyzer/source/neighbours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;

class NeighboursTest : public ::testing::Test {
 protected:
  Script read(const std::string& path, const Framework* framework = nullptr) {
    Neighbours neighbours;
    auto scripts = neighbours.read_scripts(*read_source_file(path), framework);
    EXPECT_FALSE(scripts.empty());
    return scripts.front();
  }

  std::string framework_of(const std::string& path) { return read(path).framework; }

  TempDir dir_;
};

TEST_F(NeighboursTest, AFileThatShowsNothingIsAsItsNeighboursAre) {
  dir_.write("1_x.sql", "-- no-transaction\nSELECT 1;");
  const std::string path = dir_.write("2_x.sql", "SELECT 2;");
  const Script script = read(path);
  EXPECT_EQ(script.framework, "sqlx");
  EXPECT_EQ(script.mode, ExecutionMode::transaction);
  EXPECT_THAT(script.reason, HasSubstr("as 1 of 2 files"));
  EXPECT_EQ(framework_of(dir_.write("helper.sql", "SELECT 3;")), "plain") << "no version";
  EXPECT_EQ(read(path, find_framework("flyway")).framework, "flyway") << "somebody says so";
}

TEST_F(NeighboursTest, AFewAreNoProof) {
  dir_.write("1_x.sql", "-- +goose Up\nSELECT 1;");
  std::string last;
  for (int i = 2; i < 12; ++i) last = dir_.write(std::to_string(i) + "_x.sql", "SELECT 1;");
  EXPECT_EQ(framework_of(last), "plain");
  EXPECT_THAT(read(last).reason, HasSubstr("beside files of goose"));
}

TEST_F(NeighboursTest, WhereTheyDisagreeItIsPlain) {
  dir_.write("1_x.sql", "-- +goose Up\nSELECT 1;");
  dir_.write("2_x.sql", "-- migrate:up\nSELECT 1;");
  const std::string plain = dir_.write("3_x.sql", "SELECT 1;");
  EXPECT_EQ(framework_of(plain), "plain");
  EXPECT_THAT(read(plain).reason, HasSubstr("beside files of dbmate, goose"));
  EXPECT_EQ(framework_of((dir_.path() / "1_x.sql").string()), "goose") << "it says so itself";
}

TEST_F(NeighboursTest, ANameThatSeveralHaveIsThatOfTheNeighbours) {
  dir_.write("1_x.up.sql", "-- no-transaction\nSELECT 1;");
  EXPECT_EQ(framework_of(dir_.write("2_x.up.sql", "SELECT 1;")), "sqlx");
  EXPECT_EQ(read(dir_.write("2_x.down.sql", "SELECT 1;")).direction, Direction::down);
  dir_.write("v/V0001__NONTRANSACTIONAL_x.sql", "SELECT 1;");
  EXPECT_EQ(framework_of(dir_.write("v/V0002__x.sql", "SELECT 1;")), "pgmigrate");
}

TEST_F(NeighboursTest, AmongFilesOfAFrameworkThatHasNoSuchNamesItIsPlain) {
  dir_.write("1_x.sql", "-- +goose Up\nSELECT 1;");
  const Script script = read(dir_.write("2_x.up.sql", "SELECT 1;"));
  EXPECT_EQ(script.framework, "plain");
  EXPECT_EQ(script.mode, ExecutionMode::unknown);
  EXPECT_THAT(script.reason, HasSubstr("named as golang-migrate names files, but beside files of goose"));
  EXPECT_EQ(read(dir_.write("2_x.down.sql", "SELECT 1;")).direction, Direction::down);
}

}  // namespace
}  // namespace pglatch::testing
