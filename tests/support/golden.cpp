#include "tests/support/golden.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace pglatch::testing {
namespace {

struct Line {
  char mark;  // ' ' in both, '-' only expected, '+' only actual
  std::string_view text;
};

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

// The longest common subsequence of lines, by the textbook table; beyond its bound everything counts as different.
std::vector<Line> align(const std::vector<std::string_view>& expected, const std::vector<std::string_view>& actual) {
  constexpr std::size_t kMaxTable = 16'000'000;
  const std::size_t rows = expected.size();
  const std::size_t columns = actual.size();
  const std::size_t width = columns + 1;
  std::vector<unsigned> length;
  if ((rows + 1) * width <= kMaxTable) {
    length.resize((rows + 1) * width);
    for (std::size_t i = rows; i-- > 0;) {
      for (std::size_t j = columns; j-- > 0;) {
        length[i * width + j] = expected[i] == actual[j]
                                    ? length[(i + 1) * width + j + 1] + 1
                                    : std::max(length[(i + 1) * width + j], length[i * width + j + 1]);
      }
    }
  }
  std::vector<Line> lines;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j < columns) {
    if (!length.empty() && i < rows && j < columns && expected[i] == actual[j]) {
      lines.push_back({' ', expected[i]});
      ++i;
      ++j;
    } else if (i < rows &&
               (j == columns || length.empty() || length[(i + 1) * width + j] >= length[i * width + j + 1])) {
      lines.push_back({'-', expected[i++]});
    } else {
      lines.push_back({'+', actual[j++]});
    }
  }
  return lines;
}

}  // namespace

std::filesystem::path fixture_path(const std::filesystem::path& name) {
  return std::filesystem::path(PGLATCH_SOURCE_DIR) / "fixtures" / name;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return text.str();
}

std::string line_diff(std::string_view expected, std::string_view actual) {
  constexpr std::size_t kContext = 3;
  if (expected == actual) return {};
  const std::vector<Line> lines = align(split_lines(expected), split_lines(actual));
  std::string diff;
  std::size_t shown = 0;  // lines before this one are printed or left out already
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (lines[at].mark == ' ') continue;
    const std::size_t first = std::max(shown, at - std::min(at, kContext));
    if (first > shown || shown == 0) {
      const auto before = lines.begin() + static_cast<std::ptrdiff_t>(first);
      const auto line = std::count_if(lines.begin(), before, [](const Line& each) { return each.mark != '+'; }) + 1;
      diff += "@@ line " + std::to_string(line) + " @@\n";
    }
    std::size_t end = at + 1;
    for (std::size_t same = 0; end < lines.size() && same < kContext; ++end) {
      same = lines[end].mark == ' ' ? same + 1 : 0;
    }
    for (std::size_t line = first; line < end; ++line) {
      diff += lines[line].mark;
      diff += lines[line].text;
      if (!lines[line].text.ends_with('\n')) diff += "\n\\ no newline at the end\n";
    }
    shown = end;
    at = end - 1;
  }
  return diff;
}

bool updates_golden() {
  const char* update = std::getenv("UPDATE_GOLDEN");
  return update != nullptr && std::string_view(update) == "1";
}

::testing::AssertionResult matches_golden(std::string_view actual, const std::filesystem::path& name) {
  const std::filesystem::path path = fixture_path(name);
  const bool exists = std::filesystem::exists(path);
  const std::string expected = exists ? read_file(path) : std::string();
  if (exists && expected == actual) return ::testing::AssertionSuccess();
  if (updates_golden()) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary);
    out.write(actual.data(), static_cast<std::streamsize>(actual.size()));
    out.close();
    return out ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << "cannot write " << path.string();
  }
  return ::testing::AssertionFailure() << (exists ? "not what " : "there is no ") << path.string()
                                       << (exists ? " holds" : "")
                                       << " (UPDATE_GOLDEN=1 rewrites it); - expected, + actual:\n"
                                       << line_diff(expected, actual);
}

}  // namespace pglatch::testing
