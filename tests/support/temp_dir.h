#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "analyzer/server/temp_directory.h"

namespace pglatch::testing {

// The library's temporary directory, for tests that put files there.
class TempDir : public TempDirectory {
 public:
  // Writes a file, making the directories of its relative name; returns its path.
  std::filesystem::path write(const std::string& name, std::string_view content) const {
    const std::filesystem::path file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
    return file;
  }
};

}  // namespace pglatch::testing
