#include <fmt/format.h>

#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"

namespace pglatch {
namespace {

constexpr std::string_view kNonTransactional = "NONTRANSACTIONAL";

// yandex/pgmigrate, pgmigrate.py: `migrations/V0001__name.sql` beside `migrations.yml`, forward only; sent statement by
// statement, all that is pending in one transaction, unless the name has NONTRANSACTIONAL in it.
class Pgmigrate final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "pgmigrate"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    std::string_view name = file_name(file.path());
    if (!name.starts_with('V') || !name.ends_with(".sql")) return {};
    name.remove_prefix(1);
    const std::size_t digits = leading_digits(name);
    if (digits == 0 || !name.substr(digits).starts_with("__")) return {};
    if (is_without_transaction(file)) return fmt::format("named V…__{}….sql", kNonTransactional);
    const bool is_its_folder = file_name(folder_of_file(file.path())) == "migrations";
    return is_its_folder && around.has_beside(file.path(), "../migrations.yml") ? "migrations/ beside migrations.yml"
                                                                                : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    if (!is_without_transaction(file)) return {{Direction::up, ExecutionMode::transaction, {}, {}}};
    return {{Direction::up, ExecutionMode::autocommit, {}, std::string(kNonTransactional) + " in its name"}};
  }

 private:
  static bool is_without_transaction(const SourceFile& file) {
    return file_name(file.path()).find(kNonTransactional) != std::string_view::npos;
  }
};

}  // namespace

const Framework& pgmigrate_framework() noexcept {
  static const Pgmigrate pgmigrate;
  return pgmigrate;
}

}  // namespace pglatch
