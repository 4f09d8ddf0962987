// From the parts of a file that belong together to scripts that have the offsets of the file.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/source/framework.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// What is sent together: the parts of the file that are one script.
struct Section {
  Direction direction = Direction::up;
  ExecutionMode mode = ExecutionMode::unknown;
  std::vector<ByteRange> parts;  ///< in order; none: all of the file
  std::string note;              ///< what showed the mode, where it isn't the framework's usual one
  bool is_psql = false;          ///< meta-commands, variables and COPY data are psql's
  std::string delimiter{};       ///< what ends a statement too: alone on a line, or signs at the end of one; "GO", "//"
  bool continues = false;        ///< Script::continues
};

/// The text with all but the parts blanked out, byte for byte the same size; line endings stay. Empty where nothing but
/// blanks would go.
[[nodiscard]] std::string keep_only(std::string_view text, const std::vector<ByteRange>& parts);

/// The text with a semicolon in the place of each delimiter, in any case, and blanks for what is left of it. An empty
/// string where there is none.
[[nodiscard]] std::string mask_delimiter(std::string_view text, std::string_view delimiter);

/// A framework whose files show that they are its own, and fall into sections.
class SectionedFramework : public Framework {
 public:
  [[nodiscard]] std::vector<Script> scripts(const std::shared_ptr<const SourceFile>& file,
                                            Surroundings& around) const final;
  [[nodiscard]] std::optional<std::vector<Script>> recognise(const std::shared_ptr<const SourceFile>& file,
                                                             Surroundings& around) const final;

 protected:
  /// What shows that the file is the framework's, for the user; empty where nothing does.
  [[nodiscard]] virtual std::string evidence(const SourceFile& file, Surroundings& around) const = 0;
  /// The file as the framework reads it: sections in the order in which they are applied, those that go back in the
  /// order in which they would be.
  [[nodiscard]] virtual std::vector<Section> sections(const SourceFile& file, Surroundings& around) const = 0;
  /// The migration's version; of the path if not said otherwise.
  [[nodiscard]] virtual std::string version(const SourceFile& file) const;
};

}  // namespace pglatch
