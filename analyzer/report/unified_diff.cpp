#include "analyzer/report/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace pglatch {
namespace {

constexpr std::uint32_t kContext = 3;

// Old lines [first, last], 1-based, that edits replace by `replacement`.
struct Change {
  std::uint32_t first;
  std::uint32_t last;
  std::string replacement;
};

// The bytes of old lines with their line endings.
ByteRange bytes_of(const LineIndex& lines, std::size_t size, std::uint32_t first, std::uint32_t last) {
  const std::uint32_t end =
      last < lines.line_count() ? lines.line_range(last + 1).start : static_cast<std::uint32_t>(size);
  return {lines.line_range(first).start, end};
}

std::vector<Change> changes_of(const SourceFile& file, const std::vector<Edit>& edits) {
  std::vector<Change> changes;
  std::size_t i = 0;
  while (i < edits.size()) {
    const std::uint32_t first = file.lines().line(edits[i].range.start);
    std::uint32_t last = file.lines().line(edits[i].range.end);
    std::size_t end = i + 1;
    while (end < edits.size() && file.lines().line(edits[end].range.start) <= last) {
      last = std::max(last, file.lines().line(edits[end].range.end));
      ++end;
    }
    const ByteRange bytes = bytes_of(file.lines(), file.text().size(), first, last);
    std::string replacement;
    std::uint32_t at = bytes.start;
    for (; i < end; ++i) {
      replacement += std::string_view(file.text()).substr(at, edits[i].range.start - at);
      replacement += edits[i].text;
      at = edits[i].range.end;
    }
    replacement += std::string_view(file.text()).substr(at, bytes.end - at);
    changes.push_back({first, last, std::move(replacement)});
  }
  return changes;
}

// Adds each line of the text behind a sign; returns how many there are.
std::uint32_t add_lines(std::string& diff, char sign, std::string_view text) {
  std::uint32_t count = 0;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    diff += sign;
    diff += text.substr(0, newline);
    diff += '\n';
    ++count;
    if (newline == std::string_view::npos) {
      diff += "\\ No newline at end of file\n";
      break;
    }
    text.remove_prefix(newline + 1);
  }
  return count;
}

}  // namespace

std::string unified_diff(const SourceFile& file, const std::vector<Edit>& edits) {
  const std::vector<Change> changes = changes_of(file, edits);
  const std::string_view text = file.text();
  const auto lines_text = [&](std::uint32_t first, std::uint32_t last) {
    return first > last ? std::string_view() : bytes_of(file.lines(), text.size(), first, last).of(text);
  };
  std::string diff = fmt::format("--- a/{0}\n+++ b/{0}\n", file.path());
  std::int64_t shift = 0;  // new line numbers minus old ones
  for (std::size_t i = 0; i < changes.size();) {
    std::size_t end = i + 1;
    while (end < changes.size() && changes[end].first <= changes[end - 1].last + 2 * kContext) ++end;
    const std::uint32_t first = changes[i].first > kContext ? changes[i].first - kContext : 1;
    const std::uint32_t last = std::min(changes[end - 1].last + kContext, file.lines().line_count());
    std::string body;
    std::uint32_t old_lines = 0;
    std::uint32_t new_lines = 0;
    std::uint32_t at = first;
    for (; i < end; ++i) {
      const std::uint32_t kept = add_lines(body, ' ', lines_text(at, changes[i].first - 1));
      old_lines += kept + add_lines(body, '-', lines_text(changes[i].first, changes[i].last));
      new_lines += kept + add_lines(body, '+', changes[i].replacement);
      at = changes[i].last + 1;
    }
    const std::uint32_t kept = add_lines(body, ' ', lines_text(at, last));
    old_lines += kept;
    new_lines += kept;
    diff += fmt::format("@@ -{},{} +{},{} @@\n{}", first, old_lines, first + shift, new_lines, body);
    shift += static_cast<std::int64_t>(new_lines) - static_cast<std::int64_t>(old_lines);
  }
  return diff;
}

}  // namespace pglatch
