#include <fmt/format.h>

#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

bool is_one_of(char c, std::string_view letters) { return letters.find(c) != std::string_view::npos; }

// What the directives of the file say of its transaction. They are a group of comments at its top with an empty line
// below; glued to the first statement they are that statement's.
struct FileDirectives {
  bool has_any = false;
  std::string_view transaction_mode;
  std::uint32_t line = 0;
  std::string delimiter;
};

// "\n\n//" of the directive is written as in Go. Of white space nothing is left: lines keep their endings here, so
// that statements without semicolons between empty lines stay one.
std::string delimiter_of(std::string_view written) {
  std::string delimiter;
  for (std::size_t at = 0; at < written.size(); ++at) {
    const bool is_escape = written[at] == '\\' && at + 1 < written.size();
    if (is_escape && is_one_of(written[at + 1], "nrt")) {
      ++at;
    } else {
      delimiter += written[at];
    }
  }
  return std::string(trimmed(delimiter));
}

FileDirectives directives_of(std::string_view text) {
  FileDirectives found;
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (line->text.empty()) return found;
    auto comment = comment_of(line->text);
    if (!comment) break;
    if (comment->starts_with("atlas:")) found.has_any = true;
    const std::string_view directive = take_word(*comment);
    if (directive == "atlas:delimiter") found.delimiter = delimiter_of(*comment);
    if (directive != "atlas:txmode") continue;
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
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    if (directives_of(file.text()).has_any) return "-- atlas: in the first lines";
    return around.has_beside(file.path(), "atlas.sum") ? "beside atlas.sum" : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    const FileDirectives directives = directives_of(file.text());
    Section section{Direction::up, ExecutionMode::transaction, {}, {}};
    section.delimiter = directives.delimiter;
    if (directives.transaction_mode == "none") {
      section.mode = ExecutionMode::autocommit;
      section.note = fmt::format("txmode none in line {}", directives.line);
    }
    return {std::move(section)};
  }
};

}  // namespace

const Framework& atlas_framework() noexcept {
  static const Atlas atlas;
  return atlas;
}

}  // namespace pglatch
