#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"

namespace pglatch {
namespace {

// rust-db/refinery, refinery_core/src/util.rs: `V1__name.sql`, and `U1__name.sql` for those that may be applied out of
// order; forward only, each in a transaction that nothing switches off.
class Refinery final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "refinery"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    std::string_view name = file_name(file.path());
    if (!name.starts_with('V') && !name.starts_with('U')) return {};
    name.remove_prefix(1);
    if (leading_digits(name) == 0 || name.find("__") == std::string_view::npos) return {};
    return around.project_mentions(file.path(), "Cargo.toml", "refinery") ? "named V…__….sql, refinery in Cargo.toml"
                                                                          : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& /*file*/, Surroundings& /*around*/) const override {
    return {{Direction::up, ExecutionMode::transaction, {}, {}}};
  }
};

}  // namespace

const Framework& refinery_framework() noexcept {
  static const Refinery refinery;
  return refinery;
}

}  // namespace pglatch
