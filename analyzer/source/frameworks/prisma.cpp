#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"

namespace pglatch {
namespace {

// Prisma documentation, "About migration histories": `migrations/20240501120000_name/migration.sql` beside
// `migration_lock.toml`, sent as one message. There is no way down.
class Prisma final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "prisma"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    if (file_name(file.path()) != "migration.sql") return {};
    const std::string_view folder = file_name(folder_of_file(file.path()));
    const std::size_t digits = leading_digits(folder);
    if (digits == 14 && folder.substr(digits).starts_with('_')) return "named N_…/migration.sql";
    return around.has_beside(file.path(), "../migration_lock.toml") ? "migration.sql below migration_lock.toml" : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& /*file*/, Surroundings& /*around*/) const override {
    return {{Direction::up, ExecutionMode::single_message, {}, {}}};
  }
};

}  // namespace

const Framework& prisma_framework() noexcept {
  static const Prisma prisma;
  return prisma;
}

}  // namespace pglatch
