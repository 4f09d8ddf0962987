#include "analyzer/source/source_file.h"

#include <fmt/format.h>

#include <cassert>
#include <string_view>
#include <utility>

#include "analyzer/base/file.h"
#include "analyzer/base/utf8.h"

namespace pglatch {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kUtf16LittleEndianMark = "\xFF\xFE";
constexpr std::string_view kUtf16BigEndianMark = "\xFE\xFF";

// "path:line:column: problem", the form that editors jump to.
Error error_at(std::string_view path, std::string_view text, std::size_t offset, std::string_view problem) {
  const std::string_view before = text.substr(0, offset);
  const Position position = LineIndex(before).position(static_cast<std::uint32_t>(offset), ColumnUnit::code_points);
  return {fmt::format("{}:{}:{}: {}", path, position.line, position.column, problem)};
}

}  // namespace

SourceFile::SourceFile(std::string path, std::string text, bool has_bom)
    : path_(std::move(path)), text_(std::move(text)), has_bom_(has_bom), lines_(text_) {
  assert(text_.size() <= kMaxFileBytes);  // offsets are 32 bits wide
}

Result<std::shared_ptr<const SourceFile>> make_source_file(std::string path, std::string bytes) {
  if (bytes.size() > kMaxFileBytes) {
    return Error{
        fmt::format("{}: is larger than {} MiB, the most that can be read; split it", path, kMaxFileBytes >> 20)};
  }
  const std::string_view view = bytes;
  if (view.starts_with(kUtf16LittleEndianMark) || view.starts_with(kUtf16BigEndianMark)) {
    return Error{
        fmt::format("{0}: is UTF-16; convert it to UTF-8, for example with "
                    "iconv -f UTF-16 -t UTF-8 '{0}'",
                    path)};
  }
  const bool has_bom = view.starts_with(kUtf8Mark);
  if (has_bom) bytes.erase(0, kUtf8Mark.size());

  const std::size_t valid = valid_utf8_prefix(bytes);
  const std::size_t nul = std::string_view(bytes).substr(0, valid).find('\0');
  if (nul != std::string_view::npos) {
    return error_at(path, bytes, nul,
                    "a NUL byte, which SQL cannot contain; remove it, or if the file is UTF-16 convert it to UTF-8");
  }
  if (valid != bytes.size()) {
    return error_at(path, bytes, valid,
                    fmt::format("byte 0x{:02X} is not UTF-8; convert the file, for example with "
                                "iconv -f WINDOWS-1252 -t UTF-8",
                                static_cast<unsigned char>(bytes[valid])));
  }
  return std::shared_ptr<const SourceFile>(std::make_shared<SourceFile>(std::move(path), std::move(bytes), has_bom));
}

Result<std::shared_ptr<const SourceFile>> read_source_file(const std::string& path, std::string shown_as) {
  const bool standard_input = path == "-";
  if (shown_as.empty()) shown_as = standard_input ? "<stdin>" : path;
  Result<std::string> bytes =
      standard_input ? read_standard_input(shown_as, kMaxFileBytes) : read_file(path, kMaxFileBytes);
  if (!bytes) return bytes.error();
  return make_source_file(std::move(shown_as), std::move(*bytes));
}

}  // namespace pglatch
