#include "analyzer/source/file_type.h"

#include "analyzer/base/ascii.h"

namespace pglatch {

std::string_view to_string(FileType type) noexcept {
  switch (type) {
    case FileType::sql:
      return "sql";
    case FileType::markdown:
      return "md";
    case FileType::python:
      return "py";
    case FileType::ruby:
      return "rb";
    case FileType::javascript:
      return "js";
    case FileType::typescript:
      return "ts";
  }
  return {};
}

std::optional<FileType> find_file_type(std::string_view name) noexcept {
  for (const FileType type : kOtherFileTypes) {
    if (to_string(type) == name) return type;
  }
  return std::nullopt;
}

FileType file_type_of(std::string_view path) noexcept {
  struct Ending {
    std::string_view text;
    FileType type;
  };
  static constexpr Ending kEndings[] = {{"md", FileType::markdown},    {"markdown", FileType::markdown},
                                        {"py", FileType::python},      {"rb", FileType::ruby},
                                        {"js", FileType::javascript},  {"mjs", FileType::javascript},
                                        {"cjs", FileType::javascript}, {"ts", FileType::typescript},
                                        {"mts", FileType::typescript}, {"cts", FileType::typescript}};
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return FileType::sql;
  for (const Ending& ending : kEndings) {
    if (equal_ignoring_case(path.substr(dot + 1), ending.text)) return ending.type;
  }
  return FileType::sql;
}

}  // namespace pglatch
