#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

constexpr std::string_view kHeader = "--! ";

// graphile-migrate, README "Usage" and src/header.ts: `migrations/committed/000001.sql` and `migrations/current.sql`
// (or a folder `current`), forward only; one message in a transaction, unless the body begins with `--!
// no-transaction`. :NAME stands for a value of .gmrc.
class GraphileMigrate final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "graphile-migrate"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    for (const std::string_view header : {"--! Previous:", "--! no-transaction"}) {
      if (file.text().starts_with(header)) return std::string(header) + " in line 1";
    }
    const std::string& path = file.path();
    const std::string_view folder = folder_of_file(path);
    if (file_name(folder) == "committed" && file.text().starts_with(kHeader)) return "--! in line 1, in committed/";
    if (file_name(path) == "current.sql" && around.has_beside(path, "committed"))
      return "current.sql beside committed/";
    if (file_name(folder) == "current" && around.has_beside(path, "../committed")) return "current/ beside committed/";
    return {};
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    Section section{Direction::up, ExecutionMode::transaction, {}, {}, true};
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      if (line->text.starts_with("--! no-transaction")) {
        section.mode = ExecutionMode::single_message;
        section.note = "--! no-transaction";
      }
      if (!line->text.empty() && !line->text.starts_with(kHeader)) break;
    }
    return {std::move(section)};
  }
};

}  // namespace

const Framework& graphile_migrate_framework() noexcept {
  static const GraphileMigrate graphile_migrate;
  return graphile_migrate;
}

}  // namespace pglatch
