#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace pglatch::testing {

// fixtures/NAME of the source tree.
std::filesystem::path fixture_path(const std::filesystem::path& name);

// The bytes of a file; throws std::runtime_error if it cannot be read.
std::string read_file(const std::filesystem::path& path);

// Whether a text is what fixtures/NAME holds; says what differs if not:
//
//   EXPECT_TRUE(matches_golden(output, "formats/text/expected.txt"));
//
// With UPDATE_GOLDEN=1 in the environment it writes the file instead, and is content.
::testing::AssertionResult matches_golden(std::string_view actual, const std::filesystem::path& name);

// UPDATE_GOLDEN=1 is in the environment.
bool updates_golden();

// The lines that differ, as in a unified diff with three lines around; empty if none does.
std::string line_diff(std::string_view expected, std::string_view actual);

}  // namespace pglatch::testing
