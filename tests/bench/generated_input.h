// Migrations for the benchmarks: made up, but with the mix of statements that real histories have.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pglatch::bench {

/// One migration file.
struct GeneratedFile {
  std::string name;
  std::string text;
};

/// A history of `files` files with `bytes` bytes in all, more or less; the same at every call.
[[nodiscard]] std::vector<GeneratedFile> generate_history(std::size_t files, std::size_t bytes);

}  // namespace pglatch::bench
