// What lies around a migration file, where that tells whose it is and how it is run. Files are looked for on disk, also
// for one that was read from elsewhere; what cannot be read is not there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pglatch {

/// Looks at each place once, however many files lie around it: for one reading of some paths. Not for several threads.
class Surroundings {
 public:
  /// Whether there is a file of that name (a path from there on) in the folder of `path`.
  [[nodiscard]] bool has_beside(std::string_view path, std::string_view name);

  /// Its text, or nothing.
  [[nodiscard]] const std::optional<std::string>& read_beside(std::string_view path, std::string_view name);

  /// Whether a file of that name (`Cargo.toml`) with that word in its text is in the folder of `path` or one above, up
  /// to the root of the repository. An empty word: it only has to be there.
  [[nodiscard]] bool project_mentions(std::string_view path, std::string_view name, std::string_view word);

 private:
  struct File {
    bool is_there = false;
    bool was_read = false;
    std::optional<std::string> text;
  };
  const std::string& path_beside(std::string_view path, std::string_view name);
  File& file(const std::string& path);
  const std::optional<std::string>& text_of(const std::string& path);
  [[nodiscard]] bool look_for_mention(std::string_view path, std::string_view name, std::string_view word);

  std::unordered_map<std::string, File> files_;     // by their paths
  std::unordered_map<std::string, bool> mentions_;  // by folder, name and word
  std::string wanted_;                              // the path that was put together last
};

}  // namespace pglatch
