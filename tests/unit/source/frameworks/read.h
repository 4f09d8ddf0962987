// What a test of an adapter looks at.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "analyzer/source/framework.h"
#include "analyzer/source/lexer.h"

namespace pglatch::testing {

inline std::vector<Script> read(std::string path, std::string text) {
  return read_scripts(std::make_shared<const SourceFile>(std::move(path), std::move(text)));
}

// The statements of a script as the file has them, which they are at the offsets that the script has them at.
inline std::vector<std::string> statements(const Script& script) {
  EXPECT_EQ(script.sql().size(), script.file->text().size());
  std::vector<std::string> found;
  for (const ByteRange range : split_statements(script.sql())) {
    EXPECT_EQ(range.of(script.sql()), range.of(script.file->text()));
    found.emplace_back(range.of(script.sql()));
  }
  return found;
}

// "goose up transaction", and the statements.
inline std::string kind(const Script& script) {
  return script.framework + " " + std::string(to_string(script.direction)) + " " + std::string(to_string(script.mode));
}

}  // namespace pglatch::testing
