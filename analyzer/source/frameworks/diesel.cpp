#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

constexpr std::string_view kMetadata = "metadata.toml";

// Whether metadata.toml keeps the transaction. Without the key it does not: Diesel reads a missing one as false.
bool keeps_transaction(std::string_view metadata) {
  LineReader lines(metadata);
  while (const auto line = lines.next()) {
    std::string_view setting = trimmed(line->text);
    constexpr std::string_view kKey = "run_in_transaction";
    if (!setting.starts_with(kKey)) continue;
    setting = trimmed(setting.substr(kKey.size()));
    if (setting.starts_with('=')) return trimmed(setting.substr(1)).starts_with("true");
  }
  return false;
}

// diesel-rs/diesel, diesel_migrations/src/file_based_migrations.rs: `2024-05-01-120000_name/up.sql` and `down.sql`;
// each is one message, in a transaction unless `metadata.toml` beside it says `run_in_transaction = false`.
class Diesel final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "diesel"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    const std::string& path = file.path();
    if (!bare_direction(file_name(path))) return {};
    const std::string_view folder = file_name(folder_of_file(path));
    if (is_dated_folder(folder)) return "up.sql, down.sql in a dated folder";
    if (leading_digits(folder) == 0) return {};
    if (around.has_beside(path, kMetadata)) return "up.sql, down.sql beside metadata.toml";
    return around.project_mentions(path, "diesel.toml", "") ? "up.sql, down.sql below diesel.toml" : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& around) const override {
    const Direction direction = bare_direction(file_name(file.path())).value_or(Direction::up);
    const auto& metadata = around.read_beside(file.path(), kMetadata);
    if (metadata && !keeps_transaction(*metadata)) {
      return {{direction, ExecutionMode::single_message, {}, "metadata.toml"}};
    }
    return {{direction, ExecutionMode::transaction, {}, {}}};
  }
};

}  // namespace

const Framework& diesel_framework() noexcept {
  static const Diesel diesel;
  return diesel;
}

}  // namespace pglatch
