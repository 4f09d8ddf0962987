#include <array>
#include <string>
#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"

namespace pglatch {
namespace {

// The words by which many tools name the script that takes another one back, and that other one.
struct Pair {
  std::string_view down;
  std::string_view up;
};
constexpr std::array<Pair, 2> kPairs = {{{"-down.", "-up."}, {"_down.", "_up."}}};

bool is_down(const SourceFile& file, Surroundings& around) {
  const std::string_view name = file_name(file.path());
  if (name.ends_with(".down.sql")) return true;
  if (leading_digits(name) > 0 && name.substr(leading_digits(name)).starts_with(".undo.")) return true;
  if (name == "down.sql") return around.has_beside(file.path(), "up.sql");
  for (const Pair& pair : kPairs) {
    const std::size_t at = name.rfind(pair.down);
    if (at == std::string_view::npos) continue;
    // A word that others have too, such as scale_down.sql: only where its counterpart is there.
    std::string counterpart(name);
    counterpart.replace(at, pair.down.size(), pair.up);
    return around.has_beside(file.path(), counterpart);
  }
  return false;
}

class Plain final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "plain"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    const std::string_view name = file_name(file.path());
    if (!numbered_description(name)) return "no framework shows in name or content";
    if (around.has_beside(file.path(), "meta/_journal.json")) return "meta/_journal.json does not list it";
    return "named N_….sql, as several frameworks name files; --framework says which";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& around) const override {
    if (!is_down(file, around)) return {{Direction::up, ExecutionMode::unknown, {}, {}}};
    return {{Direction::down, ExecutionMode::unknown, {}, "named as the way back"}};
  }
};

}  // namespace

const Framework& plain_framework() noexcept {
  static const Plain kPlain;
  return kPlain;
}

bool is_plain_sql(std::string_view framework) noexcept {
  return framework == plain_framework().name() || framework == psql_framework().name();
}

}  // namespace pglatch
