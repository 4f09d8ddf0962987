#include <fmt/format.h>

#include <array>
#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"

namespace pglatch {
namespace {

// Where a project keeps the URL that it migrates with.
constexpr std::array<std::string_view, 3> kProjectFiles = {"Makefile", "docker-compose.yml", "compose.yaml"};
constexpr std::string_view kMultiStatement = "x-multi-statement=true";

// golang-migrate/migrate, source/parse.go and database/postgres/postgres.go: `7_orders.up.sql`, `7_orders.down.sql`,
// each sent as one message; where the database's URL says x-multi-statement=true, as what stands between semicolons.
// Other tools have files of these names too; what they do alike is that two statements of a file are in one
// transaction.
class GolangMigrate final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "golang-migrate"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& /*around*/) const override {
    const std::string_view name = file_name(file.path());
    const auto direction = numbered_direction(name);
    if (!direction) return {};
    const std::string_view stem = name.substr(0, name.rfind('.', name.size() - 5));
    // A word more is bun's or pop's way to speak of transactions.
    if (stem.ends_with(".tx") || stem.ends_with(".autocommit")) return {};
    return *direction == Direction::up ? "named N_….up.sql" : "named N_….down.sql";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& around) const override {
    const Direction direction = numbered_direction(file_name(file.path())).value_or(Direction::up);
    for (const std::string_view project_file : kProjectFiles) {
      if (!around.project_mentions(file.path(), project_file, kMultiStatement)) continue;
      return {{direction, ExecutionMode::autocommit, {}, fmt::format("{} in {}", kMultiStatement, project_file)}};
    }
    return {{direction, ExecutionMode::single_message, {}, {}}};
  }
};

}  // namespace

const Framework& golang_migrate_framework() noexcept {
  static const GolangMigrate golang_migrate;
  return golang_migrate;
}

}  // namespace pglatch
