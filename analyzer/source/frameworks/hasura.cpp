#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"

namespace pglatch {
namespace {

std::optional<Direction> direction_of(std::string_view name) {
  const auto bare = bare_direction(name);
  return bare ? bare : numbered_direction(name);
}

// Hasura documentation, "Manage Postgres Migrations": `migrations/<database>/<milliseconds>_name/up.sql` and
// `down.sql`, formerly `<milliseconds>_name.up.sql`; run_sql puts each into a transaction.
class Hasura final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "hasura"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    const std::string& path = file.path();
    const std::string_view name = file_name(path);
    if (!direction_of(name)) return {};
    const bool is_folder = bare_direction(name).has_value();
    const std::size_t digits = leading_digits(is_folder ? file_name(folder_of_file(path)) : name);
    constexpr std::size_t kMilliseconds = 13;  // since 1970, from 2001 to 2286
    if (is_folder && digits == kMilliseconds) return "up.sql, down.sql in a folder named by milliseconds";
    if (digits == 0) return {};
    return around.project_mentions(path, "config.yaml", "metadata_directory") ? "metadata_directory in config.yaml"
                                                                              : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    const Direction direction = direction_of(file_name(file.path())).value_or(Direction::up);
    return {{direction, ExecutionMode::transaction, {}, {}}};
  }
};

}  // namespace

const Framework& hasura_framework() noexcept {
  static const Hasura hasura;
  return hasura;
}

}  // namespace pglatch
