// Files that are no SQL but have SQL in them, by their endings.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pglatch {

enum class FileType : std::uint8_t {
  sql,  ///< whatever is none of the others
  markdown,
  python,
  ruby,
  javascript,
  typescript,
};

/// Those that can be asked for.
inline constexpr std::array<FileType, 5> kOtherFileTypes = {FileType::markdown, FileType::python, FileType::ruby,
                                                            FileType::javascript, FileType::typescript};

/// "md", "py", "rb", "js", "ts": as the configuration has them.
[[nodiscard]] std::string_view to_string(FileType type) noexcept;
[[nodiscard]] std::optional<FileType> find_file_type(std::string_view name) noexcept;

/// By the ending of the name: README.md, run.markdown, env.py, 7.rb, a.js, a.mjs, a.cjs, a.ts, a.mts, a.cts.
[[nodiscard]] FileType file_type_of(std::string_view path) noexcept;

/// A set of them.
class FileTypes {
 public:
  void add(FileType type) noexcept { bits_ |= bit(type); }
  [[nodiscard]] bool has(FileType type) const noexcept { return (bits_ & bit(type)) != 0; }

  friend bool operator==(const FileTypes&, const FileTypes&) = default;

 private:
  static unsigned bit(FileType type) noexcept { return 1U << static_cast<unsigned>(type); }

  unsigned bits_ = bit(FileType::sql);
};

}  // namespace pglatch
