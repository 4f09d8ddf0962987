#include <fmt/format.h>

#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

// What the directives of the file say of its transaction. They are a group of comments at its top with an empty line
// below; glued to the first statement they are that statement's.
struct FileDirectives {
  bool has_any = false;
  std::string_view transaction_mode;
  std::uint32_t line = 0;
};

FileDirectives directives_of(std::string_view text) {
  FileDirectives found;
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (line->text.empty()) return found;
    auto comment = comment_of(line->text);
    if (!comment) break;
    if (comment->starts_with("atlas:")) found.has_any = true;
    if (take_word(*comment) != "atlas:txmode") continue;
    found.transaction_mode = *comment;
    found.line = line->number;
  }
  found.transaction_mode = {};
  return found;
}

// Atlas documentation, "Versioned Migrations", "Transaction Mode": forward only, statement by statement, in a
// transaction for each file unless it says `-- atlas:txmode none`.
class Atlas final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "atlas"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file) const override {
    if (directives_of(file.text()).has_any) return "-- atlas: in the first lines";
    return has_beside(file.path(), "atlas.sum") ? "beside atlas.sum" : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file) const override {
    const FileDirectives directives = directives_of(file.text());
    if (directives.transaction_mode == "none") {
      return {{Direction::up, ExecutionMode::autocommit, {}, fmt::format("txmode none in line {}", directives.line)}};
    }
    return {{Direction::up, ExecutionMode::transaction, {}, {}}};
  }
};

}  // namespace

const Framework& atlas_framework() noexcept {
  static const Atlas atlas;
  return atlas;
}

}  // namespace pglatch
