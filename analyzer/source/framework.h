// What differs between migration frameworks, as one interface: which files are theirs, what is up
// and down, what runs in a transaction. One adapter a file in source/frameworks/.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/source/file_type.h"
#include "analyzer/source/script.h"

namespace pglatch {

class Surroundings;

/// An adapter for one migration framework. Stateless; every instance lives for the whole program.
class Framework {
 public:
  Framework() = default;
  Framework(const Framework&) = delete;
  Framework& operator=(const Framework&) = delete;
  virtual ~Framework() = default;

  /// As given to --framework.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  /// Whether files of that type can be its own.
  [[nodiscard]] virtual bool reads(FileType type) const noexcept { return type == FileType::sql; }

  /// The scripts of a file that is the framework's, in the order in which they are applied. What lies around it can
  /// tell more of it.
  [[nodiscard]] virtual std::vector<Script> scripts(const std::shared_ptr<const SourceFile>& file,
                                                    Surroundings& around) const = 0;

  /// The same where the file shows, by its path or its text, that it is the framework's; else nothing.
  /// One call for both, since looking and reading are often the same work.
  [[nodiscard]] virtual std::optional<std::vector<Script>> recognise(const std::shared_ptr<const SourceFile>& file,
                                                                     Surroundings& around) const = 0;
};

/// All frameworks, the most specific first; the last one (`plain`) recognises every file.
[[nodiscard]] std::span<const Framework* const> frameworks() noexcept;

/// The framework of that name, or null.
[[nodiscard]] const Framework* find_framework(std::string_view name) noexcept;

/// False where a framework sends a file as it is: of ${name} and {{ name }} the server gets to see each letter. Others
/// put something in, or are used in that way.
[[nodiscard]] bool fills_templates(std::string_view framework) noexcept;

/// The scripts of a file, in order, as `framework` reads it, or where that is null or for other types of files as the
/// first one does that recognises the file. Never fails: of SQL `plain` takes what is left; a file of another language
/// may have none.
[[nodiscard]] std::vector<Script> read_scripts(const std::shared_ptr<const SourceFile>& file, Surroundings& around,
                                               const Framework* framework = nullptr);

/// The same for a file by itself.
[[nodiscard]] std::vector<Script> read_scripts(const std::shared_ptr<const SourceFile>& file,
                                               const Framework* framework = nullptr);

}  // namespace pglatch
