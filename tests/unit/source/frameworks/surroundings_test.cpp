#include "analyzer/source/frameworks/surroundings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

TEST(Surroundings, WhatLiesBesideAFile) {
  const TempDir dir;
  dir.write("m/meta/_journal.json", "{}");
  const std::string path = (dir.path() / "m/1.sql").string();  // need not be there itself
  Surroundings around;
  EXPECT_TRUE(around.has_beside(path, "meta/_journal.json"));
  EXPECT_TRUE(around.has_beside(path, "../m"));
  EXPECT_FALSE(around.has_beside(path, "atlas.sum"));
  EXPECT_EQ(around.read_beside(path, "meta/_journal.json"), "{}");
  EXPECT_EQ(around.read_beside(path, "atlas.sum"), std::nullopt);
  EXPECT_EQ(around.read_beside(path, "meta"), std::nullopt) << "no file";
  EXPECT_TRUE(around.has_beside("/etc", "dev/null")) << "in the root";
}

TEST(Surroundings, AProjectEndsAtItsRepository) {
  const TempDir dir;
  dir.write("Cargo.toml", "refinery");
  dir.write("project/Cargo.toml", "sqlx");
  fs::create_directories(dir.path() / "project/.git");
  const std::string path = (dir.path() / "project/db/migrations/1.sql").string();
  Surroundings around;
  EXPECT_TRUE(around.project_mentions(path, "Cargo.toml", "sqlx"));
  EXPECT_TRUE(around.project_mentions(path, "Cargo.toml", ""));
  EXPECT_FALSE(around.project_mentions(path, "Cargo.toml", "refinery"));
  EXPECT_TRUE(around.project_mentions((dir.path() / "1.sql").string(), "Cargo.toml", "refinery"));
}

TEST(Surroundings, EachPlaceIsLookedAtOnce) {
  const TempDir dir;
  const std::string path = dir.write("1.sql", "");
  Surroundings before;
  EXPECT_FALSE(before.has_beside(path, "atlas.sum"));
  EXPECT_FALSE(before.project_mentions(path, "atlas.sum", ""));
  dir.write("atlas.sum", "h1:");
  EXPECT_FALSE(before.has_beside(path, "atlas.sum"));
  EXPECT_FALSE(before.project_mentions(path, "atlas.sum", ""));
  Surroundings after;
  EXPECT_TRUE(after.has_beside(path, "atlas.sum"));
  EXPECT_EQ(after.read_beside(path, "atlas.sum"), "h1:");
}

}  // namespace
}  // namespace pglatch::testing
