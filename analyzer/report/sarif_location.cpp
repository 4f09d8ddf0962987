#include "analyzer/report/sarif_location.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/base/utf8.h"

namespace pglatch {
namespace {

bool is_unreserved(char c) noexcept {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

// Relative to the root of the checkout: an absolute URI is not, one that begins with ".." leaves it.
bool is_below_root(std::string_view uri) { return !uri.starts_with("file:") && uri != ".." && !uri.starts_with("../"); }

}  // namespace

std::string uri_of(std::string_view path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  bool first = !path.starts_with('/');
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (segment.empty() || segment == ".") continue;
    if (!first) uri += '/';
    first = false;
    for (const char c : segment) {
      if (is_unreserved(c)) {
        uri += c;
      } else {
        uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
      }
    }
  }
  return uri;
}

ByteRange alert_range(const SourceFile& file, ByteRange range) {
  const std::string& text = file.text();
  const ByteRange line = file.lines().line_range(file.lines().line(range.start));
  if (!range.empty()) {
    const std::uint32_t end = std::max(range.start, std::min(range.end, line.end));
    const auto last =
        std::find_if_not(text.rbegin() + (text.size() - end), text.rbegin() + (text.size() - range.start), is_space);
    const auto trimmed = static_cast<std::uint32_t>(text.rend() - last);
    if (trimmed > range.start) return {range.start, trimmed};
    range.end = range.start;
  }
  if (range.start < line.end) {
    const std::string_view rest = std::string_view(text).substr(range.start, line.end - range.start);
    return {range.start, range.start + first_character(rest).size};
  }
  // At the end of a line: the last character that is no blank, on this line or on one before.
  std::uint32_t end = range.start;
  while (end > 0 && is_space(text[end - 1])) --end;
  if (end == 0) return range;
  std::uint32_t start = end - 1;
  while (start > 0 && is_continuation(text[start])) --start;
  return {start, end};
}

void write_artifact_location(JsonWriter& json, std::string_view path, std::size_t index) {
  const std::string uri = uri_of(path);
  json.begin_object();
  json.member("uri", uri);
  if (is_below_root(uri)) json.member("uriBaseId", kSourceRoot);
  json.member("index", index);
  json.end_object();
}

void write_region(JsonWriter& json, const SourceFile& file, ByteRange range) {
  const Position start = file.lines().position(range.start, ColumnUnit::utf16);
  const Position end = file.lines().position(range.end, ColumnUnit::utf16);
  json.begin_object();
  json.member("startLine", start.line);
  json.member("startColumn", start.column);
  json.member("endLine", end.line);
  json.member("endColumn", end.column);
  json.end_object();
}

}  // namespace pglatch
